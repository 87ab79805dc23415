"""The outbox and its delivery."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "core.notifications"
    label = "notifications"

    def ready(self) -> None:
        from core.notifications import outbox
        from core.ui import health

        health.register("outbox", outbox.fault)
