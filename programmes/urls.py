"""The addresses of this room."""

from django.urls import path

from programmes import views

app_name = "programmes"
urlpatterns = [
    path("programmes/", views.programmes, name="list"),
    path("programmes/<slug:slug>/<int:year>/", views.edition, name="edition"),
    path("programmes/<slug:slug>/<int:year>/information-sheet.pdf", views.sheet, name="sheet"),
]
