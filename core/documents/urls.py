"""The addresses of this room."""

from django.urls import path

from core.documents import views

app_name = "documents"
urlpatterns = [path("verify", views.verify_page, name="verify")]
