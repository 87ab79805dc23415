"""The portal's one chain of evidence: appending to it, and finding what was done to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from core.signing.models import ChainHead, ChainLink, Signature, SignatureVoid

GENESIS = hashlib.sha256(b"Hub Portal: the chain of evidence begins here").hexdigest()

# Retention empties evidence six years after the financial year it ends in; before that, missing evidence is a fault.
KEPT_AT_LEAST = timedelta(days=6 * 365)


def canonical(evidence: dict[str, Any]) -> bytes:
    """The one spelling of an evidence JSON: sorted keys, no spaces, UTF-8."""
    return json.dumps(evidence, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def text_sha256(text: str) -> str:
    """The hash of a text as it was shown, in UTF-8."""
    return sha256(text.encode())


def own_hash(number: int, evidence_sha256: str, previous: str) -> str:
    """A link's own hash, over all that the link says."""
    return sha256(f"{number}\n{evidence_sha256}\n{previous}".encode())


def moment(at: datetime) -> str:
    """How evidence writes a moment."""
    return at.isoformat(timespec="microseconds")


@dataclass(frozen=True)
class Head:
    """Where the chain ends: how many links it has, and the last one's hash. This is what is published.

    A head that was published on paper may hold the first characters of the hash only.
    """

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


def head() -> Head:
    """The present head, to be printed in each PDF and mailed daily: against it a cut tail shows."""
    row = ChainHead.objects.get()
    return Head(row.number, row.hash)


class Appender:
    """Holds the lock on the head row until the transaction ends; make it last."""

    def __init__(self) -> None:
        if not transaction.get_connection().in_atomic_block:
            raise RuntimeError("The chain is appended to inside the transaction of what it records.")
        self._row = ChainHead.objects.select_for_update().get()

    def append(self, evidence: dict[str, Any]) -> int:
        """Add the link of one piece of evidence and give its number."""
        number, digest = self._row.number + 1, sha256(canonical(evidence))
        own = own_hash(number, digest, self._row.hash)
        ChainLink.objects.create(number=number, evidence_sha256=digest, previous=self._row.hash, own=own)
        ChainHead.objects.filter(pk=self._row.pk, number=self._row.number).update(number=number, hash=own)
        self._row.number, self._row.hash = number, own
        return number


def evidence_of(row: Signature | SignatureVoid) -> dict[str, Any]:
    """What a row says, as its evidence says it."""
    if isinstance(row, SignatureVoid):
        return {
            "what": "void",
            "id": str(row.pk),
            "signature": str(row.signature_id),
            "why": row.why,
            "at": moment(row.at),
            "by": str(row.by_id) if row.by_id is not None else None,
        }
    return {
        "what": "signature",
        "id": str(row.pk),
        "request": str(row.request_id),
        "subject": str(row.subject_id),
        "role": row.role,
        "post": row.post,
        "typed_name": row.typed_name,
        "email": row.email,
        "link": str(row.link_id) if row.link_id is not None else None,
        "terms_version": row.terms_version,
        "text_sha256": row.text_sha256,
        "content_sha256": row.content_sha256,
        "statement": row.statement,
        "grade": row.grade,
        "signed_at": moment(row.signed_at),
        "address": row.address,
        "browser": row.browser,
    }


@dataclass
class Report:
    """What a check of the chain found; `faults` is empty when everything holds."""

    links: int = 0
    head: str = ""
    emptied: int = 0  # rows whose evidence retention has removed in its time
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.faults


def verify_chain(*, now: datetime, published: Head | None = None) -> Report:
    """Walk the whole chain and every row it speaks of; `published` is a head known from outside (a mail, a PDF).

    The head is read first and what is appended meanwhile is left out, so it may run while people sign.
    """
    report = Report()
    kept = ChainHead.objects.first()
    if kept is None:
        report.faults.append("The head of the chain is gone.")
        kept = ChainHead(number=0, hash=GENESIS)
    digests: dict[int, str] = {}
    previous, expected, own_at = GENESIS, 1, {0: GENESIS}
    for link in ChainLink.objects.filter(number__lte=kept.number).order_by("number").iterator(2000):
        if link.number != expected:
            report.faults.append(f"Link {expected} is missing: {link.number} follows {expected - 1}.")
        if link.previous != previous:
            report.faults.append(f"Link {link.number} does not follow from the one before it.")
        if link.own != own_hash(link.number, link.evidence_sha256, link.previous):
            report.faults.append(f"Link {link.number} was changed.")
        digests[link.number] = link.evidence_sha256
        own_at[link.number] = link.own
        previous, expected = link.own, link.number + 1
        report.links += 1
    report.head = f"{kept.number}:{kept.hash}"
    if (expected - 1, previous) != (kept.number, kept.hash):
        report.faults.append(f"The chain ends at {expected - 1}, its head says {kept.number}.")
    if published is not None and not own_at.get(published.number, "").startswith(published.hash):
        report.faults.append(f"The chain does not hold the published head {published.number}: it was cut or rewritten.")
    _check_rows(report, digests, up_to=kept.number, now=now)
    return report


def _check_rows(report: Report, digests: dict[int, str], *, up_to: int, now: datetime) -> None:
    seen: set[int] = set()
    for number, what, row in _rows(up_to):
        seen.add(number)
        if number not in digests:
            report.faults.append(f"{what} {row.pk} has the number {number}, which no link has.")
            continue
        if row.evidence is None:
            at = row.at if isinstance(row, SignatureVoid) else row.signed_at
            if at > now - KEPT_AT_LEAST:
                report.faults.append(
                    f"The evidence of {what.lower()} {row.pk} (link {number}) is gone before its time."
                )
            report.emptied += 1
            continue
        if sha256(canonical(row.evidence)) != digests[number]:
            report.faults.append(f"The evidence of {what.lower()} {row.pk} is not what link {number} holds.")
        if row.evidence != evidence_of(row):
            report.faults.append(f"{what} {row.pk} (link {number}) does not say what its evidence says.")
        if isinstance(row, Signature) and text_sha256(row.text) != row.text_sha256:
            report.faults.append(f"The text of signature {row.pk} (link {number}) was changed.")
    for number in sorted(digests.keys() - seen):
        report.faults.append(f"Link {number} speaks of a row that is gone.")


def _rows(up_to: int) -> Iterator[tuple[int, str, Signature | SignatureVoid]]:
    for signature in Signature.objects.order_by("number").iterator(500):
        if signature.number <= up_to or not ChainLink.objects.filter(pk=signature.number).exists():
            yield signature.number, "Signature", signature
    for void in SignatureVoid.objects.order_by("number").iterator(500):
        if void.number <= up_to or not ChainLink.objects.filter(pk=void.number).exists():
            yield void.number, "Void", void
