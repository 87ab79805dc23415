"""What is on offer, and the roll of who is on it."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "programmes"
    label = "programmes"

    def ready(self) -> None:
        from core.documents import jobs
        from programmes.documents import KIND

        jobs.register(KIND)
