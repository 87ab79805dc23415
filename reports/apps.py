"""Pages that look across rooms; reads only."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    label = "reports"

    def ready(self) -> None:
        from core import doors
        from core.ui import menu
        from reports import policy

        doors.register(policy.MAY)
        menu.register(menu.MenuEntry("Home", "reports:home", doors.is_signed_in, order=0))
