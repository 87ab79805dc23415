"""Load the reference data of every room."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

ROOMS = ("schools", "hubs", "programmes")  # each needs those before it


class Command(BaseCommand):
    help = "Load establishment types, authorities, hubs, programmes and editions. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        for room in ROOMS:
            call_command(f"load_reference_{room}", stdout=self.stdout, stderr=self.stderr)
