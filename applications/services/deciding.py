"""What a hub lead decides: offer, hold in reserve, not choose, return, and the reverse of each.

Each action is one transaction over one form: lock, judge, move, record, tell. Bulk work is this over many, with a
result a row, and sends letter for letter what the single action sends.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from applications import facts, rules
from applications.emails import deciding as letters
from applications.models import ExpressionOfInterest, Extension, Note, Return, Round, Settlement
from applications.services.moving import locked, move
from applications.services.signed import all_signed, standing_of
from applications.states import LIFE, STANDS, Action, NotAllowed, State
from core import clock
from core.audit.log import record
from core.calendar import working_day_from
from core.notifications import outbox
from core.signing import services as signing
from schools.roles import schools_of

RETURN_DAYS = 14
NO_PLACE_FOR_IT = "No place is left for it. Take an offer back, or raise the number of places first."
OWN_SCHOOL = "You belong to this school, so another lead of the hub decides."


class NotEligible(NotAllowed):
    """A rule says no, and no rule's no is overridden."""


class QuestionsOpen(NotAllowed):
    """A rule asks a question that no hub lead has settled yet."""


class ConflictOfInterest(NotAllowed):
    """Nobody decides for a school they belong to."""


class ReasonNeeded(NotAllowed):
    """This step is not taken without a written reason."""


def end_of(day: Any) -> datetime:
    """The first moment after a civil day in London: "by Friday" is up to 11:59pm of Friday."""
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=clock.LONDON)


def default_answer_by(round_: Round, now: datetime) -> datetime:
    """When an offer lapses, if the lead names no other day: the round's days to answer, counted from today, and where
    they end on a weekend or bank holiday, the next working day."""
    return end_of(working_day_from(clock.london_date(now) + timedelta(days=round_.days_to_answer)))


def missing_names(eoi: ExpressionOfInterest) -> list[str]:
    """Who has not signed what stands now, by name; empty when all have."""
    return letters.still_to_sign(standing_of(eoi))


def unsettled(eoi: ExpressionOfInterest, *, now: datetime) -> list[rules.Judgement]:
    """The questions of the rules that stand open; the deadline was judged when the form was sent."""
    settled = set(eoi.settlements.values_list("code", flat=True))
    return [j for j in rules.judge(facts.bid_of(eoi, now=now), now=now) if j.asks and j.code not in settled]


def _judge_for_offer(bid: rules.Bid, settled: Collection[str], now: datetime) -> NotAllowed | None:
    judgements = [j for j in rules.judge(bid, now=now) if j.code != "round_open"]
    if fails := [j for j in judgements if j.fails]:
        return NotEligible(" ".join(j.reason for j in fails))
    if asks := [j for j in judgements if j.asks and j.code not in settled]:
        return QuestionsOpen("Settle this first, with a reason: " + " ".join(j.reason for j in asks))
    return None


def can_take(eoi: ExpressionOfInterest, action: Action) -> bool:
    """Whether a form may take one of the hub's steps from where it stands; who, places and rules are not asked."""
    if eoi.state == State.LAPSED:  # only where a place had been offered; else it is reopened first
        return action is Action.OFFER and eoi.offered_at is not None
    return any(left == eoi.state and step.removesuffix("_unsigned") == action for left, step in LIFE)


def left_out(eois: Sequence[ExpressionOfInterest], action: Action, *, by: Any, now: datetime) -> dict[UUID, str]:
    """The forms of one round that a step leaves as they are, with the reason; an offer leaves those beyond the places.

    Said before the step is taken; taking it judges each again.
    """
    bids = facts.bids_of(eois, now=now) if action is Action.OFFER else {}
    own = schools_of(by)
    left = eois[0].round.places - eois[0].round.places_held if eois else 0
    found = {}
    for eoi in eois:
        if not can_take(eoi, action):
            found[eoi.pk] = f"This form {STANDS[State(eoi.state)]}: left as it was."
        elif eoi.school_id in own:
            found[eoi.pk] = OWN_SCHOOL
        elif action is Action.OFFER:
            if refusal := _judge_for_offer(bids[eoi.pk], {s.code for s in eoi.settlements.all()}, now):
                found[eoi.pk] = str(refusal)
            elif left <= 0:
                found[eoi.pk] = NO_PLACE_FOR_IT
            else:
                left -= 1
    return found


@transaction.atomic
def offer(
    *, eoi_id: UUID, by: Any, now: datetime, answer_by: datetime | None = None, words: str = ""
) -> ExpressionOfInterest:
    """Offer a place, on condition of the missing signatures where there are any. The place is held from now on."""
    eoi = locked(eoi_id)
    if eoi.state == State.LAPSED and not can_take(eoi, Action.OFFER):
        raise NotAllowed("This form lapsed before a place was offered: reopen it first.")
    settled = eoi.settlements.values_list("code", flat=True)
    if refusal := _judge_for_offer(facts.bid_of(eoi, now=now), set(settled), now):
        raise refusal
    answer_by = answer_by or default_answer_by(eoi.round, now)
    if answer_by <= now:
        raise NotAllowed("The day to answer by must be in the future.")
    standings = standing_of(eoi)
    signed = not letters.still_to_sign(standings)
    deadline: dict[str, Any] = {} if signed else {"signing_deadline_at": answer_by}
    move(
        eoi,
        Action.OFFER,
        by=by,
        now=now,
        note=words,
        decided_by=by,
        decided_at=now,
        decision_reason="",
        decision_words=words,
        offered_at=now,
        answer_by=answer_by,
        on_condition=not signed,
        reserve_rank=None,
        **deadline,
    )
    if not signed:
        signing.extend(kind="eoi", subject_id=eoi.pk, valid_until=answer_by)
    for mail in letters.offer_made(eoi, standings=standings, now=now):
        outbox.post(mail.mail, key=f"eoi-offer:{eoi.pk}:{now.isoformat()}:{mail.to}", now=now)
    return eoi


def offer_after_all(eoi: ExpressionOfInterest, *, email: str, now: datetime) -> None:
    """Ask a head or head of department to accept an offer who has just signed, having said no when it was made."""
    if eoi.state == State.OFFERED and eoi.answer_by is not None and now < eoi.answer_by:
        for mail in letters.offer_after_all(eoi, email=email, standings=standing_of(eoi), now=now):
            outbox.post(mail.mail, key=f"eoi-offer:{eoi.pk}:{now.isoformat()}:{mail.to}", now=now)


@transaction.atomic
def hold(*, eoi_id: UUID, by: Any, now: datetime, rank: int | None = None, words: str = "") -> ExpressionOfInterest:
    """Hold a form in reserve, at the end of the reserves unless a rank is named."""
    eoi = locked(eoi_id)
    if rank is None:
        highest = ExpressionOfInterest.objects.filter(round=eoi.round_id, state=State.RESERVE).aggregate(
            top=Max("reserve_rank")
        )
        rank = (highest["top"] or 0) + 1
    move(
        eoi,
        Action.HOLD,
        by=by,
        now=now,
        note=words,
        decided_by=by,
        decided_at=now,
        decision_words=words,
        reserve_rank=rank,
    )
    _post_to_school(letters.held(eoi, words=words), eoi, "held", now)
    return eoi


@transaction.atomic
def not_choose(*, eoi_id: UUID, by: Any, now: datetime, reason: str, words: str = "") -> ExpressionOfInterest:
    """Do not choose a form this time, with a reason from the list and the hub's own words."""
    if reason not in ExpressionOfInterest.NotChosen.values:
        raise ReasonNeeded("Choose the reason that the letter gives.")
    eoi = locked(eoi_id)
    move(
        eoi,
        Action.NOT_CHOOSE,
        by=by,
        now=now,
        note=words,
        decided_by=by,
        decided_at=now,
        decision_reason=reason,
        decision_words=words,
        reserve_rank=None,
    )
    _post_to_school(letters.not_chosen(eoi, reason=reason, words=words, now=now), eoi, "not-chosen", now)
    return eoi


@transaction.atomic
def return_(
    *, eoi_id: UUID, by: Any, now: datetime, words: str, correct_by: datetime | None = None
) -> ExpressionOfInterest:
    """Send a form back for correction; its date extends both deadlines for this form, and signatures are kept."""
    if not words.strip():
        raise ReasonNeeded("Say what has to be corrected.")
    eoi = locked(eoi_id)
    correct_by = correct_by or end_of(clock.london_date(now) + timedelta(days=RETURN_DAYS))
    if correct_by <= now:
        raise NotAllowed("The day to correct by must be in the future.")
    ends = eoi.signing_ends()
    deadline = max(correct_by, ends) if ends else correct_by
    move(
        eoi,
        Action.RETURN,
        by=by,
        now=now,
        note=words,
        signing_deadline_at=deadline,
        submitted_at=None,
    )
    Return.objects.create(eoi=eoi, returned_by=by, returned_at=now, reason=words, correct_by=correct_by)
    _post_to_school(letters.returned(eoi, words=words, correct_by=correct_by), eoi, "returned", now)
    return eoi


@transaction.atomic
def put_back(*, eoi_id: UUID, by: Any, now: datetime, words: str = "") -> ExpressionOfInterest:
    """Take a form out of the reserve, to be decided again."""
    eoi = locked(eoi_id)
    action = Action.PUT_BACK if all_signed(eoi) else Action.PUT_BACK_UNSIGNED
    move(eoi, action, by=by, now=now, note=words, **_undecided())
    _post_to_school(letters.decided_again(eoi, words=words), eoi, "put-back", now)
    return eoi


@transaction.atomic
def take_back(*, eoi_id: UUID, by: Any, now: datetime, words: str) -> ExpressionOfInterest:
    """Take an offer back before it is answered; the place is free again and the offer's links end."""
    if not words.strip():
        raise ReasonNeeded("Say why the offer is taken back. The school reads this.")
    eoi = locked(eoi_id)
    action = Action.TAKE_BACK if all_signed(eoi) else Action.TAKE_BACK_UNSIGNED
    move(eoi, action, by=by, now=now, note=words, offered_at=None, answer_by=None, on_condition=False, **_undecided())
    letters.end_offer_links(eoi, why="taken_back", now=now)
    _post_to_school(letters.offer_taken_back(eoi, words=words), eoi, "taken-back", now)
    return eoi


@transaction.atomic
def reconsider(*, eoi_id: UUID, by: Any, now: datetime, words: str) -> ExpressionOfInterest:
    """Look again at a form that was not chosen."""
    if not words.strip():
        raise ReasonNeeded("Say why the form is looked at again. The school reads this.")
    eoi = locked(eoi_id)
    action = Action.RECONSIDER if all_signed(eoi) else Action.RECONSIDER_UNSIGNED
    move(eoi, action, by=by, now=now, note=words, **_undecided())
    _post_to_school(letters.decided_again(eoi, words=words), eoi, "reconsidered", now)
    return eoi


@transaction.atomic
def reopen(*, eoi_id: UUID, by: Any, now: datetime, words: str, until: datetime) -> ExpressionOfInterest:
    """Reopen a lapsed form with a reason and a new date: as a draft where it was never sent, else for signing."""
    if not words.strip():
        raise ReasonNeeded("Say why the form is reopened. The school reads this.")
    if until <= now:
        raise NotAllowed("The new day must be in the future.")
    eoi = locked(eoi_id)
    if eoi.offered_at is not None:
        raise NotAllowed("A place was offered on this form: make a new offer instead.")
    action = Action.REOPEN_SIGNING if eoi.sent_at else Action.REOPEN_DRAFT
    move(eoi, action, by=by, now=now, note=words, signing_deadline_at=until if eoi.sent_at else eoi.signing_deadline_at)
    Extension.objects.create(
        round=eoi.round,
        school=eoi.school,
        closes_at=None if eoi.sent_at else until,
        signing_deadline_at=until,
        reason=words,
        granted_by=by,
        granted_at=now,
    )
    if eoi.sent_at:
        signing.extend(kind="eoi", subject_id=eoi.pk, valid_until=until)
    _post_to_school(letters.reopened(eoi, words=words, until=until), eoi, "reopened", now)
    return eoi


@transaction.atomic
def let_lapse(*, eoi_id: UUID, by: Any, now: datetime, words: str = "") -> ExpressionOfInterest:
    """Let a form lapse whose signatures did not come in time."""
    eoi = locked(eoi_id)
    ends = eoi.signing_ends()
    if ends is None or now < ends:
        raise NotAllowed("Its people may still sign: the signing deadline has not passed.")
    move(eoi, Action.LET_LAPSE, by=by, now=now, note=words, ended_reason=words)
    signing.end_all(kind="eoi", subject_id=eoi.pk, why="lapsed", now=now)
    _post_to_school(letters.lapsed(eoi, words=words), eoi, "lapsed", now)
    return eoi


@transaction.atomic
def settle(*, eoi_id: UUID, code: str, by: Any, now: datetime, reason: str) -> Settlement:
    """Settle a question that the rules ask, with a written reason. A rule's no cannot be settled."""
    if not reason.strip():
        raise ReasonNeeded("Write the reason in a sentence or two.")
    eoi = locked(eoi_id)
    if code not in {j.code for j in rules.judge(facts.bid_of(eoi, now=now), now=now) if j.asks}:
        raise NotAllowed("The rules do not ask this of the form.")
    settlement, new = Settlement.objects.get_or_create(
        eoi=eoi, code=code, defaults={"reason": reason, "settled_by": by, "settled_at": now}
    )
    if new:
        record("eoi.settled", eoi, by=by, at=now, after={"code": code}, scope=eoi.round.hub_id, note=reason)
    return settlement


@transaction.atomic
def add_note(*, eoi_id: UUID, once: UUID, by: Any, now: datetime, text: str) -> Note:
    """Add an internal note; the same post sent twice makes one."""
    eoi = locked(eoi_id)
    note, new = Note.objects.get_or_create(once=once, defaults={"eoi": eoi, "by": by, "at": now, "text": text})
    if new:
        record("eoi.noted", eoi, by=by, at=now, scope=eoi.round.hub_id)
    return note


@transaction.atomic
def lapse_offer(*, eoi_id: UUID, now: datetime) -> bool:
    """Let an offer lapse whose day to answer has passed; false when it no longer stands so."""
    eoi = locked(eoi_id)
    if eoi.state != State.OFFERED or eoi.answer_by is None or now < eoi.answer_by:
        return False
    move(eoi, Action.LAPSE, by=None, now=now, ended_reason="The offer was not answered in time.")
    letters.end_offer_links(eoi, why="lapsed", now=now)
    signing.end_all(kind="eoi", subject_id=eoi.pk, why="lapsed", now=now)
    _post_to_school(letters.offer_lapsed(eoi), eoi, "offer-lapsed", now)
    tell_hub_of_free_place(eoi, now=now)
    return True


def lapse_offers(*, now: datetime) -> int:
    """Let every offer lapse whose day has passed, each in a transaction of its own; says how many."""
    due = ExpressionOfInterest.objects.filter(state=State.OFFERED, answer_by__lte=now).values_list("pk", flat=True)
    return sum(lapse_offer(eoi_id=eoi_id, now=now) for eoi_id in list(due))


def tell_hub_of_free_place(eoi: ExpressionOfInterest, *, now: datetime) -> None:
    """Propose the first reserve to the hub leads when a place has come free; nothing is promoted by itself."""
    first = (
        ExpressionOfInterest.objects.filter(round=eoi.round_id, state=State.RESERVE)
        .select_related("school")
        .order_by("reserve_rank", "sent_at")
        .first()
    )
    for mail in letters.place_is_free(eoi, first_reserve=first):
        outbox.post(mail.mail, key=f"eoi-place-free:{eoi.pk}:{now.isoformat()}:{mail.to}", now=now)


def _undecided() -> dict[str, Any]:
    """The fields of a decision, emptied: a reversed decision lives on in the audit trail only."""
    return {
        "decided_by": None,
        "decided_at": None,
        "decision_reason": "",
        "decision_words": "",
        "reserve_rank": None,
    }


def _post_to_school(mails: Sequence[letters.Letter], eoi: ExpressionOfInterest, occasion: str, now: datetime) -> None:
    for mail in mails:
        outbox.post(mail.mail, key=f"eoi-{occasion}:{eoi.pk}:{now.isoformat()}:{mail.to}", now=now)


@dataclass(frozen=True)
class Result:
    """What became of one form in a bulk action."""

    eoi_id: UUID
    school: str
    done: bool
    said: str


ACTS: dict[Action, Callable[..., ExpressionOfInterest]] = {
    Action.OFFER: offer,
    Action.HOLD: hold,
    Action.NOT_CHOOSE: not_choose,
    Action.RETURN: return_,
    Action.PUT_BACK: put_back,
    Action.TAKE_BACK: take_back,
    Action.RECONSIDER: reconsider,
}


def decide(*, eoi_id: UUID, action: Action, by: Any, now: datetime, **choices: Any) -> ExpressionOfInterest:
    """Take one of the hub's actions on one form. Raises ConflictOfInterest for a school the decider belongs to."""
    urn = ExpressionOfInterest.objects.values_list("school", flat=True).get(pk=eoi_id)
    if urn in schools_of(by):
        raise ConflictOfInterest(OWN_SCHOOL)
    return ACTS[action](eoi_id=eoi_id, by=by, now=now, **choices)


def decide_many(
    *, eois: Sequence[ExpressionOfInterest], action: Action, by: Any, now: datetime, **choices: Any
) -> list[Result]:
    """Take one action on many forms, each in its own transaction, with a result a row. One refusal stops no other."""
    results = []
    for eoi in eois:
        try:
            decide(eoi_id=eoi.pk, action=action, by=by, now=now, **choices)
        except NotAllowed as refusal:
            results.append(Result(eoi.pk, eoi.school.name, False, str(refusal)))
        else:
            results.append(Result(eoi.pk, eoi.school.name, True, "The letter is on its way."))
    return results
