"""Pages that look across rooms; reads only."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    label = "reports"

    def ready(self) -> None:
        from core import doors
        from core.panels import Panel
        from core.panels import register as fill
        from core.ui import menu
        from reports import panels, policy

        doors.register(policy.MAY)
        menu.register(menu.MenuEntry("Home", "reports:home", doors.is_signed_in, order=0))
        fill("hubs:detail", Panel("reports/_rounds_of_hub.html", panels.rounds_of_hub, order=10))
        fill("schools:detail", Panel("reports/_check_school.html", panels.check_of_school, order=10))
