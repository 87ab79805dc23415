"""The life of a request to sign."""

from __future__ import annotations

from django.db import models


class State(models.TextChoices):
    ASKED = "asked", "Asked"
    SIGNED = "signed", "Signed"
    REFUSED = "refused", "Said no"
    HANDED_OVER = "handed_over", "Someone else signs"
    ENDED = "ended", "Ended"


class Action(models.TextChoices):
    SIGN = "sign", "Sign"
    REFUSE = "refuse", "Say no"
    HAND_OVER = "hand_over", "Hand over"
    END = "end", "End"
    COUNT_AGAIN = "count_again", "Count again"


# A signature given on a text that is now the present text again counts again; hence the way back from ended.
LIFE: dict[tuple[State, Action], State] = {
    (State.ASKED, Action.SIGN): State.SIGNED,
    (State.ASKED, Action.REFUSE): State.REFUSED,
    (State.ASKED, Action.HAND_OVER): State.HANDED_OVER,
    (State.ASKED, Action.END): State.ENDED,
    (State.REFUSED, Action.SIGN): State.SIGNED,
    (State.REFUSED, Action.END): State.ENDED,
    (State.SIGNED, Action.END): State.ENDED,
    (State.ENDED, Action.COUNT_AGAIN): State.SIGNED,
}

OPEN = [State.ASKED, State.SIGNED, State.REFUSED]


class NotAllowed(Exception):
    """The request cannot take this step; the text is fit for the reader."""


_REFUSALS = {
    State.SIGNED: "You have signed this already.",
    State.REFUSED: "You have already said no to this.",
    State.HANDED_OVER: "Somebody else signs in your place now.",
    State.ENDED: "This request is no longer open.",
}


def after(state: str, action: Action) -> State:
    """Where a step leads; raises NotAllowed where the life has no such step."""
    try:
        return LIFE[State(state), action]
    except KeyError:
        raise NotAllowed(_REFUSALS.get(State(state), "This is not possible now.")) from None


def before(action: Action) -> list[State]:
    """The states that a step may leave."""
    return [left for left, step in LIFE if step is action]
