"""Makes the documents that wait, without a worker."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core.documents import jobs


class Command(BaseCommand):
    help = "Make every document that waits, as the worker does."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{jobs.make_waiting(limit=10_000, seconds=3_600)} documents made")
