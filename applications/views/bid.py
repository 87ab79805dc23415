"""One bid on one screen: form, register, eligibility, signatures, notes, messages, history."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import BooleanField, CharField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from applications.forms.deciding import NoteForm, ReopenForm, SettleForm
from applications.models import ExpressionOfInterest, Nominee
from applications.parts import page_title
from applications.services import deciding, signed
from applications.states import NotAllowed, State, turn
from applications.views.hub import acts_of, state_words, visible_bid
from applications.wording import EVENT_WORDS, NOBODYS, words_of
from core import clock
from core.audit.log import history
from core.audit.models import Event
from core.doors import may, requires
from core.notifications.models import Message
from core.signing.models import SignatureRequest
from core.signing.services import Standing
from core.signing.states import OPEN
from programmes.models import Question
from programmes.rules import Words

ACT_LABELS = {
    "offer": "Offer a place",
    "reserve": "Hold in reserve",
    "not-choose": "Do not choose",
    "return": "Return for correction",
    "put-back": "Put back to decide",
    "take-back": "Take the offer back",
    "reconsider": "Look again",
}


def _remarks(eoi: ExpressionOfInterest) -> list[dict[str, Any]]:
    """Notes, settled questions and returns of a bid, newest first, in one query."""

    def part(queryset: QuerySet, kind: str, by: str, at: str, text: str, code: Any) -> QuerySet:
        return (
            queryset.order_by()
            .annotate(
                kind_=Value(kind, CharField()),
                by_=F(f"{by}__name"),
                email_=F(f"{by}__email"),
                at_=F(at),
                text_=F(text),
                code_=code,
            )
            .values("kind_", "by_", "email_", "at_", "text_", "code_")
        )

    none = Value("", CharField())
    found = part(eoi.notes.all(), "note", "by", "at", "text", none).union(
        part(eoi.settlements.all(), "settled", "settled_by", "settled_at", "reason", F("code")),
        part(eoi.returns.all(), "returned", "returned_by", "returned_at", "reason", none),
        all=True,
    )
    return sorted(
        (
            {"kind": r["kind_"], "by": r["by_"] or r["email_"], "at": r["at_"], "text": r["text_"], "code": r["code_"]}
            for r in found
        ),
        key=lambda remark: remark["at"],
        reverse=True,
    )


# --- What happened ------------------------------------------------------------------------------------------------


def asked_of(eoi: ExpressionOfInterest) -> list[SignatureRequest]:
    """Everyone who was ever asked to sign a form, in the order they were asked."""
    requests = SignatureRequest.objects.filter(kind=signed.KIND, subject_id=eoi.pk)
    return list(requests.order_by("asked_at", "name", "id"))


def trail_of(eoi: ExpressionOfInterest, asked: Sequence[SignatureRequest]) -> list[dict[str, Any]]:
    """Everything that happened to a form, each step in a sentence that names who took it."""
    names = {str(key): request.name for request in asked for key in (request.pk, request.person_uuid)}
    words = words_of(eoi.edition.programme, eoi.school)
    events = history(eoi).select_related("actor")[:200]
    return [{"at": event.at, "text": _sentence(event, names, words)} for event in events]


def _sentence(event: Event, names: dict[str, str], words: Words) -> str:
    after = event.after or {}
    person = names.get(str(after.get("request") or after.get("person")), "One of its people")
    part = page_title(event.note, words)
    code = event.action
    said = EVENT_WORDS.get(code, code.rpartition(".")[2].replace("_", " ").capitalize())
    said = said.format(person=person, part=part[:1].lower() + part[1:])
    if code == "eoi.offer" and after.get("on_condition"):
        said += " on condition of the missing signatures"
    if code == "eoi.not_choose" and after.get("decision_reason") in ExpressionOfInterest.NotChosen.values:
        said += f" ({ExpressionOfInterest.NotChosen(after['decision_reason']).label})"
    if code not in NOBODYS:
        said += f", by {event.actor or after.get('answered_by_name') or 'the portal'}"
    note = "" if code == "eoi.saved" else event.note or str(after.get("ended_reason", ""))
    return f"{said}: “{note}”" if note and code == "eoi.refused_to_sign" else f"{said}. {note}".strip()


def _place_among_others(request: HttpRequest, eoi: ExpressionOfInterest) -> dict[str, Any]:
    """Which form of the same round and state this is, of how many, by the time they were sent."""
    is_it = ExpressionWrapper(Q(pk=eoi.pk), BooleanField())  # of thousands, cheaper to read than their keys
    found = list(_in_order(request, eoi).values_list(is_it, flat=True))
    at = found.index(True) + 1 if True in found else 0
    return {"number": at, "of": len(found), "has_previous": at > 1, "has_next": 0 < at < len(found)}


def _in_order(request: HttpRequest, eoi: ExpressionOfInterest) -> QuerySet[ExpressionOfInterest]:
    others = ExpressionOfInterest.objects.visible_to(request.user).filter(round=eoi.round_id, state=eoi.state)
    return others.exclude(sent_at=None).order_by("reserve_rank", "sent_at", "pk")


def _context(request: HttpRequest, eoi: ExpressionOfInterest) -> dict[str, Any]:
    now = clock.now()
    asked = asked_of(eoi)
    standings = [Standing(request, [], request.state) for request in asked if request.state in OPEN]
    said_no = any(s.state == "refused" for s in standings)
    words, colour = state_words(eoi, someone_said_no=said_no)
    remarks = _remarks(eoi)
    settled = {remark["code"]: remark for remark in remarks if remark["kind"] == "settled"}
    judgements = [
        {**each, "settled": settled.get(each["code"])} for each in (eoi.eligibility or {}).get("judgements", [])
    ]
    state = State(eoi.state)
    may_decide = may(request.user, "applications.decide_eoi", eoi)
    ends = eoi.signing_ends()
    question = Question.objects.filter(terms=eoi.terms_id, code=OuterRef("code"))
    answers = eoi.answers.annotate(
        label=Subquery(question.values("label")[:1]),
        order=Subquery(question.values("order")[:1]),
        kind=Subquery(question.values("kind")[:1]),
    ).order_by("order", "code")
    return {
        "eoi": eoi,
        "round": eoi.round,
        "words": words_of(eoi.edition.programme, eoi.school),
        "nominees": sorted(eoi.nominees.all(), key=lambda n: list(Nominee.Position.values).index(n.position)),
        "answers": answers,
        "standings": standings,
        "dots": signed.dots(standings),
        "state": words,
        "colour": colour,
        "turn": turn(eoi.state, all_signed=eoi.submitted_at is not None, someone_said_no=said_no),
        "judgements": judgements,
        "remarks": remarks,
        "mails": list(Message.objects.about("applications.expressionofinterest", eoi.pk).order_by("-created_at")[:50]),
        "trail": trail_of(eoi, asked),
        **_place_among_others(request, eoi),
        "acts": [{"name": name, "label": ACT_LABELS[name]} for name in acts_of(eoi)] if may_decide else [],
        "may_decide": may_decide,
        "may_note": may(request.user, "applications.note_on_eoi", eoi),
        "may_let_lapse": may_decide and state is State.SIGNING and ends is not None and now >= ends,
        "may_reopen": may_decide and state is State.LAPSED and eoi.offered_at is None,
        "signing_ends": ends,
        "left": eoi.round.places - eoi.round.places_held,
        "note_form": NoteForm(initial={"once": uuid.uuid4()}),
        "settle_form": SettleForm(),
        "reopen_form": ReopenForm() if state is State.LAPSED else None,
        "now": now,
    }


@requires("applications.review_eoi", on=visible_bid, methods=("GET", "HEAD"))
def bid(request: HttpRequest, eoi: ExpressionOfInterest) -> HttpResponse:
    """Everything about one bid."""
    return render(request, "applications/bid.html", _context(request, eoi))


@requires("applications.note_on_eoi", on=visible_bid, methods=("POST",))
def note(request: HttpRequest, eoi: ExpressionOfInterest) -> HttpResponse:
    """Add an internal note."""
    form = NoteForm(request.POST)
    if form.is_valid():
        deciding.add_note(eoi_id=eoi.pk, by=request.user, now=clock.now(), **form.cleaned_data)
        return redirect("applications:bid", eoi.pk)
    return render(request, "applications/bid.html", {**_context(request, eoi), "note_form": form}, status=422)


@requires("applications.settle_question", on=visible_bid, methods=("POST",))
def settle(request: HttpRequest, eoi: ExpressionOfInterest, code: str) -> HttpResponse:
    """Settle a question that the rules asked, with a written reason."""
    form = SettleForm(request.POST)
    if form.is_valid():
        try:
            deciding.settle(eoi_id=eoi.pk, code=code, by=request.user, now=clock.now(), **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Settled, and kept with the form.")
            return redirect("applications:bid", eoi.pk)
    context = {**_context(request, eoi), "settle_form": form, "settling": code}
    return render(request, "applications/bid.html", context, status=422)


@requires("applications.decide_eoi", on=visible_bid, methods=("POST",))
def let_lapse(request: HttpRequest, eoi: ExpressionOfInterest) -> HttpResponse:
    """Let a form lapse whose signatures did not come in time."""
    try:
        deciding.let_lapse(eoi_id=eoi.pk, by=request.user, now=clock.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{eoi.school.name}’s form has lapsed. We have told the school.")
    return redirect("applications:bid", eoi.pk)


@requires("applications.decide_eoi", on=visible_bid, methods=("POST",))
def reopen(request: HttpRequest, eoi: ExpressionOfInterest) -> HttpResponse:
    """Reopen a lapsed form until a new date, with a reason."""
    form = ReopenForm(request.POST)
    if form.is_valid():
        try:
            deciding.reopen(eoi_id=eoi.pk, by=request.user, now=clock.now(), **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{eoi.school.name}’s form is open again. We have told the school.")
            return redirect("applications:bid", eoi.pk)
    return render(request, "applications/bid.html", {**_context(request, eoi), "reopen_form": form}, status=422)


@requires("applications.review_eoi", on=visible_bid, methods=("GET", "HEAD"))
def neighbour(request: HttpRequest, eoi: ExpressionOfInterest, way: str) -> HttpResponse:
    """The next or previous form of the same round and state, by the time it was sent; the queue at either end."""
    keys = list(_in_order(request, eoi).values_list("pk", flat=True))
    at = keys.index(eoi.pk) if eoi.pk in keys else -1
    to = at + 1 if way == "next" else at - 1
    if at < 0 or not 0 <= to < len(keys):
        return redirect("applications:queue", eoi.round_id)
    return redirect("applications:bid", keys[to])
