"""Answering an offer: by the link in the mail, or signed in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from applications import facts
from applications.emails import deciding as letters
from applications.forms.answering import AnswerForm
from applications.models import ExpressionOfInterest
from applications.services import answering, deciding
from applications.states import NotAllowed, State
from applications.views.hub import visible_bid
from applications.wording import words_of
from core import clock
from core.doors import by_link, requires
from core.links import services as links
from core.links.models import Link


def offered_eoi(eoi_id: UUID) -> ExpressionOfInterest:
    return (
        ExpressionOfInterest.objects.select_related(
            "round__hub", "edition__programme", "school__type", "terms", "begun_by"
        )
        .prefetch_related("nominees")
        .get(pk=eoi_id)
    )


def held_offer(request: HttpRequest, link_id: UUID) -> tuple[Link, ExpressionOfInterest]:
    """The link that this browser opened, and the form whose offer it answers; raises LinkEnded, also for the link of an
    earlier offer while a later one stands."""
    link = links.held(request, kind=letters.OFFER_LINK, link_id=link_id)
    eoi = offered_eoi(link.subject_id)
    if eoi.state == State.OFFERED and not link.is_open(clock.now()):
        raise links.LinkEnded(link.pk)
    return link, eoi


def _page(request: HttpRequest, eoi: ExpressionOfInterest, *, link: Link | None) -> HttpResponse:
    now = clock.now()
    name = request.user.get_full_name() if link is None else link.name
    open_ = eoi.state == State.OFFERED and eoi.answer_by is not None and now < eoi.answer_by
    lacking = facts.trns_missing(eoi)
    missing = deciding.missing_names(eoi) if open_ else []
    form = AnswerForm(request.POST if request.method == "POST" and open_ else None, lacking=lacking, by_name=name)
    if open_ and request.method == "POST" and form.is_valid():
        try:
            _answer(request, eoi, form, link=link, now=now)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            if link is not None:
                return redirect("applications:answer_offer", link.pk)
            messages.success(request, "Your answer is recorded. We have written to everyone concerned.")
            return redirect("applications:task_list", eoi.pk)
    context = {
        "eoi": eoi,
        "round": eoi.round,
        "hub": eoi.round.hub,
        "terms": eoi.terms,
        "words": words_of(eoi.edition.programme, eoi.school),
        "form": form,
        "link": link,
        "is_open": open_,
        "missing": missing,
        "lacking": lacking,
        "leads": [n for n in eoi.nominees.all() if n.position in n.LEADS],
    }
    template = "applications/offer_by_link.html" if link is not None else "applications/offer.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _answer(
    request: HttpRequest, eoi: ExpressionOfInterest, form: AnswerForm, *, link: Link | None, now: datetime
) -> None:
    by = request.user if link is None else None
    if form.cleaned_data["answer"] == "accept":
        answering.accept(eoi_id=eoi.pk, by=by, by_name=form.cleaned_data["name"], now=now, link=link, trns=form.trns())
    else:
        answering.refuse(
            eoi_id=eoi.pk,
            by=by,
            by_name=form.cleaned_data["name"],
            now=now,
            reason=form.cleaned_data["reason"],
            link=link,
        )


@by_link(on=held_offer)
def answer_by_link(request: HttpRequest, held: tuple[Link, ExpressionOfInterest]) -> HttpResponse:
    """The page behind an offer's link: the offer while it stands, then what was answered."""
    link, eoi = held
    return _page(request, eoi, link=link)


@requires("applications.answer_offer", on=visible_bid)
def answer_signed_in(request: HttpRequest, eoi: ExpressionOfInterest) -> HttpResponse:
    """The same for coordinator, head of department or head, signed in."""
    return _page(request, offered_eoi(eoi.pk), link=None)
