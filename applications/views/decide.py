"""Deciding, for one form or for many: choose, read every letter, then send."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from applications.emails import deciding as letters
from applications.forms.deciding import FORMS, LetterForm
from applications.models import ExpressionOfInterest, Round
from applications.services import deciding, signed
from applications.states import LIFE, State
from applications.views.hub import visible_bid, visible_round
from core import clock
from core.doors import requires

AT_ONCE = 100
PROMPTS = {
    "offer": ("Offer a place to {}", "Offer places to {} schools", "Send the offer", "Send {} offers"),
    "reserve": ("Hold {} in reserve", "Hold {} schools in reserve", "Hold in reserve", "Hold {} in reserve"),
    "not-choose": ("Do not choose {}", "Do not choose {} schools", "Send the letter", "Send {} letters"),
    "return": ("Return the form of {}", "Return {} forms", "Return the form", "Return {} forms"),
    "take-back": ("Take back the offer to {}", "Take back {} offers", "Take the offer back", "Take {} offers back"),
    "put-back": ("Put {} back to decide", "Put {} forms back to decide", "Put it back", "Put {} back"),
    "reconsider": ("Look again at {}", "Look again at {} forms", "Look again", "Look again at {}"),
}


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
    one, several, send_one, send_several = PROMPTS[name]
    heading = one.format(eois[0].school.name) if len(eois) == 1 else several.format(len(eois))
    context: dict[str, Any] = {
        "round": round_,
        "eois": eois,
        "form": form,
        "name": name,
        "many": many,
        "heading": heading,
        "send_label": send_one if len(eois) == 1 else send_several.format(len(eois)),
        "left": round_.places - round_.places_held,
        "too_many": name == "offer" and len(eois) > round_.places - round_.places_held,
    }
    if step in ("preview", "send") and form.is_valid():
        choices = form.choices_made()
        if step == "send":
            results = deciding.decide_many(eois=eois, action=form.action, by=request.user, now=now, **choices)
            if not many:
                result = results[0]
                (messages.success if result.done else messages.error)(request, f"{result.school}: {result.said}")
                return redirect("applications:bid", eois[0].pk)
            return render(
                request,
                "applications/decide_results.html",
                {**context, "results": results, "done": sum(result.done for result in results)},
            )
        return render(
            request, "applications/decide_preview.html", {**context, "letters": _letters(eois, form, choices, now)}
        )
    return render(request, "applications/decide.html", context, status=422 if bound and form.errors else 200)


def _letters(
    eois: Sequence[ExpressionOfInterest], form: LetterForm, choices: dict[str, Any], now: Any
) -> list[dict[str, Any]]:
    """Every letter of the act by school, and the rows that the act cannot take."""
    standings = signed.standings_of_many(eois)
    found = []
    for eoi in eois:
        possible = (State(eoi.state), form.action) in LIFE or any(
            left == eoi.state and act.value.startswith(form.action.value) for left, act in LIFE
        )
        missing = [s.request.name for s in standings.get(eoi.pk, []) if s.state != "signed"]
        found.append(
            {
                "eoi": eoi,
                "possible": possible,
                "letters": letters.preview(eoi, form.action, missing=missing, now=now, choices=choices)
                if possible
                else [],
            }
        )
    return found


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
        .prefetch_related("editors__user", "nominees")
        .order_by("reserve_rank", "sent_at", "pk")
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
