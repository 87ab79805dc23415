"""Send what is due in the outbox, as the worker does every ten seconds."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.notifications import delivery


class Command(BaseCommand):
    help = "Send the messages that are due, once, and say what became of them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=1000, help="at most so many messages")

    def handle(self, *args: Any, **options: Any) -> None:
        told = delivery.drain(limit=options["limit"])
        self.stdout.write(", ".join(f"{number} {state}" for state, number in sorted(told.items())) or "Nothing is due.")
