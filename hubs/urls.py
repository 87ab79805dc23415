"""The addresses of this room."""

from django.urls import path

from hubs import views

app_name = "hubs"
urlpatterns = [
    path("hubs/", views.index, name="index"),
    path("hubs/mine", views.own, name="own"),
    path("hubs/find", views.find, name="find"),
    path("hubs/<slug:slug>/", views.detail, name="detail"),
]
