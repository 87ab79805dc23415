"""Load establishment types and local authorities."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from schools import services


class Command(BaseCommand):
    help = "Load establishment types and local authorities from schools/reference. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        done = services.load_reference()
        self.stdout.write(
            f"{done['establishment_types']} establishment types, {done['local_authorities']} local authorities."
        )
