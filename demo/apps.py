"""The demo: supervisor, mail catcher and its outbox page, clock and bar. Installed with PORTAL_DEMO only."""

import warnings

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"
    label = "demo"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Whoever tries the demo in a container is root there, and is spared Celery's page about it.
        warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")
