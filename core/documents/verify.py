"""Whether a file is a document of ours: the whole file's hash decides, its seal only tells altered from unknown."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from core import clock
from core.documents import references, seal
from core.documents.models import StoredDocument

MAX_BYTES = 5 << 20
_INSPECT = Path(__file__).with_name("inspect_pdf.py")


class Verdict(StrEnum):
    GENUINE = "genuine"
    ALTERED = "altered"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Answer:
    """A verdict on a file; `document` is the one it is, or the latest of the reference it names."""

    verdict: Verdict
    document: StoredDocument | None = None


@dataclass(frozen=True)
class Known:
    """What anyone may learn of a reference: never a person or a school."""

    reference: str
    day: date
    about: str
    documents: tuple[StoredDocument, ...] = ()  # newest first


Lookup = Callable[[str], "dict | None"]
_LOOKUPS: list[Lookup] = []


def register_reference(lookup: Lookup) -> None:
    """Called by a room's `apps.ready()`: `lookup(reference)` gives {"edition": text, "date": date} or None, and may say
    nothing else of it."""
    if lookup not in _LOOKUPS:
        _LOOKUPS.append(lookup)


def verdict(data: bytes) -> Answer:
    """Genuine: exactly the bytes of a stored document. Altered: our seal or reference, other bytes. Else unknown."""
    if len(data) > MAX_BYTES:
        return Answer(Verdict.UNKNOWN)
    document = StoredDocument.objects.filter(sha256=hashlib.sha256(data).hexdigest()).first()
    if document is not None:
        return Answer(Verdict.GENUINE, document)
    if b"%PDF-" not in data[:1024]:
        return Answer(Verdict.UNKNOWN)
    says = _inspected(data)
    reference = says.get("reference", "")
    named = StoredDocument.objects.filter(reference=reference).order_by("-created_at").first() if reference else None
    return Answer(Verdict.ALTERED, named) if says.get("seal") == "ours" or named else Answer(Verdict.UNKNOWN)


def known(typed: str) -> Known | None:
    """What may be said of a reference as a person typed it, or None."""
    reference = references.parse(typed)
    if reference is None:
        return None
    documents = tuple(StoredDocument.objects.filter(reference=reference).order_by("-created_at", "-version"))
    for lookup in _LOOKUPS:
        if (found := lookup(reference)) is not None:
            return Known(reference, found["date"], found["edition"], documents)
    if documents:
        return Known(reference, clock.london_date(documents[-1].created_at), documents[0].about, documents)
    return None


def _inspected(data: bytes) -> dict[str, str]:
    """What the child process says; nothing where it ran out of time or memory, or the file broke it."""
    try:
        done = subprocess.run(  # noqa: S603  (our own interpreter and file, no shell)
            [sys.executable, "-I", str(_INSPECT), *seal.fingerprints()],
            input=data,
            capture_output=True,
            timeout=10,
            check=True,
        )
        found: dict[str, str] = json.loads(done.stdout)
        # A reference that we never print is no reference; a NUL in it would be an error of the database.
        return (
            found if found["reference"].isascii() and found["reference"].isprintable() else {**found, "reference": ""}
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError, ValueError):
        return {}
