"""The one page of the outbox that a reader of a mail may need."""

from django.urls import path

from core.notifications import views

app_name = "notifications"
urlpatterns = [path("mail/stop/<str:sealed>", views.stop, name="stop")]
