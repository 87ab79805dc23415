"""Checks the chain of evidence."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clock
from core.signing.chain import Head, verify_chain


class Command(BaseCommand):
    help = "Check every link of the chain of evidence and every row it speaks of. Exits 1 when anything was changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head",
            metavar="NUMBER:HASH",
            help="a published head, from a mail to the national team or from a PDF: a cut tail shows against it alone",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify_chain(now=clock.now(), published=_head(options["head"]))
        for fault in report.faults:
            self.stdout.write(fault)
        self.stdout.write(f"{report.links} links, {report.emptied} without evidence after its time, head {report.head}")
        self.stdout.write(
            "The chain holds." if report.holds else f"The chain does not hold: {len(report.faults)} faults."
        )
        if not report.holds:
            sys.exit(1)


def _head(text: str | None) -> Head | None:
    if not text:
        return None
    number, _, digest = text.partition(":")
    if not number.isdigit() or not re.fullmatch(r"[0-9a-fA-F]{16,64}", digest):
        raise CommandError("A head is written as NUMBER:HASH; of the hash give at least the first 16 characters.")
    return Head(int(number), digest.lower())
