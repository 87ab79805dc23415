"""What is on offer, for everybody: the programmes, and the information sheet of each edition as a page and as a PDF."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from core import clock
from core.calendar import AcademicYear
from core.documents import services as documents
from core.doors import public
from hubs.models import Phase
from programmes.documents import sheet_of, stored_sheet
from programmes.models import Edition, Programme

YEARS_OF_PATHWAY = {
    Phase.SECONDARY: "A department takes the stages one after the other, and keeps to the last as long as it likes.",
    Phase.PRIMARY: "A school takes the stages one after the other; Readiness is for those who need it first.",
}


def _edition(slug: str, year: int) -> Edition:
    found = Edition.objects.with_terms().filter(programme=slug, year=year).first()
    if found is None:
        raise Http404
    return found


@public("What is on offer is for everybody to read.")
def programmes(request: HttpRequest) -> HttpResponse:
    """Every programme, by phase and stage, with the newest of its editions first."""
    this_year = AcademicYear.of(clock.today()).first
    editions = (
        Edition.objects.filter(year__gte=this_year).select_related("programme").order_by("programme__order", "-year")
    )
    by_programme: dict[Programme, list[Edition]] = {}
    for each in editions:
        by_programme.setdefault(each.programme, []).append(each)
    groups = [
        {
            "title": f"For {phase.label.lower()} schools",
            "text": YEARS_OF_PATHWAY[phase],
            "programmes": [
                {"programme": programme, "editions": offered}
                for programme, offered in by_programme.items()
                if programme.phase == phase and programme.kind == Programme.Kind.SCHOOL
            ],
        }
        for phase in (Phase.SECONDARY, Phase.PRIMARY)
    ]
    groups.append(
        {
            "title": "For teachers who wish to lead",
            "text": "A teacher trains as a Mastery Specialist, backed by the headteacher.",
            "programmes": [
                {"programme": programme, "editions": offered}
                for programme, offered in by_programme.items()
                if programme.kind == Programme.Kind.SPECIALIST
            ],
        }
    )
    return render(request, "programmes/list.html", {"groups": [group for group in groups if group["programmes"]]})


@public("The information sheet of an edition is for everybody to read.")
def edition(request: HttpRequest, slug: str, year: int) -> HttpResponse:
    """The information sheet of an edition as a page; it says so where the PDF is still being made."""
    found = _edition(slug, year)
    years = Edition.objects.filter(programme=slug).exclude(pk=found.pk).order_by("-year").values_list("year", flat=True)
    context = {
        "edition": found,
        "programme": found.programme,
        "sheet": sheet_of(found),
        "pdf": stored_sheet(found),
        "other_years": list(years),
    }
    return render(request, "programmes/edition.html", context)


@public("The information sheet of an edition is for everybody to keep.")
def sheet(request: HttpRequest, slug: str, year: int) -> FileResponse:
    """The PDF of the information sheet; 404 until it is made."""
    document = stored_sheet(_edition(slug, year))
    if document is None:
        raise Http404
    return documents.serve(request, document)
