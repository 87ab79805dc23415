"""Import the national register of schools."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from schools import register, services

SHOWN = 20


def a_date(text: str) -> date:
    """A day as 2023-11-16 or 20231116."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date like 2023-11-16") from None


def told(counts: services.Counts) -> str:
    """What became of the rows, in words."""
    return f"{counts.new} new, {counts.changed} changed, {counts.unchanged} unchanged, {counts.refused} refused"


class Command(BaseCommand):
    help = (
        "Bring the mirror of the register in line with the public file of all establishments. Never deletes; a second "
        "run changes nothing. As of: --as-of, else eight digits in the file's name, else today."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--links", type=Path, metavar="FILE", help="the register's file of links between schools")
        parser.add_argument("--as-of", type=a_date, metavar="DATE", help="the day of the file, like 2023-11-16")
        parser.add_argument("--dry-run", action="store_true", help="say what would change and change nothing")
        parser.add_argument("--older", action="store_true", help="take a file older than the one in use")
        parser.add_argument("--json", action="store_true", help="the result as JSON, every refused row included")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            done = services.import_register(
                path=path,
                as_of=options["as_of"] or register.as_of(path.name) or clock.today(),
                links=options["links"],
                dry_run=options["dry_run"],
                older=options["older"],
                now=clock.now(),
            )
        except services.RefusedFile as refusal:
            raise CommandError(str(refusal)) from None
        if options["json"]:
            self.stdout.write(json.dumps(done.as_json(), ensure_ascii=False, indent=2))
            return
        would = "Would be " if done.dry_run else ""
        counts = done.schools
        self.stdout.write(f"{done.file}, as of {done.as_of:%-d %B %Y}: {counts.rows} rows.")
        self.stdout.write(
            f"{would}{told(counts)}; {done.not_in_file} schools are not in the file and stay as they are."
        )
        if done.links:
            self.stdout.write(f"Links: {told(done.links)}.")
        for note in done.notes:
            self.stdout.write(note)
        for row in done.refused[:SHOWN]:
            self.stderr.write(f"Refused: {row}")
        if len(done.refused) > SHOWN:
            self.stderr.write(f"... and {len(done.refused) - SHOWN} more: --json lists all of them.")
