"""What there is to measure on: a register of so many rows, and a round with so many forms.

A few forms go through the portal's own services; the rest are copies of their rows under other schools.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db.models import F, Model

from applications.models import Answer, Editor, ExpressionOfInterest, Nominee, Round
from applications.services import deciding, sending, signed
from applications.states import State
from core.audit.models import Event
from core.documents.references import new_reference
from core.links.models import Link
from core.notifications.models import Message
from core.notifications.models import State as Mail
from core.signing.models import Signature, SignatureRequest
from hubs.models import Hub, HubRole
from programmes.models import Edition
from schools.models import RegisterPhase, School, Status
from tests.clock import NOW
from tests.factories.accounts import UserFactory
from tests.factories.applications import ExpressionOfInterestFactory, RoundFactory
from tests.factories.hubs import HubMembershipFactory

SAMPLE = settings.BASE_DIR / "demo" / "data" / "gias_sample_20231116.csv"
ENCODING = "cp1252"
FIRST_URN = 200_000


def write_register(path: Path, rows: int) -> None:
    """The sample's rows over and over, each under a URN of its own."""
    with SAMPLE.open(encoding=ENCODING, newline="") as file:
        header, *sample = csv.reader(file)
    urn = header.index("URN")
    with path.open("w", encoding=ENCODING, newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(header)
        for number in range(rows):
            row = list(sample[number % len(sample)])
            row[urn] = str(FIRST_URN + number)
            writer.writerow(row)


@dataclass(frozen=True)
class World:
    """What the measures need to know of it."""

    round: Round
    lead: Any
    bid: ExpressionOfInterest  # sent, signed by all, with a note
    draft: ExpressionOfInterest
    applicant: Any


def build(*, forms: int, reminders: int) -> World:
    """A round of `forms` sent forms, of which as many are being signed as `reminders` to their people need."""
    hub = Hub.objects.get(short_name="GLOW")
    edition = Edition.objects.get(programme="secondary-development", year=2027)
    round_ = RoundFactory(hub=hub, edition=edition)
    lead = HubMembershipFactory(hub=hub, role=HubRole.LEAD).user
    schools = iter(_schools())
    applicant = UserFactory()
    bid, waiting = (_sent(round_, next(schools), applicant) for _ in range(2))
    for request in SignatureRequest.objects.filter(subject_id=bid.pk):
        sending.sign(
            request_id=request.pk,
            typed_name=request.name,
            roles=set(request.roles),
            statement="I have read what is promised and sign it.",
            grade="B",
            address="192.0.2.24",
            browser="Mozilla/5.0",
            link_id=request.link_id,
            now=NOW,
        )
    deciding.add_note(eoi_id=bid.pk, by=lead, now=NOW, once=uuid4(), text="We know this department well.")
    draft = ExpressionOfInterestFactory(round=round_, school=next(schools), begun_by=applicant)
    Message.objects.update(state=Mail.SENT, sent_at=NOW, sent_as=F("pk"), secret="")
    of_each = SignatureRequest.objects.filter(subject_id=waiting.pk).count()
    being_signed = -(-reminders // of_each)
    _copy(waiting, list(islice(schools, being_signed - 1)))
    bid.refresh_from_db()
    _copy(bid, list(islice(schools, forms - being_signed - 1)))
    return World(round_, lead, bid, draft, applicant)


def _schools() -> Iterable[School]:
    """Open secondary schools that may apply, those of the hub's own area first."""
    found = School.objects.filter(
        status=Status.OPEN, phase=RegisterPhase.SECONDARY, type__state_funded="yes", type__sector="mainstream"
    )
    return sorted(found.select_related("la"), key=lambda school: (school.la.name != "Gloucestershire", school.pk))


def _sent(round_: Round, school: School, by: Any) -> ExpressionOfInterest:
    eoi = ExpressionOfInterestFactory(round=round_, school=school, begun_by=by)
    return sending.send_for_signature(eoi_id=eoi.pk, by=by, now=NOW)


def _copy(pattern: ExpressionOfInterest, schools: list[School]) -> None:
    """The rows of a form once more for each school: a draft first, then sent, then where the pattern stands."""
    eois = [
        _anew(pattern, pk=uuid4(), once=uuid4(), reference=reference, school=school, state=State.DRAFT)
        for school, reference in zip(schools, _references(), strict=False)
    ]
    ExpressionOfInterest.objects.bulk_create(eois)
    keys = [eoi.pk for eoi in eois]
    for model in (Editor, Nominee, Answer):
        rows = list(model.objects.filter(eoi=pattern))
        _insert(model, [_anew(row, pk=None, eoi_id=key) for key in keys for row in rows])
    for state in (State.SIGNING, pattern.state):
        ExpressionOfInterest.objects.filter(pk__in=keys).update(state=state)
    number = count(Signature.objects.count() + 1)
    requests, links, signatures, events, messages = [], [], [], [], []
    asked = list(SignatureRequest.objects.filter(subject_id=pattern.pk).select_related("link"))
    given = list(Signature.objects.filter(subject_id=pattern.pk))
    history = list(Event.objects.about("applications.expressionofinterest", pattern.pk))
    mails = list(Message.objects.about("applications.expressionofinterest", pattern.pk))
    for key in keys:
        for old in asked:
            link = _anew(old.link, pk=uuid4(), token_hash=uuid4().hex)
            request = _anew(old, pk=uuid4(), subject_id=key, link=link)
            links.append(link)
            requests.append(request)
            signatures += [
                _anew(each, pk=uuid4(), number=next(number), request=request, subject_id=key)
                for each in given
                if each.request_id == old.pk
            ]
        events += [_anew(each, pk=None, public_id=uuid4(), object_id=str(key)) for each in history]
        messages += [_anew(each, pk=uuid4(), key=f"copy:{uuid4()}", subject_id=key) for each in mails]
    for model, rows in (
        (Link, links),
        (SignatureRequest, requests),
        (Signature, signatures),
        (Event, events),
        (Message, messages),
    ):
        _insert(model, rows)


def _references() -> Iterator[str]:
    """References that no form has yet."""
    taken = set(ExpressionOfInterest.objects.values_list("reference", flat=True))
    while True:
        if (reference := new_reference()) not in taken:
            taken.add(reference)
            yield reference


def _anew(row: Any, **changes: Any) -> Any:
    """Another row with the same values but for some."""
    new = copy(row)
    new._state = copy(row._state)
    new._state.adding = True
    for name, value in changes.items():
        setattr(new, name, value)
    return new


def _insert(model: type[Model], rows: Iterable[Any]) -> None:
    model._default_manager.bulk_create(rows, batch_size=1000)


def reminders(number: int) -> list[Message]:
    """So many reminders to sign as rows of the outbox, each to somebody who has not signed; not saved."""
    waiting = list(SignatureRequest.objects.filter(kind=signed.KIND, state="asked").order_by("asked_at", "pk"))
    posted = _a_reminder(waiting[0])
    return [
        _anew(
            posted,
            pk=uuid4(),
            key=f"sign-reminder:{request.pk}:day-3:{request.person_uuid}",
            subject_id=request.subject_id,
            to_name=request.name,
            to_email=request.email,
        )
        for request in waiting[:number]
    ]


def _a_reminder(request: SignatureRequest) -> Message:
    later = NOW + sending.BETWEEN_REMINDERS
    assert sending.remind_when_due(request_id=request.pk, step="bench", now=later)
    row = Message.objects.get(key__startswith=f"sign-reminder:{request.pk}:bench")
    row.created_at = row.due_at = NOW
    return row
