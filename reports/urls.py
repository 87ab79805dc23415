"""The addresses of this room."""

from django.urls import path

from reports import home, national, public

app_name = "reports"
urlpatterns = [
    path("", public.start, name="start"),
    path("home", home.home, name="home"),
    path("home/figures.csv", national.figures_csv, name="figures_csv"),
    path("accessibility", public.accessibility, name="accessibility"),
    path("privacy", public.privacy, name="privacy"),
    path("hubs/<slug:slug>/privacy", public.hub_privacy, name="hub_privacy"),
    path("contact", public.contact, name="contact"),
    path("help", public.help_page, name="help"),
    path("cookies", public.cookies, name="cookies"),
]
