"""Deciding, for one form or for many: choose, read every letter, then send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from applications.emails import deciding as letters
from applications.forms.deciding import FORMS, LetterForm
from applications.models import ExpressionOfInterest, Round
from applications.rules import last_minute
from applications.services import deciding, signed
from applications.states import Action
from applications.views.hub import visible_bid, visible_round
from applications.views.queue import STATE_ORDER
from core import clock
from core.calendar import long_date, long_moment
from core.doors import requires
from core.signing.models import SignatureRequest
from core.signing.services import Standing
from core.signing.states import State as SignatureState
from core.ui.templatetags.hub import joined

AT_ONCE = 100


@dataclass(frozen=True)
class Act:
    """How the pages of one act speak, of one form and of several."""

    one: str
    several: str
    send_one: str
    send_several: str
    done: str

    def heading(self, eois: Sequence[ExpressionOfInterest]) -> str:
        return self.one.format(eois[0].school.name) if len(eois) == 1 else self.several.format(len(eois))

    def button(self, eois: Sequence[ExpressionOfInterest]) -> str:
        return self.send_one if len(eois) == 1 else self.send_several.format(len(eois))


ACTS = {
    "offer": Act(
        "Offer a place to {}", "Offer places to {} schools", "Send the offer", "Send {} offers", "Place offered"
    ),
    "reserve": Act(
        "Hold {} in reserve", "Hold {} schools in reserve", "Hold in reserve", "Hold {} in reserve", "Held in reserve"
    ),
    "not-choose": Act(
        "Do not choose {}", "Do not choose {} schools", "Send the letter", "Send {} letters", "Not chosen this time"
    ),
    "return": Act(
        "Return the form of {}", "Return {} forms", "Return the form", "Return {} forms", "Returned for correction"
    ),
    "take-back": Act(
        "Take back the offer to {}",
        "Take back {} offers",
        "Take the offer back",
        "Take {} offers back",
        "Offer taken back",
    ),
    "put-back": Act(
        "Put {} back to decide", "Put {} forms back to decide", "Put it back", "Put {} back", "Put back to decide"
    ),
    "reconsider": Act(
        "Look again at {}", "Look again at {} forms", "Look again", "Look again at {}", "To be decided again"
    ),
}


@dataclass(frozen=True)
class Row:
    """One form of the act: why it is left as it is, or what the act does to it."""

    eoi: ExpressionOfInterest
    why: str
    standings: Sequence[Standing]
    now: datetime

    @property
    def said_no(self) -> list[SignatureRequest]:
        return [s.request for s in self.standings if s.state == SignatureState.REFUSED]

    @property
    def waiting(self) -> list[str]:
        """Who was asked to sign and has not answered."""
        return [s.request.name for s in self.standings if s.state == SignatureState.ASKED]

    @property
    def on_condition(self) -> bool:
        return bool(self.said_no or self.waiting)

    @property
    def nobody_accepts(self) -> bool:
        """Whether all who could accept said no to signing."""
        unwilling = letters.said_no(self.standings)
        leaders = [n.email.casefold() for n in self.eoi.nominees.all() if n.position not in n.LEADS and n.email]
        return bool(leaders) and unwilling.issuperset(leaders)

    @property
    def signing_ended(self) -> datetime | None:
        """When signing ended, if it has."""
        ends = self.eoi.signing_ends()
        return ends if ends is not None and ends <= self.now else None


def _rows(request: HttpRequest, eois: Sequence[ExpressionOfInterest], action: Action, now: datetime) -> list[Row]:
    left_out = deciding.left_out(eois, action, by=request.user, now=now)
    standings = signed.standings_of_many(eois) if action is Action.OFFER else {}
    return [Row(eoi, left_out.get(eoi.pk, ""), standings.get(eoi.pk, []), now) for eoi in eois]


def _steps(
    request: HttpRequest, round_: Round, eois: Sequence[ExpressionOfInterest], name: str, *, many: bool
) -> HttpResponse:
    """The three steps: the choices, every letter as it will go out, then the act itself with a result a row."""
    form_class = FORMS.get(name)
    if form_class is None:
        raise Http404
    now = clock.now()
    step = request.POST.get("step", "")
    bound = step in ("preview", "send", "change")
    form: LetterForm = form_class(request.POST if bound else None, round_=round_, now=now)
    rows = _rows(request, eois, form.action, now)
    taken = [row.eoi for row in rows if not row.why]
    act = ACTS[name]
    context: dict[str, Any] = {
        "round": round_,
        "rows": rows,
        "taken": len(taken),
        "form": form,
        "name": name,
        "many": many,
        "heading": act.heading(taken or eois),
        "send_label": act.button(taken),
        "done_word": act.done,
        "left": round_.places - round_.places_held,
        "early": early(round_, now) if form.action is Action.OFFER else "",
    }
    if step == "send" and form.is_valid():
        results = _take(request, rows, form, now)
        if not many:
            result = results[0]
            said = f"{act.done}. {result.said}" if result.done else result.said
            (messages.success if result.done else messages.error)(request, f"{result.school}: {said}")
            if result.done and form.action is Action.RETURN:  # a draft again, which the hub does not read
                return redirect("applications:queue", round_.pk)
            return redirect("applications:bid", eois[0].pk)
        done = sum(result.done for result in results)
        return render(request, "applications/decide_results.html", {**context, "results": results, "done": done})
    if step == "preview" and taken and form.is_valid():
        return render(
            request,
            "applications/decide_preview.html",
            {**context, "letters": _letters(rows, form, now), "choices": form.choices_made()},
        )
    return render(request, "applications/decide.html", context, status=422 if bound and form.errors else 200)


def early(round_: Round, now: datetime) -> str:
    """What is still to come in a round before its places are usually offered, in a sentence; empty where nothing is."""
    to_come = []
    if round_.is_open(now) and round_.closes_at:
        to_come.append(f"schools can still apply until {long_moment(last_minute(round_.closes_at))}")
    if round_.panel_on and round_.panel_on > clock.london_date(now):
        to_come.append(f"the panel meets on {long_date(round_.panel_on)}")
    return f"You can offer now, but {joined(to_come)}." if to_come else ""


def _take(request: HttpRequest, rows: Sequence[Row], form: LetterForm, now: datetime) -> list[deciding.Result]:
    """Take the act on every form that can, and say of the others why they were left, in the order of the page."""
    eois = [row.eoi for row in rows if not row.why]
    found = deciding.decide_many(eois=eois, action=form.action, by=request.user, now=now, **form.choices_made())
    results = {result.eoi_id: result for result in found}
    return [results.get(r.eoi.pk) or deciding.Result(r.eoi.pk, r.eoi.school.name, False, r.why) for r in rows]


def _letters(rows: Sequence[Row], form: LetterForm, now: datetime) -> list[dict[str, Any]]:
    """Every letter of the act by school; of a form that is left as it is, none."""
    choices = form.choices_made()
    return [
        {
            "row": row,
            "eoi": row.eoi,
            "letters": []
            if row.why
            else letters.preview(row.eoi, form.action, standings=row.standings, now=now, choices=choices),
        }
        for row in rows
    ]


def _chosen(request: HttpRequest, round_: Round) -> list[ExpressionOfInterest]:
    """The ticked forms of this round that the person may see; anything else among the ids is left out."""
    ids = []
    for text in request.POST.getlist("eoi")[:AT_ONCE]:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    visible = ExpressionOfInterest.objects.visible_to(request.user).filter(round=round_, pk__in=ids)
    eois = list(
        visible.select_related("edition__programme", "school__type")
        .prefetch_related("editors__user", "nominees", "settlements")
        .order_by(STATE_ORDER, "reserve_rank", "sent_at", "pk")  # as the queue shows them: places go from the top
    )
    for eoi in eois:
        eoi.round = round_
    return eois


@requires("applications.decide_many", on=visible_round, methods=("POST",))
def decide_many(request: HttpRequest, round_: Round) -> HttpResponse:
    """Decide on the forms ticked in the queue."""
    name = request.POST.get("action", "")
    eois = _chosen(request, round_)
    if not eois:
        messages.error(request, "Tick at least one form first.")
        return redirect("applications:queue", round_.pk)
    return _steps(request, round_, eois, name, many=True)


@requires("applications.decide_eoi", on=visible_bid)
def decide_one(request: HttpRequest, eoi: ExpressionOfInterest, name: str) -> HttpResponse:
    """Decide on one bid from its page."""
    return _steps(request, eoi.round, [eoi], name, many=False)
