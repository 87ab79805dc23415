"""The one way an expression of interest changes its state, and the places of its round with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from applications import states
from applications.models import ExpressionOfInterest, Round
from applications.states import HOLDS_A_PLACE, Action, NotAllowed, State
from core.audit.log import record


class NoPlaceLeft(NotAllowed):
    """Every place of the round is held."""


class AnotherLiveBid(NotAllowed):
    """The school has another live bid for the same edition."""


def locked(eoi_id: UUID) -> ExpressionOfInterest:
    """The form, locked for the rest of the transaction, with what every step reads of it."""
    return (
        ExpressionOfInterest.objects.select_for_update(of=("self",))
        .select_related("round__hub", "edition__programme", "school", "begun_by")
        .get(pk=eoi_id)
    )


def take_place(round_id: UUID) -> None:
    """Hold one more place of a round; raises NoPlaceLeft when all are held."""
    if not Round.objects.filter(pk=round_id, places_held__lt=F("places")).update(places_held=F("places_held") + 1):
        raise NoPlaceLeft(
            "All places of this round are taken. Take an offer back, or raise the number of places first."
        )


def give_place_back(round_id: UUID) -> None:
    """Let one held place go."""
    Round.objects.filter(pk=round_id).update(places_held=F("places_held") - 1)


def move(
    eoi: ExpressionOfInterest,
    action: Action,
    *,
    by: Any,
    now: datetime,
    note: str = "",
    before: dict[str, Any] | None = None,
    **fields: Any,
) -> ExpressionOfInterest:
    """Take one step of the table, on record, inside the caller's transaction; the place moves with it.

    `fields` are written in the same update. Raises NotAllowed for a step the table does not know or that somebody else
    was quicker to take, NoPlaceLeft, and AnotherLiveBid when the database refuses a second live bid.
    """
    left, to = State(eoi.state), states.after(eoi.state, action)
    held, holds = left in HOLDS_A_PLACE, to in HOLDS_A_PLACE
    if holds and not held:
        take_place(eoi.round_id)
    try:
        with transaction.atomic():
            moved = ExpressionOfInterest.objects.filter(pk=eoi.pk, state=left).update(state=to, **fields)
    except IntegrityError as refusal:
        if (
            ExpressionOfInterest.objects.live()
            .filter(school=eoi.school_id, edition=eoi.edition_id, lane=eoi.lane)
            .exclude(pk=eoi.pk)
            .exists()
        ):
            raise AnotherLiveBid(
                f"{eoi.school.name} has another form for {eoi.edition} that was sent. Only one can stand."
            ) from refusal
        raise
    if not moved:
        raise NotAllowed("Somebody else has just moved this form. Open it again to see where it stands.")
    if held and not holds:
        give_place_back(eoi.round_id)
    record(
        f"eoi.{action.value}",
        eoi,
        by=by,
        at=now,
        before={"state": left.value, **(before or {})},
        after={"state": to.value, **{name: _plain(value) for name, value in fields.items()}},
        scope=eoi.round.hub_id,
        note=note,
    )
    eoi.state = to.value
    for name, value in fields.items():
        setattr(eoi, name, value)
    return eoi


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return getattr(value, "pk", value)
