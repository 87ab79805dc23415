"""Editions and their terms put on offer, schools put on the roll and taken off it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from core.audit.log import record
from core.clock import london_date
from core.documents import jobs
from hubs.models import Hub
from programmes import states
from programmes.documents import SHEET
from programmes.models import Advocate, Commitment, Edition, Enrolment, Programme, Question, Terms
from programmes.rules import ncp_code
from programmes.states import EnrolmentAction, EnrolmentState, NotAllowed
from schools.models import School
from schools.services.people import add_teacher

REFERENCE = Path(__file__).parent / "reference" / "programmes.toml"
# Of the terms of the reference, what is no column.
TEXTS = ("commitments", "statement", "prompts")


# --- What is on offer ---------------------------------------------------------------------------------------------


@cache
def reference() -> dict[str, Any]:
    """The programmes as they ship."""
    return tomllib.loads(REFERENCE.read_text(encoding="utf-8"))


@transaction.atomic
def load_reference(*, now: datetime) -> dict[str, int]:
    """Make the programmes, editions and first terms that are not there yet; returns how many stand.

    What stands is left as it is: terms in use never change, and the national team's own words win.
    """
    shipped = reference()
    for row in shipped["programmes"]:
        columns = {name: value for name, value in row.items() if name != "terms"}
        programme, _ = Programme.objects.get_or_create(slug=columns.pop("slug"), defaults=columns)
        for year in shipped["years"]:
            edition, is_new = Edition.objects.get_or_create(programme=programme, year=year)
            if is_new:
                _first_terms(edition, row["terms"], shipped["questions"], now=now)
    return {"programmes": Programme.objects.count(), "editions": Edition.objects.count()}


def _first_terms(
    edition: Edition, row: Mapping[str, Any], questions: Sequence[Mapping[str, Any]], *, now: datetime
) -> None:
    figures = {name: value for name, value in row.items() if name not in TEXTS}
    asked = [
        {**question, "label": row["statement"], "hint": row["prompts"].strip()}
        if question["code"] == "statement" and "statement" in row
        else {**question, "hint": question.get("hint", "").strip()}
        for question in questions
    ]
    terms = draft_terms(edition=edition, figures=figures, commitments=row.get("commitments", []), questions=asked)
    publish(terms_id=terms.pk, by=None, now=now)


@transaction.atomic
def draft_terms(
    *, edition: Edition, figures: Mapping[str, Any], commitments: Sequence[str], questions: Sequence[Mapping[str, Any]]
) -> Terms:
    """New terms of an edition, numbered after the last, not yet published."""
    last = Terms.objects.select_for_update().filter(edition=edition).order_by("-number").first()
    terms = Terms.objects.create(edition=edition, number=last.number + 1 if last else 1, **figures)
    Commitment.objects.bulk_create(
        Commitment(terms=terms, number=number, text=text) for number, text in enumerate(commitments, start=1)
    )
    Question.objects.bulk_create(
        Question(terms=terms, order=number, **question) for number, question in enumerate(questions, start=1)
    )
    return terms


@transaction.atomic
def publish(*, terms_id: UUID, by: Any, now: datetime) -> Terms:
    """Publish terms: from now on forms are sent on them, they never change, and their information sheet is made.

    Terms that are published already stay as they are.
    """
    if Terms.objects.filter(pk=terms_id, published_at=None).update(published_at=now):
        terms = Terms.objects.get(pk=terms_id)
        record("terms.published", terms, by=by, at=now, after={"edition": terms.edition_id, "number": terms.number})
        jobs.want(kind=SHEET, subject_id=terms.pk, key=f"{SHEET}:{terms.pk}", now=now)
    return Terms.objects.get(pk=terms_id)


@transaction.atomic
def set_code(*, edition_id: UUID, code: str, by: Any, now: datetime) -> Edition:
    """Set an edition's NCP code, in whichever way it is written; raises ValueError, worded, for what is none."""
    edition = Edition.objects.select_for_update().get(pk=edition_id)
    before, edition.ncp_code = edition.ncp_code, ncp_code(code)
    if before != edition.ncp_code:
        edition.save(update_fields=["ncp_code"])
        record(
            "edition.code_set",
            edition,
            by=by,
            at=now,
            before={"ncp_code": before},
            after={"ncp_code": edition.ncp_code},
        )
    return edition


# --- The roll -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Named:
    """A lead teacher to be seated: who, in which role, and whether senior."""

    name: str
    email: str
    role: str = ""
    senior: bool = False
    trn: str = ""  # seven digits, or empty


class AlreadyEnrolled(NotAllowed):
    """The school, or this department of it, has a place in the edition already."""


@transaction.atomic
def enrol(
    *,
    edition: Edition,
    terms: Terms | None,
    school: School,
    hub: Hub,
    lane: str = "",
    eoi_id: UUID | None = None,
    advocates: Sequence[Named],
    by: Any,
    now: datetime,
) -> Enrolment:
    """Put a school on the roll of an edition with its lead teachers, who are seated from the year's first day.

    The same bid enrols once: a second call returns the place it made. Raises AlreadyEnrolled for another place.
    """
    if eoi_id is not None and (made := Enrolment.objects.filter(eoi_id=eoi_id).first()):
        return made
    if Enrolment.objects.holding().filter(edition=edition, school=school, lane=lane).exists():
        raise AlreadyEnrolled(f"{school.name} has a place in {edition} already.")
    enrolment = Enrolment.objects.create(
        edition=edition, terms=terms, school=school, hub=hub, lane=lane, eoi_id=eoi_id, enrolled_at=now
    )
    since = max(london_date(now), date(edition.year, 9, 1))
    for named in advocates:
        teacher = add_teacher(name=named.name, email=named.email, trn=named.trn or None, now=now, by=by)
        Advocate.objects.create(enrolment=enrolment, teacher=teacher, role=named.role, senior=named.senior, since=since)
    record("enrolment.made", enrolment, by=by, at=now, scope=hub.pk, after={"edition": edition.pk, "school": school.pk})
    return enrolment


def complete(*, enrolment_id: UUID, by: Any, now: datetime, reason: str = "") -> Enrolment:
    """The hub confirms that the school completed its year."""
    return _move(enrolment_id, EnrolmentAction.COMPLETE, by=by, now=now, reason=reason)


def end_uncompleted(*, enrolment_id: UUID, reason: str, by: Any, now: datetime) -> Enrolment:
    """The hub confirms that the year has ended and the school has not completed it, and why."""
    return _move(enrolment_id, EnrolmentAction.END_UNCOMPLETED, by=by, now=now, reason=reason)


def withdraw(*, enrolment_id: UUID, reason: str, by: Any, now: datetime) -> Enrolment:
    """The school leaves the programme during the year: its place ends, and with it its lead teachers' seats."""
    return _move(enrolment_id, EnrolmentAction.WITHDRAW, by=by, now=now, reason=reason)


def reopen(*, enrolment_id: UUID, reason: str, by: Any, now: datetime) -> Enrolment:
    """Take back a year's end that the hub confirmed wrongly."""
    return _move(enrolment_id, EnrolmentAction.REOPEN, by=by, now=now, reason=reason)


@transaction.atomic
def _move(enrolment_id: UUID, action: EnrolmentAction, *, by: Any, now: datetime, reason: str) -> Enrolment:
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment_id)
    left, to = enrolment.state, states.after(enrolment.state, action)
    moved = Enrolment.objects.filter(pk=enrolment.pk, state=left).update(
        state=to, ended_at=None if to is EnrolmentState.ACTIVE else now, reason=reason
    )
    if not moved:
        raise NotAllowed("Somebody else has just changed this place.")
    if to is EnrolmentState.WITHDRAWN:
        _end_seats(enrolment, london_date(now))
    record(
        f"enrolment.{action}",
        enrolment,
        by=by,
        at=now,
        scope=enrolment.hub_id,
        before={"state": left},
        after={"state": to},
        note=reason,
    )
    enrolment.refresh_from_db()
    return enrolment


def _end_seats(enrolment: Enrolment, today: date) -> None:
    """Seats end today; one that had not begun ends on the day it would have."""
    for seat in enrolment.advocates.filter(until=None):
        seat.until = max(today, seat.since)
        seat.save(update_fields=["until"])
