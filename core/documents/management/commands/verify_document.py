"""Says whether a file is a document of the portal."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.documents.verify import MAX_BYTES, Verdict, verdict

EXIT = {Verdict.GENUINE: 0, Verdict.ALTERED: 1, Verdict.UNKNOWN: 2}


class Command(BaseCommand):
    help = "Say whether FILE is genuine, altered or unknown; exits 0, 1 or 2."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}", returncode=3) from error
        answer = verdict(data)
        self.stdout.write(answer.verdict.value)
        if EXIT[answer.verdict]:
            sys.exit(EXIT[answer.verdict])
