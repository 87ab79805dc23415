"""The life of an expression of interest: the only road from state to state, and whose move it is in each."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    DRAFT = "draft"
    SIGNING = "signing"
    SUBMITTED = "submitted"
    RESERVE = "reserve"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    NOT_CHOSEN = "not_chosen"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    State.DRAFT: "Draft",
    State.SIGNING: "Being signed",
    State.SUBMITTED: "Submitted",
    State.RESERVE: "In reserve",
    State.OFFERED: "Place offered",
    State.ACCEPTED: "Accepted",
    State.NOT_CHOSEN: "Not chosen this time",
    State.REFUSED: "Place refused",
    State.LAPSED: "Lapsed",
    State.WITHDRAWN: "Withdrawn",
}

# Why a step of the hub leaves a form as it was.
STANDS = {
    State.DRAFT: "is being filled in by its school",
    State.SIGNING: "is being signed",
    State.SUBMITTED: "waits for a decision already",
    State.RESERVE: "is in reserve already",
    State.OFFERED: "has an offer already",
    State.ACCEPTED: "is accepted already",
    State.NOT_CHOSEN: "was not chosen",
    State.REFUSED: "had an offer that the school refused",
    State.LAPSED: "has lapsed",
    State.WITHDRAWN: "is withdrawn",
}

LIVE = (State.SIGNING, State.SUBMITTED, State.RESERVE, State.OFFERED, State.ACCEPTED)
HOLDS_A_PLACE = (State.OFFERED, State.ACCEPTED)
SIGNABLE = (State.SIGNING, State.RESERVE, State.OFFERED)


class Action(StrEnum):
    ASK_TO_SIGN = "ask_to_sign"
    SUBMIT = "submit"
    REVISE = "revise"
    RETURN = "return"
    OFFER = "offer"
    HOLD = "hold"
    NOT_CHOOSE = "not_choose"
    PUT_BACK = "put_back"
    PUT_BACK_UNSIGNED = "put_back_unsigned"
    TAKE_BACK = "take_back"
    TAKE_BACK_UNSIGNED = "take_back_unsigned"
    RECONSIDER = "reconsider"
    RECONSIDER_UNSIGNED = "reconsider_unsigned"
    REOPEN_DRAFT = "reopen_draft"
    REOPEN_SIGNING = "reopen_signing"
    ACCEPT = "accept"
    REFUSE = "refuse"
    LAPSE = "lapse"
    LET_LAPSE = "let_lapse"
    WITHDRAW = "withdraw"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


LIFE: dict[tuple[State, Action], State] = {
    (State.DRAFT, Action.ASK_TO_SIGN): State.SIGNING,
    (State.DRAFT, Action.WITHDRAW): State.WITHDRAWN,
    (State.DRAFT, Action.LAPSE): State.LAPSED,
    (State.SIGNING, Action.SUBMIT): State.SUBMITTED,
    (State.SIGNING, Action.REVISE): State.DRAFT,
    (State.SIGNING, Action.RETURN): State.DRAFT,
    (State.SIGNING, Action.OFFER): State.OFFERED,
    (State.SIGNING, Action.HOLD): State.RESERVE,
    (State.SIGNING, Action.NOT_CHOOSE): State.NOT_CHOSEN,
    (State.SIGNING, Action.WITHDRAW): State.WITHDRAWN,
    (State.SIGNING, Action.LET_LAPSE): State.LAPSED,
    (State.SUBMITTED, Action.OFFER): State.OFFERED,
    (State.SUBMITTED, Action.HOLD): State.RESERVE,
    (State.SUBMITTED, Action.NOT_CHOOSE): State.NOT_CHOSEN,
    (State.SUBMITTED, Action.RETURN): State.DRAFT,
    (State.SUBMITTED, Action.WITHDRAW): State.WITHDRAWN,
    (State.RESERVE, Action.OFFER): State.OFFERED,
    (State.RESERVE, Action.NOT_CHOOSE): State.NOT_CHOSEN,
    (State.RESERVE, Action.PUT_BACK): State.SUBMITTED,
    (State.RESERVE, Action.PUT_BACK_UNSIGNED): State.SIGNING,
    (State.RESERVE, Action.WITHDRAW): State.WITHDRAWN,
    (State.OFFERED, Action.ACCEPT): State.ACCEPTED,
    (State.OFFERED, Action.REFUSE): State.REFUSED,
    (State.OFFERED, Action.LAPSE): State.LAPSED,
    (State.OFFERED, Action.TAKE_BACK): State.SUBMITTED,
    (State.OFFERED, Action.TAKE_BACK_UNSIGNED): State.SIGNING,
    (State.OFFERED, Action.WITHDRAW): State.WITHDRAWN,
    (State.NOT_CHOSEN, Action.RECONSIDER): State.SUBMITTED,
    (State.NOT_CHOSEN, Action.RECONSIDER_UNSIGNED): State.SIGNING,
    (State.LAPSED, Action.REOPEN_DRAFT): State.DRAFT,
    (State.LAPSED, Action.REOPEN_SIGNING): State.SIGNING,
    (State.LAPSED, Action.OFFER): State.OFFERED,
    (State.ACCEPTED, Action.WITHDRAW): State.WITHDRAWN,
}


class Turn(StrEnum):
    SCHOOL = "school"
    SIGNATORIES = "signatories"
    HUB = "hub"
    NOBODY = "nobody"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class NotAllowed(Exception):
    """A move that the table does not know, or that somebody else was quicker to make; worded for the reader."""


def turn(state: State | str, *, all_signed: bool, someone_said_no: bool) -> Turn:
    """Whose move it is."""
    state = State(state)
    if state is State.DRAFT or (state is State.OFFERED and all_signed):
        return Turn.SCHOOL
    if state in (State.SIGNING, State.OFFERED):
        return Turn.SCHOOL if someone_said_no else Turn.SIGNATORIES
    if state is State.RESERVE and not all_signed:
        return Turn.SCHOOL if someone_said_no else Turn.SIGNATORIES
    if state in (State.SUBMITTED, State.RESERVE):
        return Turn.HUB
    return Turn.NOBODY


def after(state: State | str, action: Action) -> State:
    """The state that follows; raises NotAllowed, worded for the reader."""
    try:
        return LIFE[State(state), action]
    except KeyError:
        raise NotAllowed(f"This form {STANDS[State(state)]}: left as it was.") from None
