"""The demo: supervisor, mail catcher and its outbox page, clock and bar. Installed with PORTAL_DEMO only."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"
    label = "demo"
    default_auto_field = "django.db.models.BigAutoField"
