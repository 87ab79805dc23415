"""What is on offer, and the roll of who is on it."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "programmes"
    label = "programmes"

    def ready(self) -> None:
        from core.documents import jobs
        from core.doors import is_signed_in
        from core.ui import menu
        from programmes.documents import KIND

        jobs.register(KIND)
        menu.register(menu.MenuEntry("Programmes", "programmes:list", is_signed_in, order=30, strangers=True))
