"""Finding a school, and what the register says of it: open to everybody."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from core import clock
from core.doors import public
from core.panels import panels_of
from schools import search as searching
from schools.models import RegisterImport, School
from schools.register import is_old
from schools.succession import leads_to, relatives_of_many

SHOWN = 40
SUGGESTED = 10


@public("Every school can look itself up before anybody asks who it is.")
def search(request: HttpRequest) -> HttpResponse:
    """The schools that a question means, each with the way to the checker; a closed one with its successor."""
    question = request.GET.get("q", "").strip()[: searching.LONGEST]
    found = searching.find(question, limit=SHOWN + 1) if question else []
    shown = found[:SHOWN]
    closed = [school for school in shown if school.is_closed]
    after = {urn: leads_to(later) for urn, (_, later) in relatives_of_many(closed).items()} if closed else {}
    return render(
        request,
        "schools/search.html",
        {
            "question": question,
            "schools": [(school, after.get(school.pk, [])) for school in shown],
            "more": len(found) > SHOWN,
            **_register(),
        },
    )


def _register() -> dict[str, Any]:
    """The import in use, and its day where that is long past."""
    in_use = RegisterImport.objects.in_use()
    as_of = in_use.as_of if in_use else None
    return {"register": in_use, "old_register": as_of if is_old(as_of, today=clock.today()) else None}


@public("The search box asks as one types; the form answers the same without it.")
def suggest(request: HttpRequest) -> HttpResponse:
    """The best few answers to a question, as JSON for the search box."""
    found = searching.find(request.GET.get("q", ""), limit=SUGGESTED)
    answer = JsonResponse(
        [
            {
                "urn": school.pk,
                "name": f"{school.name} (closed)" if school.is_closed else school.name,
                "town": school.town,
                "postcode": school.postcode,
            }
            for school in found
        ],
        safe=False,
    )
    patch_cache_control(answer, public=True, max_age=60)
    return answer


@public("The register of schools is public.")
def detail(request: HttpRequest, urn: str) -> HttpResponse:
    """What the register says of one school and as of which day; other rooms add what they know to its side."""
    try:
        school = School.objects.select_related("la", "type").get(pk=urn)
    except School.DoesNotExist:
        raise Http404("No school of the register has this number.") from None
    before, after = relatives_of_many([school])[school.pk]
    return render(
        request,
        "schools/detail.html",
        {
            "school": school,
            "before": [one for one in before if one.name],
            "after": leads_to(after) if school.is_closed else [one for one in after if one.name],
            **_register(),
            "panels": panels_of("schools:detail", request, school),
        },
    )
