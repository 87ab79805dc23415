"""The addresses of this room."""

from django.urls import path

from programmes.views import offer, roll

app_name = "programmes"
urlpatterns = [
    path("programmes/", offer.programmes, name="list"),
    path("programmes/<slug:slug>/<int:year>/", offer.edition, name="edition"),
    path("programmes/<slug:slug>/<int:year>/information-sheet.pdf", offer.sheet, name="sheet"),
    path("roll/", roll.rolls, name="rolls"),
    path("roll/<slug:slug>/", roll.roll, name="roll"),
    path("roll/<slug:slug>/roll.csv", roll.roll_csv, name="roll_csv"),
]
