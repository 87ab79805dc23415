"""Finders and small facts that the hub's pages share."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import Http404

from applications.documents import COMMITMENT
from applications.models import ExpressionOfInterest, Round
from applications.services.deciding import can_take
from applications.states import Action, State
from applications.wording import STATE_COLOURS
from core.documents.models import StoredDocument


def visible_round(user: Any, round_id: UUID) -> Round:
    """A round of a hub that the person works for, or 404."""
    found = Round.objects.visible_to(user).select_related("hub", "edition__programme").filter(pk=round_id).first()
    if found is None:
        raise Http404
    return found


def visible_bid(user: Any, eoi_id: UUID) -> ExpressionOfInterest:
    """A form that the person may see, with what the bid page reads of its columns, or 404."""
    found = (
        ExpressionOfInterest.objects.visible_to(user)
        .select_related("round__hub", "edition__programme", "school__la", "school__type")
        .annotate(has_commitment=Exists(StoredDocument.objects.filter(kind=COMMITMENT, subject_id=OuterRef("pk"))))
        .filter(pk=eoi_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def signing_ended(round_: Round, now: datetime) -> datetime | None:
    """When signing ended for the forms of a round that have no time of their own, if it has."""
    ends = round_.signing_deadline_at
    return ends if ends is not None and ends <= now else None


# The hub's acts by the names that addresses carry, in the order of the buttons.
ACTS = {
    "offer": Action.OFFER,
    "reserve": Action.HOLD,
    "not-choose": Action.NOT_CHOOSE,
    "put-back": Action.PUT_BACK,
    "take-back": Action.TAKE_BACK,
    "reconsider": Action.RECONSIDER,
    "return": Action.RETURN,
}


def acts_of(eoi: ExpressionOfInterest) -> list[str]:
    """The names of the acts that a form can take from where it stands."""
    return [name for name, action in ACTS.items() if can_take(eoi, action)]


def state_words(eoi: ExpressionOfInterest, *, someone_said_no: bool) -> tuple[str, str]:
    """What a hub reads of a form's state, and the colour of its tag; a decision stands before a signatory's no."""
    state = State(eoi.state)
    if someone_said_no and state is State.SIGNING:
        return "Someone said no", "red"
    if state is State.SUBMITTED:
        return "Ready to decide", "green"
    if state is State.RESERVE and eoi.reserve_rank:
        return f"Reserve {eoi.reserve_rank}", STATE_COLOURS[state]
    if state is State.OFFERED and eoi.on_condition:
        return "Offered on condition", "orange" if someone_said_no else "blue"
    return state.label, STATE_COLOURS[state]
