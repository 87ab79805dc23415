"""The life of one year's enrolment: active, completed, withdrawn."""

from __future__ import annotations

from enum import StrEnum


class EnrolmentState(StrEnum):
    ACTIVE = "active"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class EnrolmentAction(StrEnum):
    COMPLETE = "complete"
    END_UNCOMPLETED = "end_uncompleted"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


LIFE: dict[tuple[EnrolmentState, EnrolmentAction], EnrolmentState] = {
    (EnrolmentState.ACTIVE, EnrolmentAction.COMPLETE): EnrolmentState.COMPLETED,
    (EnrolmentState.ACTIVE, EnrolmentAction.END_UNCOMPLETED): EnrolmentState.NOT_COMPLETED,
    (EnrolmentState.ACTIVE, EnrolmentAction.WITHDRAW): EnrolmentState.WITHDRAWN,
    # The hub confirmed the wrong thing at the year's end, and takes it back on record.
    (EnrolmentState.COMPLETED, EnrolmentAction.REOPEN): EnrolmentState.ACTIVE,
    (EnrolmentState.NOT_COMPLETED, EnrolmentAction.REOPEN): EnrolmentState.ACTIVE,
}


class NotAllowed(Exception):
    """A move that the table does not know."""


def after(state: str, action: EnrolmentAction) -> EnrolmentState:
    """The state that follows; raises NotAllowed, worded for the reader."""
    try:
        return LIFE[EnrolmentState(state), action]
    except KeyError:
        raise NotAllowed(f"A place that is {EnrolmentState(state).label.lower()} cannot take this step.") from None
