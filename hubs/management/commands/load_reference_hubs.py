"""Load the 40 Maths Hubs and their areas."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hubs import services


class Command(BaseCommand):
    help = "Make the Maths Hubs of hubs/reference that are not there yet. Safe to run again; leaves corrections alone."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = services.load_reference()
        except services.UnknownAuthority as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{done['hubs']} hubs with {done['areas']} areas.")
