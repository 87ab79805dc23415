"""Load the programmes, their editions and first terms."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from programmes import services


class Command(BaseCommand):
    help = "Make the programmes and editions of programmes/reference that are not there yet. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        done = services.load_reference(now=clock.now())
        self.stdout.write(f"{done['programmes']} programmes with {done['editions']} editions.")
