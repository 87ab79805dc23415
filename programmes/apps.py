"""What is on offer, and the roll of who is on it."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "programmes"
    label = "programmes"

    def ready(self) -> None:
        from core import doors, panels
        from core.documents import jobs
        from core.ui import menu
        from programmes import policy
        from programmes.documents import KIND
        from programmes.panels import roll_of_hub

        doors.register(policy.MAY)
        jobs.register(KIND)
        menu.register(menu.MenuEntry("Roll", "programmes:rolls", policy.MAY["programmes.see_rolls"], order=12))
        menu.register(menu.MenuEntry("Programmes", "programmes:list", doors.is_signed_in, order=30, strangers=True))
        panels.register("hubs:detail", panels.Panel("programmes/_roll_of_hub.html", roll_of_hub, order=5))
