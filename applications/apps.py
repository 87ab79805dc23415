"""From interest to decision."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"
    label = "applications"

    def ready(self) -> None:
        from applications import policy
        from core import doors

        doors.register(policy.MAY)
