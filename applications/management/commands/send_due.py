"""Do now what is due by the timetable: reminders, and what lapses by itself."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from applications.tasks import do_due_work
from core import clock


class Command(BaseCommand):
    help = "Post the reminders that are due and let lapse what was not sent or answered in time; safe to run twice."

    def handle(self, *args: Any, **options: Any) -> None:
        done = do_due_work(clock.now())
        for name, number in sorted(done.items()):
            if number:
                self.stdout.write(f"{name}: {number}")
        if not any(done.values()):
            self.stdout.write("Nothing is due.")
