"""What the register holds, in numbers, and which schools the first three rules of eligibility let in."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from applications.facts import entry_of
from applications.rules import PRIMARY, SECONDARY, Verdict, register_verdicts
from schools.models import RegisterImport, School, Status

PHASES = (SECONDARY, PRIMARY)
AT_ONCE = 2000


@dataclass
class Report:
    """Counts of one look at the whole register."""

    as_of: date | None  # of the file in use; None: nothing was imported yet
    first_meeting: date  # that proposed schools were judged for
    schools: int = 0
    by_status: Counter[str] = field(default_factory=Counter)
    open_and_passing: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """The same as plain values; statuses by the register's words."""
        return {
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "schools": self.schools,
            "status": {status.label: self.by_status[status.value] for status in Status},
            "secondary_or_equivalent": self.open_and_passing[SECONDARY],
            "primary_or_equivalent": self.open_and_passing[PRIMARY],
            "first_meeting": self.first_meeting.isoformat(),
        }


def next_first_meeting(today: date) -> date:
    """The 30 September after a day: the first meeting where no round says another."""
    this_year = date(today.year, 9, 30)
    return this_year if today < this_year else date(today.year + 1, 9, 30)


def judged(first_meeting: date) -> Iterator[tuple[School, dict[str, Verdict]]]:
    """Every school in the order of URNs, with what rules 1 to 3 say of it in each phase; memory stays flat."""
    schools = School.objects.select_related("la", "type", "last_import").order_by("pk")
    for school in schools.iterator(AT_ONCE):
        yield school, register_verdicts(entry_of(school), first_meeting=first_meeting)


def report(*, first_meeting: date, schools_to: TextIO | None = None) -> Report:
    """Count the register; where `schools_to` is given, write `urn,secondary,primary` of every school to it."""
    in_use = RegisterImport.objects.in_use()
    counted = Report(as_of=in_use.as_of if in_use else None, first_meeting=first_meeting)
    writer = csv.writer(schools_to, lineterminator="\n") if schools_to else None
    if writer:
        writer.writerow(["urn", *PHASES])
    for school, verdicts in judged(first_meeting):
        counted.schools += 1
        counted.by_status[school.status] += 1
        for phase in PHASES:
            if school.status in (Status.OPEN, Status.CLOSING) and verdicts[phase] == Verdict.PASS:
                counted.open_and_passing[phase] += 1
        if writer:
            writer.writerow([school.pk, *(str(verdicts[phase]) for phase in PHASES)])
    return counted


def report_to_file(*, first_meeting: date, path: Path) -> Report:
    """`report`, with the schools in a file that is there whole or not at all."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            counted = report(first_meeting=first_meeting, schools_to=file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return counted
