"""The wiring itself: system checks that span the rooms."""

from django.apps import AppConfig


class HubPortalConfig(AppConfig):
    name = "hubportal"
    label = "hubportal"

    def ready(self) -> None:
        from hubportal import checks  # noqa: F401  (registers the checks)
