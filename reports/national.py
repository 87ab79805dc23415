"""Every hub in figures, for the national team: its rounds, how far their forms are, who is on the roll. No names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse

from applications.models import ExpressionOfInterest, Round
from applications.states import State
from applications.wording import STATE_WORDS
from core import clock
from core.calendar import AcademicYear
from core.doors import SAFE, may, requires
from core.ui.pagination import page_of
from core.ui.plots import bars
from core.ui.tables import csv_response
from core.ui.templatetags.hub import last_minute, years
from hubs.models import Hub
from programmes.models import Enrolment
from programmes.states import EnrolmentState
from schools.models import RegisterImport

SENT = Q(eois__sent_at__isnull=False) & ~Q(eois__state=State.DRAFT)


@dataclass(frozen=True, slots=True)
class Figures:
    """How many forms of a round, or of many, have come how far."""

    places: int
    held: int  # of the places: offered, or accepted
    begun: int  # and not sent
    sent: int
    signed: int  # by everyone
    accepted: int
    on_roll: int

    @classmethod
    def sum(cls, many: Sequence[Figures]) -> Figures:
        return cls(*(sum(getattr(each, one.name) for each in many) for one in fields(cls)))


@dataclass(frozen=True, slots=True)
class Row:
    """One round as the national table prints it."""

    round: Round
    state: str
    colour: str
    figures: Figures

    @property
    def roll_key(self) -> str:
        """The edition as the roll's page is asked for it."""
        return f"{self.round.edition.programme_id}-{self.round.edition.year}"


def rounds_of(year: int, now: datetime) -> list[Row]:
    """The rounds of every hub for the editions of a year; two queries."""
    on_roll = {
        (hub, edition): schools
        for hub, edition, schools in Enrolment.objects.filter(edition__year=year)
        .order_by()
        .values_list("hub", "edition")
        .annotate(n=Count("pk"))
    }
    rounds = (
        Round.objects.filter(edition__year=year)
        .select_related("hub", "edition__programme")
        .annotate(
            begun=Count("eois", filter=Q(eois__state=State.DRAFT)),
            sent=Count("eois", filter=SENT),
            signed=Count("eois", filter=SENT & Q(eois__submitted_at__isnull=False)),
            accepted=Count("eois", filter=Q(eois__state=State.ACCEPTED)),
        )
        .order_by("hub__name", "edition__programme__order", "pk")
    )
    return [
        Row(
            each,
            *STATE_WORDS[each.public_state(now)],
            Figures(
                places=each.places,
                held=each.places_held,
                begun=each.begun,
                sent=each.sent,
                signed=each.signed,
                accepted=each.accepted,
                on_roll=on_roll.get((each.hub_id, each.edition_id), 0),
            ),
        )
        for each in rounds
    ]


def roll_by_year() -> list[dict[str, Any]]:
    """How many schools are on the roll of each edition, all hubs together, the newest first; one query."""
    counted = (
        Enrolment.objects.values_list("edition__programme__name", "edition__year")
        .annotate(
            active=Count("pk", filter=Q(state=EnrolmentState.ACTIVE)),
            completed=Count("pk", filter=Q(state=EnrolmentState.COMPLETED)),
            all=Count("pk"),
        )
        .order_by("-edition__year", "edition__programme__order")
    )
    return [
        {"programme": name, "year": year, "active": active, "completed": completed, "ended": every - active - completed}
        for name, year, active, completed, every in counted
    ]


def _year(request: HttpRequest, now: datetime) -> tuple[int, list[int]]:
    """The year that is asked for, else the newest with rounds; and all years that have some."""
    known = sorted(Round.objects.order_by().values_list("edition__year", flat=True).distinct(), reverse=True)
    asked = request.GET.get("year", "")
    if asked.isascii() and asked.isdigit() and int(asked[:4]) in known:
        return int(asked[:4]), known
    return (known[0] if known else AcademicYear.of(clock.london_date(now)).first), known


def overview(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """How the country stands, for the home of the national team; the same queries for one hub and for forty."""
    year, known = _year(request, now)
    rows = rounds_of(year, now)
    states = dict(
        ExpressionOfInterest.objects.filter(edition__year=year).order_by().values_list("state").annotate(n=Count("pk"))
    )
    page = page_of(request, rows)
    return {
        "year": year,
        "chips": [{"label": years(each), "current": each == year, "url": f"?year={each}"} for each in known],
        "page": page,
        "rows": page.object_list,
        "total": Figures.sum([row.figures for row in rows]),
        "register": RegisterImport.objects.first(),
        "hubs": Hub.objects.count(),
        "hubs_with_rounds": len({row.round.hub_id for row in rows}),
        "open_rounds": sum(row.round.is_open(now) for row in rows),
        "roll": roll_by_year(),
        "reads_forms": may(request.user, "applications.see_rounds"),
        "plot": bars(
            f"Forms for {years(year)} by state",
            [(state.label, states.get(state.value, 0)) for state in State],
            key="forms-by-state",
            tone="embedding",
            left=56,
            span=28,
            heading="govuk-heading-m",
        ),
    }


@requires("reports.see_national_figures", methods=SAFE)
def figures_csv(request: HttpRequest) -> HttpResponse:
    """The rounds of every hub in figures, as a CSV file; no person and no school is named in it."""
    now = clock.now()
    year, _ = _year(request, now)
    return csv_response(
        f"rounds-{year}.csv",
        [
            *("Hub", "Region", "Programme", "Phase", "Stage", "Year", "NCP code", "State", "Opens", "Closes"),
            *("Places", "Places held", "Begun, not sent", "Sent", "All signed", "Accepted", "On the roll"),
        ],
        [_line(row) for row in rounds_of(year, now)],
    )


def _line(row: Row) -> list[Any]:
    edition, programme = row.round.edition, row.round.edition.programme
    return [
        row.round.hub.name,
        row.round.hub.get_region_display(),
        programme.name,
        programme.get_phase_display(),
        programme.get_stage_display(),
        edition.years,
        edition.ncp_code,
        row.state,
        _day(row.round.opens_at),
        _day(last_minute(row.round.closes_at)),
        *(getattr(row.figures, one.name) for one in fields(Figures)),
    ]


def _day(moment: datetime | None) -> str:
    return clock.london_date(moment).isoformat() if moment else ""
