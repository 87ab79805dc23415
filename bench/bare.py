"""The floors of the pages: what Django, the layout and the masthead cost when a page says next to nothing."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from applications.forms.eoi import LeadForm
from applications.models import ExpressionOfInterest
from applications.wording import words_of
from core.doors import declare
from core.ui.forms import HubForm

declare("bench:*")  # signed in, nothing more


def page(request: HttpRequest) -> HttpResponse:
    """A heading and a sentence."""
    return render(request, "bench/page.html")


def listing(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Fifty forms of a round in a plain table, by one query."""
    forms = ExpressionOfInterest.objects.filter(round=round_id).select_related("school__la").order_by("sent_at", "pk")
    return render(request, "bench/list.html", {"forms": forms[:50]})


def form(request: HttpRequest, eoi_id: UUID) -> HttpResponse:
    """One form with the fields of a lead teacher's page, unbound."""
    return render(request, "bench/form.html", {"form": _form_class(eoi_id)()})


@cache
def _form_class(eoi_id: UUID) -> type[HubForm]:
    eoi = ExpressionOfInterest.objects.select_related("edition__programme", "school__type").get(pk=eoi_id)
    programme = eoi.edition.programme
    backer = eoi.nominees.get(position="head_of_department")
    whole = LeadForm(
        words=words_of(programme, eoi.school),
        phase=programme.phase,
        school=eoi.school,
        wanted_senior=1,
        year=eoi.edition.years,
        backer=backer,
    )
    return type("BareForm", (HubForm,), dict(whole.fields))
