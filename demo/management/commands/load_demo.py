"""`manage.py load_demo`: the register sample, invented people and their bids; `make demo` runs it once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from demo import world

DATA = settings.BASE_DIR / "demo" / "data"


class Command(BaseCommand):
    help = "Load the demo's register sample and invented people into an empty database of the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError("The demo data are for `make demo` alone.")
        call_command(
            "import_register",
            str(DATA / "gias_sample_20231116.csv"),
            links=DATA / "gias_links_sample_20250422.csv",
        )
        world.build(say=self.stdout.write)
