"""The wiring itself: the Celery app, and system checks that span the rooms."""

from django.apps import AppConfig


class HubPortalConfig(AppConfig):
    name = "hubportal"
    label = "hubportal"

    def ready(self) -> None:
        # Not in `hubportal/__init__.py`: the app reads the settings, and those of the tests import this package.
        # The current Celery app; checks, which register themselves; the doors of libraries' views.
        from hubportal import celery, checks, permissions  # noqa: F401
