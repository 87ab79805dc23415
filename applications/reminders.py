"""What is due today by the timetable of messages (product, section 11), as facts: whoever sends claims each by its key.

Chasers go from 08:00 to 18:00 London on working days outside the holidays that the hub entered. Counted from an act,
a day that is none of these moves to the next; counted back to a deadline, to the one before. Of one matter only the
latest step whose day has come is due: overtaken ones are dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from applications import facts, rules
from applications.emails.rounds import CLOSED
from applications.emails.signing import ENDED, out_of_time
from applications.models import ExpressionOfInterest, Round
from applications.states import SIGNABLE, State
from core.calendar import is_working_day
from core.clock import LONDON, london_date
from core.notifications.models import Message
from core.signing.models import SignatureRequest
from core.signing.states import State as RequestState
from hubs.models import TermDates

SUBJECT = "eoi"
FIRST_HOUR, LAST_HOUR = 8, 18
AFTER_ASKING = (3, 7, 12)
BEFORE_SIGNING_ENDS = 2
BEFORE_CLOSING = (14, 7, 2, 0)
BEFORE_AN_OFFER_LAPSES = (5, 1)
BETWEEN = timedelta(hours=48)
LONGEST_HOLIDAY = 60  # days
TOLD_WITHIN = timedelta(days=14)  # of a closing or the end of signing; what ended longer ago is no news
LOOK_AHEAD = timedelta(days=max(BEFORE_CLOSING) + LONGEST_HOLIDAY)

Span = tuple[date, date]


def is_sending_time(now: datetime) -> bool:
    """Whether chasers may go at this hour of London."""
    return FIRST_HOUR <= now.astimezone(LONDON).hour < LAST_HOUR


def is_chaser_day(day: date, terms: Sequence[Span]) -> bool:
    """A working day that lies in none of the holidays between the terms a hub has entered."""
    if not is_working_day(day):
        return False
    inside = terms and min(first for first, _ in terms) <= day <= max(last for _, last in terms)
    return not inside or any(first <= day <= last for first, last in terms)


def _move(day: date, step: int, terms: Sequence[Span]) -> date:
    for _ in range(LONGEST_HOLIDAY):
        if is_chaser_day(day, terms):
            return day
        day += timedelta(days=step)
    return day


def day_after(act: date, days: int, terms: Sequence[Span] = ()) -> date:
    """The chaser day that lies so many days after an act, or the next one."""
    return _move(act + timedelta(days=days), 1, terms)


def day_before(deadline: date, days: int, terms: Sequence[Span] = ()) -> date:
    """The chaser day that lies so many days before a deadline's day, or the one before it."""
    return _move(deadline - timedelta(days=days), -1, terms)


def latest_due(steps: Iterable[tuple[str, date]], today: date) -> str | None:
    """The name of the latest step whose day has come; of two on one day the one named last."""
    come = [(day, n, name) for n, (name, day) in enumerate(steps) if day <= today]
    return max(come)[2] if come else None


def signature_steps(*, asked_on: date, deadline: date, terms: Sequence[Span] = ()) -> list[tuple[str, date]]:
    """The steps for one missing signature, each with its day."""
    after = [(f"A{days}", day_after(asked_on, days, terms)) for days in AFTER_ASKING]
    return [*after, (f"T-{BEFORE_SIGNING_ENDS}", day_before(deadline, BEFORE_SIGNING_ENDS, terms))]


def draft_steps(*, closes_on: date, terms: Sequence[Span] = ()) -> list[tuple[str, date]]:
    """The steps for one draft that has not been sent."""
    return [(f"T-{days}", day_before(closes_on, days, terms)) for days in BEFORE_CLOSING]


def offer_steps(*, answer_on: date, terms: Sequence[Span] = ()) -> list[tuple[str, date]]:
    """The steps for one offer that nobody has answered."""
    return [(f"T-{days}", day_before(answer_on, days, terms)) for days in BEFORE_AN_OFFER_LAPSES]


@dataclass(frozen=True)
class SignatureDue:
    """A reminder to sign that is due now."""

    request_id: UUID
    step: str


@dataclass(frozen=True)
class DraftDue:
    """A reminder to finish a draft that is due now."""

    eoi_id: UUID
    step: str
    closes_at: datetime


@dataclass(frozen=True)
class OfferDue:
    """A reminder to answer an offer that is due now."""

    eoi_id: UUID
    step: str


def terms_of_hubs(hubs: Iterable[Any]) -> dict[Any, list[Span]]:
    """The terms that hubs have entered, by the hub's id; one query."""
    found: dict[Any, list[Span]] = {}
    for hub, first, last in TermDates.objects.filter(hub__in=set(hubs)).values_list("hub", "starts_on", "ends_on"):
        found.setdefault(hub, []).append((first, last))
    return found


def signatures_due(now: datetime) -> list[SignatureDue]:
    """Who has been asked to sign, has not answered, and is to be reminded now; three queries."""
    if not is_sending_time(now):
        return []
    today = london_date(now)
    live = ExpressionOfInterest.objects.filter(state__in=SIGNABLE).values("pk")
    waiting = list(
        SignatureRequest.objects.filter(
            kind=SUBJECT, subject_id__in=live, state=RequestState.ASKED, valid_until__gt=now
        )
    )
    terms = terms_of_hubs(r.scope for r in waiting)
    found = []
    for request in waiting:
        own = terms.get(request.scope, [])
        last = max(request.asked_at, request.reminded_at or request.asked_at)
        if not is_chaser_day(today, own) or now < last + BETWEEN:
            continue
        steps = signature_steps(
            asked_on=london_date(request.asked_at),
            deadline=london_date(rules.last_minute(request.valid_until)),
            terms=own,
        )
        if step := latest_due(steps, today):
            found.append(SignatureDue(request.pk, step))
    return found


def _drafts(*, closed_by: datetime) -> list[ExpressionOfInterest]:
    """Drafts whose round closes by a moment; what a hub allows beyond it is later, never earlier."""
    return list(
        ExpressionOfInterest.objects.filter(state=State.DRAFT, round__closes_at__lte=closed_by).select_related(
            "round__hub", "edition__programme", "school"
        )
    )


def drafts_due(now: datetime) -> list[DraftDue]:
    """Which drafts are to be finished soon, and are to be spoken of now; a fixed number of queries."""
    if not is_sending_time(now):
        return []
    today = london_date(now)
    drafts = _drafts(closed_by=now + LOOK_AHEAD)
    terms = terms_of_hubs(eoi.round.hub_id for eoi in drafts)
    found = []
    for eoi, closes in _closings(drafts, now):
        own = terms.get(eoi.round.hub_id, [])
        if now >= closes or not is_chaser_day(today, own) or now < eoi.begun_at + BETWEEN:
            continue
        if step := latest_due(draft_steps(closes_on=london_date(rules.last_minute(closes)), terms=own), today):
            found.append(DraftDue(eoi.pk, step, closes))
    return found


def offers_due(now: datetime) -> list[OfferDue]:
    """Which offers lapse soon and are unanswered, and are to be spoken of now; two queries."""
    if not is_sending_time(now):
        return []
    today = london_date(now)
    offers = ExpressionOfInterest.objects.filter(state=State.OFFERED, answer_by__gt=now, offered_at__lte=now - BETWEEN)
    found = list(offers.values_list("pk", "answer_by", "round__hub"))
    terms = terms_of_hubs(hub for _, _, hub in found)
    due = []
    for eoi_id, answer_by, hub in found:
        own = terms.get(hub, [])
        if answer_by is None or not is_chaser_day(today, own):
            continue
        if step := latest_due(offer_steps(answer_on=london_date(rules.last_minute(answer_by)), terms=own), today):
            due.append(OfferDue(eoi_id, step))
    return due


def rounds_closed(now: datetime) -> list[UUID]:
    """Rounds that have closed, the half hour after it included, and of whose closing nobody has been told; one query.

    A closing that moves is told of again when it comes. School holidays do not keep this from the hub.
    """
    if not is_sending_time(now) or not is_working_day(london_date(now)):
        return []
    told = Message.objects.filter(kind=CLOSED, subject_id=OuterRef("pk"), created_at__gte=OuterRef("closes_at"))
    lately = Round.objects.filter(closes_at__lte=now - rules.GRACE, closes_at__gt=now - TOLD_WITHIN)
    return list(lately.exclude(Exists(told)).order_by("closes_at", "pk").values_list("pk", flat=True))


def signings_ended(now: datetime) -> list[UUID]:
    """Forms whose time for signing has ended with signatures missing, and of which nobody has been told; one query.

    More time that ends is told of again. School holidays do not keep this from school and hub: what follows is theirs.
    """
    if not is_sending_time(now) or not is_working_day(london_date(now)):
        return []
    told = Message.objects.filter(kind=ENDED, subject_id=OuterRef("pk"), created_at__gte=OuterRef("ends"))
    lately = out_of_time(now).filter(ends__gt=now - TOLD_WITHIN).exclude(Exists(told))
    return list(lately.order_by("ends", "pk").values_list("pk", flat=True))


def drafts_to_lapse(now: datetime) -> list[UUID]:
    """Drafts whose round, or extension, has closed without them and whose 30 minutes are over; those sent before, at
    their signing deadline."""
    return [
        eoi.pk
        for eoi, closes in _closings(_drafts(closed_by=now), now)
        if now >= (closes if eoi.sent_at else closes + rules.GRACE)
    ]


def _closings(drafts: Sequence[ExpressionOfInterest], now: datetime) -> list[tuple[ExpressionOfInterest, datetime]]:
    bids = facts.bids_of(drafts, now=now) if drafts else {}
    found = [(eoi, rules.closing(bids[eoi.pk])) for eoi in drafts]
    return [(eoi, closes) for eoi, closes in found if closes is not None]
