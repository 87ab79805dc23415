"""The wiring itself: the Celery app, and system checks that span the rooms."""

from django.apps import AppConfig


class HubPortalConfig(AppConfig):
    name = "hubportal"
    label = "hubportal"

    def ready(self) -> None:
        # Not in `hubportal/__init__.py`: the app reads the settings, and those of the tests import this package.
        from hubportal import celery, checks  # noqa: F401  (the current Celery app; the checks register themselves)
