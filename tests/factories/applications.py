"""Rounds and expressions of interest, and the roads on which a form comes to each of its states.

A form begins as a draft that is complete and eligible; `send`, `sign`, `submit`, `offer` and the rest move it on by the
table of its life, as the triggers demand. `ExpressionOfInterestFactory(submitted=True)` is short for them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from applications.models import Answer, Editor, ExpressionOfInterest, Nominee, Round
from applications.services import signed
from applications.services.moving import move
from applications.states import Action, State
from core.clock import london
from core.documents.references import check_character
from core.signing import services as signing
from core.signing.models import SignatureRequest
from hubs.models import HubMembership, HubRole
from tests.clock import NOW
from tests.factories.accounts import UserFactory
from tests.factories.hubs import HubFactory, HubMembershipFactory
from tests.factories.programmes import EditionFactory
from tests.factories.schools import SchoolFactory

CLOSES_AT = london(date(2027, 5, 29), 0)  # "Friday 28 May 2027, 11:59pm"
SIGNING_ENDS = london(date(2027, 6, 12), 0)
ANSWER_BY = london(date(2027, 7, 3), 0)

STATEMENT = (
    "Pupils leave Year 9 able to follow procedures but unsure why they work. We want one shared approach in which "
    "every lesson builds on what was understood before, and we have seen it do so at a partner school. Amira leads Key "
    "Stage 3 and writes our schemes of work; Tom joined us last year and is keen to learn. Between them they reach "
    "every class."
)


class RoundFactory(DjangoModelFactory):
    """A round that is open on Thursday 18 March 2027 and closes on Friday 28 May; traits name the other windows."""

    class Meta:
        model = Round

    hub = factory.SubFactory(HubFactory)
    edition = factory.SubFactory(EditionFactory)
    opens_at = london(date(2027, 3, 1), 9)
    closes_at = CLOSES_AT
    signing_deadline_at = SIGNING_ENDS
    panel_on = date(2027, 6, 18)
    decisions_by = date(2027, 6, 25)
    days_to_answer = 14
    places = 12
    first_meeting_at = london(date(2027, 9, 23), 13)
    arrangements = "Half-day meetings at Larkhill School, with two specialist days in your school."
    how_we_select = "Two leads read each form and look for release of both teachers and support of leaders."
    contact_name = "Ruth Vane"
    contact_email = factory.LazyAttribute(lambda o: f"tfm@{o.hub.slug}.example")
    contact_telephone = "01242555201"

    class Params:
        announced_only = factory.Trait(
            announced="about the end of March", opens_at=None, closes_at=None, signing_deadline_at=None
        )
        closing_soon = factory.Trait(
            closes_at=london(date(2027, 3, 27), 0), signing_deadline_at=london(date(2027, 4, 17), 0)
        )
        closed = factory.Trait(
            opens_at=london(date(2027, 1, 11), 9),
            closes_at=london(date(2027, 3, 13), 0),
            signing_deadline_at=london(date(2027, 3, 27), 0),
        )


class EditorFactory(DjangoModelFactory):
    class Meta:
        model = Editor

    eoi = factory.SubFactory("tests.factories.applications.ExpressionOfInterestFactory")
    user = factory.SubFactory(UserFactory)
    since = NOW


_number = iter(range(1, 10_000_000))
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _reference() -> str:
    """A reference of the right shape with its check character; the services draw theirs at random."""
    n, signs = next(_number), ""
    for _ in range(5):
        n, rest = divmod(n, 32)
        signs = _ALPHABET[rest] + signs
    return f"HP-{signs[:4]}-{signs[4]}{check_character(signs)}"


def people(eoi: ExpressionOfInterest) -> list[dict[str, Any]]:
    """Four people who make a form eligible, at addresses of the form's own."""
    host = f"s{eoi.school_id}.example"
    primary = eoi.edition.programme.is_primary
    return [
        {"position": "head", "post": "headteacher", "name": "Helen Carter", "email": f"head@{host}"},
        {"position": "head_of_department", "post": "head_of_department", "name": "Jo Marsh",
         "email": f"j.marsh@{host}"},
        {
            "position": "lead_1", "name": "Amira Khan", "email": f"a.khan@{host}", "senior": None if primary else True,
            "role": "Maths lead" if primary else "Key Stage 3 lead",
            "role_code": "maths_lead" if primary else "key_stage_3_lead",
        },
        {
            "position": "lead_2", "name": "Tom Ellis", "email": f"t.ellis@{host}", "senior": None if primary else False,
            "role": "Class teacher" if primary else "Teacher of maths", "role_code": "teacher",
        },
    ]  # fmt: skip


class ExpressionOfInterestFactory(DjangoModelFactory):
    """A complete draft. `nominees=False` leaves it empty; `signing`, `submitted`, `reserve`, `offered`, `accepted`,
    `not_chosen`, `refused`, `withdrawn` walk it there. `signed=True` with `offered` or `reserve` signs first; without
    it an offer is made on condition.
    """

    class Meta:
        model = ExpressionOfInterest
        skip_postgeneration_save = True

    class Params:
        at = NOW

    round = factory.SubFactory(RoundFactory)
    edition = factory.SelfAttribute("round.edition")
    school = factory.SubFactory(SchoolFactory)
    reference = factory.LazyFunction(_reference)
    begun_by = factory.SubFactory(UserFactory)
    begun_at = factory.SelfAttribute("at")
    saved_at = factory.SelfAttribute("at")
    school_confirmed = True
    hub_confirmed = True

    @factory.post_generation
    def editors(eoi, create, wanted, **kwargs):
        """Who works on it: the beginner, unless `editors=` names others."""
        if create:
            for user in [eoi.begun_by] if wanted is None else wanted:
                EditorFactory(eoi=eoi, user=user)

    @factory.post_generation
    def nominees(eoi, create, wanted, **kwargs):
        """`nominees=False` for none, or `nominees__lead_2=False` to leave one out, or a dict to change their fields."""
        if not create or wanted is False:
            return
        for fields in people(eoi):
            changes = kwargs.get(fields["position"], {})
            if changes is not False:
                Nominee.objects.create(eoi=eoi, **{**fields, **changes})

    @factory.post_generation
    def answers(eoi, create, wanted, **kwargs):
        """The answers to the questions that ship; `answers=False` for none."""
        if create and wanted is not False:
            given = {"worked_before": "no", "worked_before_what": "", "statement": STATEMENT, "heard": "A colleague"}
            given |= kwargs
            Answer.objects.bulk_create(Answer(eoi=eoi, code=code, text=text) for code, text in given.items())

    @factory.post_generation
    def signing(eoi, create, wanted, **kwargs):
        if create and wanted:
            send(eoi)

    @factory.post_generation
    def signed(eoi, create, wanted, **kwargs):
        """Sent, and signed by everyone: submitted."""
        if create and wanted:
            submit(eoi)

    @factory.post_generation
    def submitted(eoi, create, wanted, **kwargs):
        if create and wanted and eoi.state != State.SUBMITTED:
            submit(eoi)

    @factory.post_generation
    def reserve(eoi, create, wanted, **kwargs):
        if create and wanted:
            hold(eoi, rank=None if wanted is True else wanted)

    @factory.post_generation
    def offered(eoi, create, wanted, **kwargs):
        if create and wanted:
            offer(eoi, **kwargs)

    @factory.post_generation
    def accepted(eoi, create, wanted, **kwargs):
        if create and wanted:
            accept(eoi)

    @factory.post_generation
    def not_chosen(eoi, create, wanted, **kwargs):
        if create and wanted:
            not_choose(eoi)

    @factory.post_generation
    def refused(eoi, create, wanted, **kwargs):
        if create and wanted:
            refuse(eoi)

    @factory.post_generation
    def lapsed(eoi, create, wanted, **kwargs):
        """A draft that lapsed, or with `signing=True` a form whose signing time was let pass."""
        if create and wanted:
            lapse(eoi)

    @factory.post_generation
    def withdrawn(eoi, create, wanted, **kwargs):
        if create and wanted:
            move(eoi, Action.WITHDRAW, by=eoi.begun_by, now=NOW, ended_reason="Our timetable does not allow it.")


def a_lead_of(eoi: ExpressionOfInterest) -> Any:
    """The lead of the form's hub, made where there is none."""
    found = HubMembership.objects.filter(hub=eoi.round.hub, role=HubRole.LEAD, ended_at=None).first()
    return (found or HubMembershipFactory(hub=eoi.round.hub, role=HubRole.LEAD)).user


def send(eoi: ExpressionOfInterest, *, now: datetime = NOW) -> dict[str, signing.Asked]:
    """Send a draft for signature, as the service does but without rules and mails; the requests by address."""
    move(
        eoi,
        Action.ASK_TO_SIGN,
        by=eoi.begun_by,
        now=now,
        sent_at=now,
        sent_by=eoi.begun_by,
        terms=eoi.edition.current_terms,
        content_sha256=signed.content_sha256(eoi),
    )
    asked = signing.ask(
        kind=signed.KIND,
        subject_id=eoi.pk,
        scope=eoi.round.hub_id,
        people=signed.people_of(eoi),
        valid_until=eoi.signing_ends() or now + timedelta(days=14),
        content_sha256=eoi.content_sha256,
        now=now,
    )
    return {each.request.email: each for each in asked}


def sign(eoi: ExpressionOfInterest, *, by: Iterable[str] | None = None, now: datetime = NOW) -> None:
    """Sign for everyone who was asked and has not signed, or for those in the roles named; the state stays."""
    waiting = SignatureRequest.objects.filter(kind=signed.KIND, subject_id=eoi.pk, state__in=["asked", "refused"])
    for request in waiting:
        if by is None or set(by) & set(request.roles):
            signing.sign(
                request_id=request.pk,
                typed_name=request.name,
                roles=set(request.roles),
                statement="I sign for the school.",
                grade="B",
                address="192.0.2.7",
                browser="Mozilla/5.0",
                link_id=request.link_id,
                now=now,
            )


def submit(eoi: ExpressionOfInterest, *, now: datetime = NOW) -> None:
    """Everyone signs, and the form is submitted."""
    if eoi.state == State.DRAFT:
        send(eoi, now=now)
    sign(eoi, now=now)
    move(eoi, Action.SUBMIT, by=None, now=now, submitted_at=now)


def hold(eoi: ExpressionOfInterest, *, rank: int | None = None, now: datetime = NOW) -> None:
    """Held in reserve; unsigned where it has only been sent."""
    if eoi.state == State.DRAFT:
        submit(eoi, now=now)
    lead = a_lead_of(eoi)
    rank = rank or eoi.round.eois.filter(state=State.RESERVE).count() + 1
    move(eoi, Action.HOLD, by=lead, now=now, decided_by=lead, decided_at=now, reserve_rank=rank)


def offer(eoi: ExpressionOfInterest, *, answer_by: datetime = ANSWER_BY, now: datetime = NOW) -> None:
    """Offered a place; on condition of the signatures where it has only been sent."""
    if eoi.state == State.DRAFT:
        submit(eoi, now=now)
    lead = a_lead_of(eoi)
    move(
        eoi,
        Action.OFFER,
        by=lead,
        now=now,
        decided_by=lead,
        decided_at=now,
        offered_at=now,
        answer_by=answer_by,
        on_condition=not signed.all_signed(eoi),
    )


def accept(eoi: ExpressionOfInterest, *, now: datetime = NOW) -> None:
    """Accepted, without its enrolment: that is the service's work."""
    if eoi.state != State.OFFERED:
        offer(eoi, now=now)
    move(eoi, Action.ACCEPT, by=None, now=now, answered_by_name="Helen Carter", answered_at=now)


def refuse(eoi: ExpressionOfInterest, *, now: datetime = NOW) -> None:
    if eoi.state != State.OFFERED:
        offer(eoi, now=now)
    move(eoi, Action.REFUSE, by=None, now=now, answered_by_name="Helen Carter", answered_at=now)


def not_choose(eoi: ExpressionOfInterest, *, reason: str = "no_places", now: datetime = NOW) -> None:
    if eoi.state == State.DRAFT:
        submit(eoi, now=now)
    lead = a_lead_of(eoi)
    move(eoi, Action.NOT_CHOOSE, by=lead, now=now, decided_by=lead, decided_at=now, decision_reason=reason)


def lapse(eoi: ExpressionOfInterest, *, now: datetime = NOW) -> None:
    """A draft or an offer lapses by itself; a form in signing is let lapse by the hub."""
    move(eoi, Action.LET_LAPSE if eoi.state == State.SIGNING else Action.LAPSE, by=None, now=now)


def another_person(nominee: Nominee, *, name: str, email: str) -> None:
    """Name somebody else in a draft."""
    Nominee.objects.filter(pk=nominee.pk).update(name=name, email=email, person_uuid=uuid.uuid4())
