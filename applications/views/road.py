"""The road of a sent or ended form, as its page tells it: what happened, what comes next, and what can be done at the
end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from applications import rules
from applications.models import ExpressionOfInterest
from applications.states import Action, State
from core.audit.log import history
from core.audit.models import Event
from core.ui.templatetags.hub import moment

OVER = (State.NOT_CHOSEN, State.REFUSED, State.LAPSED, State.WITHDRAWN)
ENDINGS = [f"eoi.{a.value}" for a in (Action.LAPSE, Action.LET_LAPSE, Action.WITHDRAW)]


@dataclass(frozen=True)
class End:
    """How a form ended: when, out of which state, said in a sentence; and whether the hub can take it up again."""

    at: datetime | None
    was: str
    says: str
    hub_can: str = ""
    begin_url: str = ""


def end_of(eoi: ExpressionOfInterest, *, now: datetime) -> End | None:
    """The end of a form that is over, by the audit trail; one query."""
    state = State(eoi.state)
    if state not in OVER:
        return None
    event: Event | None = history(eoi).filter(action__in=ENDINGS).last() if state in OVER[2:] else None
    was = str((event.before or {}).get("state", "")) if event else ""
    at = event.at if event else eoi.answered_at if state is State.REFUSED else eoi.decided_at
    says, hub_can = _said(eoi, state, was)
    query = urlencode({"urn": eoi.school_id, "edition": eoi.edition_id, "round": eoi.round_id})
    begin = f"{reverse('applications:begin')}?{query}" if eoi.round.is_open(now) else ""
    return End(at, was, says, hub_can, "" if state is State.NOT_CHOSEN else begin)


def _said(eoi: ExpressionOfInterest, state: State, was: str) -> tuple[str, str]:
    """(how it ended, what the hub can still do about it)."""
    hub = eoi.round.hub.name
    if state is State.NOT_CHOSEN:
        return f"{eoi.get_decision_reason_display()}. {eoi.decision_words}".strip(". "), ""
    if state is State.REFUSED:
        return f"{eoi.answered_by_name or 'The school'} gave the place back.", ""
    if state is State.WITHDRAWN:
        return "The school took this form back.", ""
    if eoi.offered_at is not None:
        by = f" by {moment(rules.last_minute(eoi.answer_by))}" if eoi.answer_by else ""
        return f"Nobody answered the offer{by}, so it has lapsed.", f"While it has a place, {hub} can offer it again."
    reopen = f"If you still want a place, ask {hub}: it can open this form again."
    if eoi.sent_at is None:
        return "The form was not sent for signature in time, so it has lapsed. Nobody was asked to sign.", reopen
    if was == State.DRAFT:
        return "The form was changed and not sent again in time, so it has lapsed.", reopen
    return "Not everyone signed in time, so the form has lapsed.", reopen


def steps_so_far(eoi: ExpressionOfInterest, end: End, *, signed: int, asked: int) -> list[dict[str, str]]:
    """How far a form that is over really came."""
    hub, state = eoi.round.hub.name, State(eoi.state)
    steps = [_done("Form begun", eoi.begun_at)]
    if eoi.sent_at is not None:
        steps.append(_done("Sent for signature", eoi.sent_at))
        if eoi.submitted_at is not None:
            steps.append(_done("Everyone signed", eoi.submitted_at))
        elif asked:
            steps.append({"what": f"{signed} of {asked} signed", "when": "", "stage": ""})
    if eoi.offered_at is not None:
        steps.append(_done(f"{hub} offered a place", eoi.offered_at))
    elif eoi.decided_at is not None and state is not State.NOT_CHOSEN:
        steps.append(_done(f"{hub} held the form in reserve", eoi.decided_at))
    if eoi.answered_at is not None and state is not State.REFUSED:
        steps.append(_done(f"{eoi.answered_by_name} accepted the place", eoi.answered_at))
    last = {
        State.NOT_CHOSEN: f"{hub} did not choose the form this time",
        State.REFUSED: f"{eoi.answered_by_name or 'The school'} gave the place back",
        State.WITHDRAWN: "The school withdrew the form",
        State.LAPSED: "The offer lapsed" if eoi.offered_at is not None else "The form lapsed",
    }
    steps.append(_done(last[state], end.at))
    return steps


def _done(what: str, at: Any) -> dict[str, str]:
    return {"what": what, "when": moment(at) if at else "", "stage": "done"}


def steps_ahead(eoi: ExpressionOfInterest, *, all_signed: bool) -> list[dict[str, str]]:
    """What has happened to a live form and what comes next, with dates."""
    round_, state = eoi.round, State(eoi.state)
    ends = eoi.signing_ends()
    steps = [_done("Sent for signature", eoi.sent_at)]
    signing_when = (
        moment(eoi.submitted_at) if eoi.submitted_at else f"By {moment(rules.last_minute(ends))}" if ends else ""
    )
    steps.append({"what": "Everyone signs", "when": signing_when, "stage": "done" if all_signed else "now"})
    decided = state in (State.OFFERED, State.ACCEPTED)
    by = f"By {moment(round_.decisions_by)}" if round_.decisions_by else "The hub has not set a day yet"
    waiting = "now" if all_signed and not decided else ""
    if decided:
        steps.append(_done(f"{round_.hub.name} offered a place", eoi.offered_at))
    else:
        steps.append({"what": f"{round_.hub.name} decides", "when": by, "stage": waiting})
    if state is State.ACCEPTED:
        steps.append(_done(f"{eoi.answered_by_name} accepted the place", eoi.answered_at))
    else:
        when = (
            f"By {moment(rules.last_minute(eoi.answer_by))}"
            if eoi.answer_by
            else f"{round_.days_to_answer} days to answer"
        )
        what = "accepts or refuses it" if decided else "accepts or refuses a place, if one is offered"
        stage = "now" if decided and all_signed else ""
        steps.append({"what": f"Your school {what}", "when": when, "stage": stage})
    first = moment(round_.first_meeting_at) if round_.first_meeting_at else "To be announced"
    steps.append({"what": "First meeting", "when": first, "stage": ""})
    return steps
