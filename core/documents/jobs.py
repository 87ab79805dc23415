"""The wish for a document is a row: written, claimed, made and kept here, however often a worker dies on the way."""

from __future__ import annotations

import contextlib
import functools
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import F, Max, Q

from core import clock
from core.documents import pdf, seal, store
from core.documents.models import DocumentJob, JobState, StoredDocument
from core.notifications import bell

logger = logging.getLogger(__name__)

TASK = "core.documents.tasks.make_documents"
SECONDS_EACH = 20
AGAIN_AFTER = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]  # then hourly
MOST_ATTEMPTS = 12


class NotWanted(Exception):
    """Raised by a kind's `make` when its subject no longer wants the document: the job ends without one."""


class TooSlow(pdf.PdfError):
    """The document took longer than one may."""


@dataclass(frozen=True)
class Made:
    """What a room hands over to become a document: HTML, and what is known of it.

    `about` is what the public verify page may say (the edition), never a person or a school.
    """

    html: str
    reference: str
    title: str
    filename: str
    scope: UUID | None
    sealed: bool = True
    about: str = ""


@dataclass(frozen=True)
class DocumentKind:
    """One kind of document.

    `make(subject_id, now)` gathers and prints, without changing anything; `made(document, now)` runs in the transaction
    that stores it, to move on and post its mails.
    """

    name: str
    make: Callable[[UUID, datetime], Made]
    made: Callable[[StoredDocument, datetime], None]


_KINDS: dict[str, DocumentKind] = {}


def register(kind: DocumentKind) -> None:
    """Called by a room's `apps.ready()`. A name registered twice is an error."""
    if _KINDS.get(kind.name, kind) != kind:
        raise ImproperlyConfigured(f"The kind of document {kind.name} is registered twice.")
    _KINDS[kind.name] = kind


def kind_of(name: str) -> DocumentKind:
    try:
        return _KINDS[name]
    except KeyError:
        raise ImproperlyConfigured(f"No room registered the kind of document {name}.") from None


def want(*, kind: str, subject_id: UUID, key: str, now: datetime) -> DocumentJob | None:
    """Note, in the present transaction, that a document is to be made; None when the key is taken."""
    kind_of(kind)
    job, is_new = DocumentJob.objects.get_or_create(
        key=key, defaults={"kind": kind, "subject_id": subject_id, "wanted_at": now}
    )
    if not is_new:
        return None
    transaction.on_commit(functools.partial(bell.ring_now, TASK), robust=True)
    return job


def make_waiting(*, clock_now: Callable[[], datetime] = clock.now, limit: int = 50, seconds: float = 60) -> int:
    """Make what waits, one document after the other, until nothing waits or the time is over; says how many were made.

    Safe to run twice, at once and after a crash: each job is claimed by a lease of real time.
    """
    made, until = 0, time.monotonic() + seconds
    for _ in range(limit):
        if time.monotonic() > until or (job := claim()) is None:
            break
        made += make(job, now=clock_now())
    return made


def claim() -> DocumentJob | None:
    """Lease the job that waits longest, or one whose lease ran out, to this caller alone."""
    real = clock.real_now()
    free = Q(state=JobState.WAITING) & (Q(not_before=None) | Q(not_before__lte=real))
    free |= Q(state=JobState.LEASED, leased_until__lte=real)
    if not DocumentJob.objects.filter(free).exists():  # on SQLite a transaction takes the write lock
        return None
    with transaction.atomic():
        job = DocumentJob.objects.select_for_update(skip_locked=True).filter(free).order_by("wanted_at", "id").first()
        if job is None:
            return None
        if job.attempts >= MOST_ATTEMPTS:  # each of them died without a word
            _leave(job, state=JobState.FAILED, fault=job.last_fault or "Died")
            return None
        lease, until = uuid4(), real + timedelta(seconds=settings.DOCUMENT_LEASE_SECONDS)
        taken = DocumentJob.objects.filter(free, pk=job.pk).update(
            state=JobState.LEASED, lease=lease, leased_until=until, not_before=None, attempts=F("attempts") + 1
        )
    if not taken:
        return None
    job.refresh_from_db()
    return job


def make(job: DocumentJob, *, now: datetime) -> bool:
    """Make, seal and keep a leased job's document; says whether this call did. A fault is noted and tried again later.

    The file is in the store before its row: a crash between leaves a file that nothing names, and the job is made anew.
    """
    try:
        pdf.prepare()
        with _within(SECONDS_EACH):
            kind = kind_of(job.kind)
            made = kind.make(job.subject_id, now)
            data = pdf.render(made.html)
            if made.sealed:
                data = seal.seal(data, made.reference)
            digest = store.put(data)
        return _keep(job, kind, made, digest=digest, size=len(data), now=now)
    except NotWanted:
        _leave(job, state=JobState.FAILED, fault="NotWanted")
    except Exception as error:  # whatever a document breaks on must not hold up the others
        logger.exception("A document could not be made: job %s", job.pk)
        again = AGAIN_AFTER[min(job.attempts, len(AGAIN_AFTER)) - 1]
        last = job.attempts >= MOST_ATTEMPTS
        _leave(
            job,
            state=JobState.FAILED if last else JobState.WAITING,
            fault=type(error).__name__,
            not_before=None if last else clock.real_now() + again,
        )
    return False


@transaction.atomic
def _keep(job: DocumentJob, kind: DocumentKind, made: Made, *, digest: str, size: int, now: datetime) -> bool:
    """Store the row, tell the room, end the job: all or nothing, and only while the lease is ours."""
    held = DocumentJob.objects.select_for_update().filter(pk=job.pk, state=JobState.LEASED, lease=job.lease)
    if not held.exists():
        return False
    document = StoredDocument.objects.filter(sha256=digest, kind=job.kind, subject_id=job.subject_id).first()
    if document is None:
        of_subject = StoredDocument.objects.filter(kind=job.kind, subject_id=job.subject_id)
        last = of_subject.aggregate(last=Max("version"))["last"] or 0
        document = StoredDocument.objects.create(
            kind=job.kind,
            reference=made.reference,
            subject_id=job.subject_id,
            scope=made.scope,
            version=last + 1,
            sha256=digest,
            size=size,
            filename=made.filename,
            title=made.title,
            about=made.about,
            created_at=now,
        )
    kind.made(document, now)
    DocumentJob.objects.filter(pk=job.pk).update(
        state=JobState.DONE, lease=None, leased_until=None, document=document, finished_at=now, last_fault=""
    )
    return True


def _leave(job: DocumentJob, *, state: JobState, fault: str, not_before: datetime | None = None) -> None:
    DocumentJob.objects.filter(pk=job.pk, lease=job.lease).exclude(state=JobState.DONE).update(
        state=state, lease=None, leased_until=None, last_fault=fault[:80], not_before=not_before
    )


@contextlib.contextmanager
def _within(seconds: int) -> Iterator[None]:
    """Break off what takes too long; only a process's main thread can, and the worker's tasks run in it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: Any) -> None:
        raise TooSlow(f"The document took more than {seconds} seconds.")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
