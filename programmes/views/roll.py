"""The roll: which schools have a place in a hub's programmes, since when, and who their lead teachers are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.roles import is_national_administrator
from core import clock
from core.audit.log import record
from core.doors import SAFE, requires
from core.ui.pagination import page_of
from core.ui.tables import csv_response, sorted_by
from hubs.models import Hub
from hubs.roles import hubs_whose_bids, hubs_whose_roll, with_a_roll_for
from programmes.models import Advocate, Edition, Enrolment, Programme, years
from programmes.rules import sentence, words
from programmes.states import EnrolmentState

SORTS: dict[str, Any] = {
    "year": ("edition__year", "-edition__programme__order", "-school__name"),  # the newest first is its other way
    "school": ("school__name", "-edition__year"),
    "la": ("school__la__name", "school__name"),
    "since": "enrolled_at",
    "state": ("state", "school__name"),
}
COLOURS = {
    EnrolmentState.ACTIVE: "green",
    EnrolmentState.COMPLETED: "blue",
    EnrolmentState.NOT_COMPLETED: "orange",
    EnrolmentState.WITHDRAWN: "grey",
}
SEATS = 2  # lead teachers that the file has columns for at least


def hub_with_roll(user: Any, slug: str) -> Hub:
    """A hub whose roll the person may read, or 404."""
    found = with_a_roll_for(user).filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class Choice:
    """An edition to choose by, with how many schools the hub has in it."""

    key: str
    label: str
    schools: int
    programme: str
    year: int
    leads: str  # what its lead teachers are called

    @property
    def asked(self) -> Q:
        return Q(edition__programme=self.programme, edition__year=self.year)


@dataclass(frozen=True)
class Row:
    """One place as the roll prints it."""

    place: Enrolment

    @property
    def state(self) -> EnrolmentState:
        return EnrolmentState(self.place.state)

    @property
    def colour(self) -> str:
        return COLOURS[self.state]


@requires("programmes.see_rolls", methods=SAFE)
def rolls(request: HttpRequest) -> HttpResponse:
    """Whose roll to read, with how many schools each has; who reads one only is led to it."""
    hubs = list(with_a_roll_for(request.user))
    if len(hubs) == 1:
        return redirect("programmes:roll", hubs[0].slug)
    counted: dict[tuple[Any, str], int] = {
        (hub, state): number
        for hub, state, number in Enrolment.objects.visible_to(request.user)
        .order_by()
        .values_list("hub", "state")
        .annotate(n=Count("pk"))
    }
    numbers = [(hub, [counted.get((hub.pk, state), 0) for state in EnrolmentState]) for hub in hubs]
    rows = [(hub, by_state, sum(by_state)) for hub, by_state in numbers if any(by_state)]
    return render(
        request,
        "programmes/rolls.html",
        {
            "states": list(EnrolmentState),
            "rows": rows,
            "empty": len(hubs) - len(rows),
            "totals": [sum(column) for column in zip(*(by_state for _, by_state, _ in rows), strict=True)],
            "total": sum(counted.values()),
        },
    )


@requires("programmes.see_roll", on=hub_with_roll, methods=SAFE)
def roll(request: HttpRequest, hub: Hub) -> HttpResponse:
    """The schools of a hub that have or had a place, of one edition or of all, with their lead teachers."""
    choices, chosen, asked_words = _asked(request, hub)
    page = page_of(request, _found(request, hub, chosen, asked_words))
    return render(
        request,
        "programmes/roll.html",
        {
            "hub": hub,
            "page": page,
            "rows": [Row(each) for each in page.object_list],
            "choices": choices,
            "chosen": chosen,
            "q": asked_words,
            "leads": chosen.leads if chosen else "Lead teachers",
            "sees_bids": hub.pk in hubs_whose_bids(request.user) or is_national_administrator(request.user),
            "reads_others": is_national_administrator(request.user) or len(hubs_whose_roll(request.user)) > 1,
        },
    )


@requires("programmes.see_roll", on=hub_with_roll, methods=SAFE)
def roll_csv(request: HttpRequest, hub: Hub) -> HttpResponse:
    """What the roll shows, all its pages, as a CSV file; the export is on record."""
    _, chosen, asked_words = _asked(request, hub)
    places = list(_found(request, hub, chosen, asked_words))
    key = chosen.key if chosen else "all"
    record(
        "roll.exported",
        hub,
        by=request.user,
        at=clock.now(),
        after={"edition": key, "rows": len(places)},
        scope=hub.pk,
    )
    seats = max([SEATS, *(len(each.seated) for each in places)])
    return csv_response(
        f"{hub.slug}-roll-{key}.csv",
        [
            *("School", "URN", "Local authority", "Town", "Department", "Programme", "Year", "On the roll since"),
            *("State", "Ended"),
            *(f"Lead teacher {n}{what}" for n in range(1, seats + 1) for what in ("", " role", " senior", " e-mail")),
        ],
        [_line(each, seats) for each in places],
    )


def _line(place: Enrolment, seats: int) -> list[Any]:
    seated: list[Advocate | None] = [*place.seated]
    seated += [None] * (seats - len(seated))
    return [
        place.school.name,
        place.school_id,
        place.school.la.name,
        place.school.town,
        place.lane,
        place.edition.programme.name,
        place.edition.years,
        clock.london_date(place.enrolled_at).isoformat(),
        EnrolmentState(place.state).label,
        clock.london_date(place.ended_at).isoformat() if place.ended_at else "",
        *(value for seat in seated for value in _of_seat(seat)),
    ]


def _of_seat(seat: Advocate | None) -> Iterable[Any]:
    return ("", "", "", "") if seat is None else (seat.teacher.name, seat.role, seat.senior, seat.teacher.email)


def _asked(request: HttpRequest, hub: Hub) -> tuple[list[Choice], Choice | None, str]:
    """The editions that the hub has schools in, the newest first; the one that is asked for, if any; the search."""
    counted = (
        Edition.objects.filter(enrolments__hub=hub)
        .values_list("programme", "programme__name", "programme__phase", "programme__kind", "year")
        .annotate(n=Count("enrolments"))
        .order_by("-year", "programme__order")
    )
    choices = [
        Choice(
            key=f"{slug}-{year}",
            label=f"{name} {years(year)}",
            schools=schools,
            programme=slug,
            year=year,
            leads=sentence(words(phase, specialist=kind == Programme.Kind.SPECIALIST).leads),
        )
        for slug, name, phase, kind, year, schools in counted
    ]
    asked = request.GET.get("edition", "")
    return choices, next((c for c in choices if c.key == asked), None), request.GET.get("q", "").strip()[:100]


def _found(request: HttpRequest, hub: Hub, chosen: Choice | None, asked_words: str) -> QuerySet[Enrolment]:
    places = Enrolment.objects.visible_to(request.user).filter(hub=hub).select_related("school__la").with_seats()
    if chosen:
        places = places.filter(chosen.asked)
    for word in asked_words.split()[:8]:
        seated = Advocate.objects.filter(enrolment=OuterRef("pk"), teacher__name__icontains=word)
        places = places.filter(
            Q(school__name__icontains=word)
            | Q(school__urn=word)
            | Q(school__town__icontains=word)
            | Q(school__la__name__icontains=word)
            | Exists(seated)
        )
    return sorted_by(request, places, SORTS, "-year")
