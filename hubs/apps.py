"""Who runs it locally."""

from django.apps import AppConfig


class HubsConfig(AppConfig):
    name = "hubs"
    label = "hubs"
