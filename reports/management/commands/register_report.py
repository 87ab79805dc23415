"""Print what the register holds."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from reports.register_report import next_first_meeting, report, report_to_file


def a_date(text: str) -> date:
    """A day as 2027-09-23."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date like 2027-09-23") from None


class Command(BaseCommand):
    help = "Count the register by status, and the open schools that rules 1 to 3 of eligibility let in, by phase."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="the counts as JSON")
        parser.add_argument(
            "--schools", type=Path, metavar="FILE.csv", help="write urn,secondary,primary of every school"
        )
        parser.add_argument(
            "--first-meeting",
            type=a_date,
            metavar="DATE",
            help="proposed schools are judged for this day; by default 30 September after today",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        first_meeting = options["first_meeting"] or next_first_meeting(clock.today())
        path: Path | None = options["schools"]
        try:
            counted = (
                report_to_file(first_meeting=first_meeting, path=path) if path else report(first_meeting=first_meeting)
            )
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from None
        plain = counted.as_json()
        if options["json"]:
            self.stdout.write(json.dumps(plain, ensure_ascii=False, indent=2))
            return
        as_of = f"as of {counted.as_of:%-d %B %Y}" if counted.as_of else "nothing imported yet"
        self.stdout.write(f"The register, {as_of}: {counted.schools:,} schools.")
        for status, count in plain["status"].items():
            self.stdout.write(f"  {status}: {count:,}")
        self.stdout.write(f"Open, secondary or equivalent: {plain['secondary_or_equivalent']:,}")
        self.stdout.write(f"Open, primary or equivalent: {plain['primary_or_equivalent']:,}")
        if path:
            self.stdout.write(f"Every school judged for a first meeting on {first_meeting:%-d %B %Y}: {path}")
