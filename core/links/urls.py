"""The addresses of personal links."""

from django.urls import path

from core.links import views

app_name = "links"
urlpatterns = [
    path("l/<str:token>", views.open_link, name="open"),
    path("link/send-again", views.send_again, name="send_again"),
    path("link/<uuid:link_id>/", views.go_on, name="continue"),
]
