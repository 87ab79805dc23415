"""The queue of a round: every form that was sent, sorted, filtered, searched, exported."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from applications.models import ExpressionOfInterest, Round
from applications.services import signed
from applications.states import HOLDS_A_PLACE, LIVE, State, Turn, turn
from applications.views.hub import acts_of, signing_ended, state_words, visible_round
from core import clock
from core.audit.log import record
from core.doors import may, requires
from core.ui.pagination import page_of
from core.ui.tables import csv_response, sorted_by

ENDED = (State.NOT_CHOSEN, State.REFUSED, State.LAPSED, State.WITHDRAWN)
VIEWS: dict[str, tuple[str, tuple[State, ...]]] = {
    "decide": ("To decide", (State.SUBMITTED,)),
    "signing": ("Being signed", (State.SIGNING,)),
    "reserve": ("In reserve", (State.RESERVE,)),
    "offered": ("Offered", (State.OFFERED,)),
    "accepted": ("Accepted", (State.ACCEPTED,)),
    "ended": ("Ended", ENDED),
    "all": ("All", (*LIVE, *ENDED)),
}
STATE_ORDER = Case(
    *[
        When(state=state, then=Value(number))
        for number, state in enumerate(
            [State.SUBMITTED, State.SIGNING, State.OFFERED, State.ACCEPTED, State.RESERVE, State.NOT_CHOSEN]
        )
    ],
    default=Value(9),
    output_field=IntegerField(),
)
SORTS: dict[str, Any] = {
    "school": "school__name",
    "la": ("school__la__name", "school__name"),
    "pupils": "school__pupils",
    "fsm": "school__fsm_percent",
    "state": (STATE_ORDER, "reserve_rank", "sent_at"),
    "sent": "sent_at",
}
SORT_LABELS = (
    ("school", "School"),
    ("la", "Authority"),
    ("pupils", "Pupils"),
    ("fsm", "Free meals"),
    ("state", "State"),
    ("sent", "Sent"),
)
ACTS_ON = {
    "decide": ("offer", "reserve", "not-choose", "return"),
    "signing": ("offer", "reserve", "not-choose", "return"),
    "reserve": ("offer", "put-back", "not-choose"),
    "offered": ("take-back",),
    "accepted": (),
    "ended": ("reconsider",),
    "all": ("offer", "reserve", "not-choose"),  # on the rows that can take one of them
}
ACT_LABELS = {
    "offer": "Offer places",
    "reserve": "Hold in reserve",
    "not-choose": "Do not choose",
    "return": "Return for correction",
    "put-back": "Put back",
    "take-back": "Take offers back",
    "reconsider": "Look again",
}


@dataclass(frozen=True)
class Row:
    """One form as the queue prints it."""

    eoi: ExpressionOfInterest
    dots: list[tuple[str, str]]
    state: str
    colour: str
    turn: str
    days: int | None
    asks: int
    acts: tuple[str, ...] = ()  # of the view's acts, those that this form can take

    @property
    def asks_words(self) -> str:
        return f"{self.asks} question{'' if self.asks == 1 else 's'}"

    @property
    def signed_words(self) -> str:
        return f"{sum(state == 'signed' for state, _ in self.dots)} of {len(self.dots)}"


def open_questions(eoi: ExpressionOfInterest) -> list[dict[str, Any]]:
    """What the rules asked at sending and no lead has settled since; reads the prefetched settlements."""
    settled = {settlement.code for settlement in eoi.settlements.all()}
    judged = (eoi.eligibility or {}).get("judgements", [])
    return [each for each in judged if each["verdict"] == "ask" and each["code"] not in settled]


def rows_of(eois: Iterable[ExpressionOfInterest], *, now: datetime, acts: Sequence[str] = ()) -> list[Row]:
    """The rows of a page, each with those of the view's acts it can take; as many queries for one as for thirty."""
    eois = list(eois)
    standings = signed.standings_of_many(eois)
    rows = []
    for eoi in eois:
        own = standings.get(eoi.pk, [])
        said_no = any(s.state == "refused" for s in own)
        words, colour = state_words(eoi, someone_said_no=said_no)
        move = turn(eoi.state, all_signed=eoi.submitted_at is not None, someone_said_no=said_no)
        waiting = [s.request.name for s in own if s.state == "asked"]
        rows.append(
            Row(
                eoi=eoi,
                dots=signed.dots(own),
                state=words,
                colour=colour,
                turn=waiting[0] if move is Turn.SIGNATORIES and len(waiting) == 1 else move.label,
                days=(clock.london_date(now) - clock.london_date(eoi.sent_at)).days if eoi.sent_at else None,
                asks=len(open_questions(eoi)),
                acts=tuple(name for name in acts_of(eoi) if name in acts),
            )
        )
    return rows


def _found(round_: Round, view: str, words: str) -> QuerySet[ExpressionOfInterest]:
    eois = (
        ExpressionOfInterest.objects.filter(round=round_, state__in=VIEWS[view][1], sent_at__isnull=False)
        .select_related("school__la")
        .prefetch_related("settlements")
        .defer("our_address", "decision_words", "ended_reason")
    )
    for word in words.split()[:8]:
        eois = eois.filter(
            Q(school__name__icontains=word)
            | Q(school__urn=word)
            | Q(school__town__icontains=word)
            | Q(school__la__name__icontains=word)
            | Q(reference__iexact=word)
        )
    return eois


def _asked(request: HttpRequest) -> tuple[str, str]:
    view = request.GET.get("view", "decide")
    return (view if view in VIEWS else "decide"), request.GET.get("q", "").strip()[:100]


@requires("applications.see_queue", on=visible_round)
def queue(request: HttpRequest, round_: Round) -> HttpResponse:
    """Every form of a round that was sent, with its state and whose move it is."""
    now = clock.now()
    view, words = _asked(request)
    counted = dict(
        ExpressionOfInterest.objects.filter(round=round_)
        .exclude(sent_at=None)
        .values_list("state")
        .annotate(n=Count("pk"))
        .order_by()
    )
    eois = sorted_by(request, _found(round_, view, words), SORTS, "state")
    page = page_of(request, eois, 50)
    rows = rows_of(page.object_list, now=now, acts=ACTS_ON[view])
    shows_fsm = any(row.eoi.school.fsm_percent is not None for row in rows)
    possible = {name for row in rows for name in row.acts}
    held = sum(counted.get(state, 0) for state in HOLDS_A_PLACE)
    return render(
        request,
        "applications/queue.html",
        {
            "round": round_,
            "page": page,
            "rows": rows,
            "view": view,
            "q": words,
            "chips": [
                {
                    "label": label,
                    "count": sum(counted.get(s, 0) for s in states),
                    "current": name == view,
                    "url": f"?view={name}",
                }
                for name, (label, states) in VIEWS.items()
            ],
            "sent": sum(counted.values()) - counted.get(State.DRAFT, 0),
            "changing": counted.get(State.DRAFT, 0),  # sent before, and with the school again: in no view
            "sorts": [(name, label) for name, label in SORT_LABELS if shows_fsm or name != "fsm"],
            "shows_fsm": shows_fsm,
            "signing_ended": signing_ended(round_, now) if view == "signing" else None,
            "held": held,
            "left": round_.places - round_.places_held,
            "state": round_.public_state(now),
            "may_decide": may(request.user, "applications.decide_many", round_),
            "may_edit": may(request.user, "applications.edit_round", round_),
            "acts": [{"name": name, "label": ACT_LABELS[name]} for name in ACTS_ON[view] if name in possible],
        },
    )


@requires("applications.export_queue", on=visible_round, methods=("GET", "HEAD"))
def queue_csv(request: HttpRequest, round_: Round) -> HttpResponse:
    """What the queue shows, all its pages, as a CSV file; the export is on record."""
    now = clock.now()
    view, words = _asked(request)
    eois = sorted_by(request, _found(round_, view, words), SORTS, "state")
    rows = rows_of(eois, now=now)
    record(
        "round.exported", round_, by=request.user, at=now, after={"view": view, "rows": len(rows)}, scope=round_.hub_id
    )
    return csv_response(
        f"{round_.hub.slug}-{round_.edition.programme.slug}-{round_.edition.year}-{view}.csv",
        [
            "Reference",
            "School",
            "URN",
            "Local authority",
            "Town",
            "Pupils",
            "Free school meals %",
            "Signed",
            "Questions open",
            "State",
            "Whose move",
            "Sent",
            "Submitted",
        ],
        [
            [
                row.eoi.reference,
                row.eoi.school.name,
                row.eoi.school_id,
                row.eoi.school.la.name,
                row.eoi.school.town,
                row.eoi.school.pupils,
                row.eoi.school.fsm_percent,
                row.signed_words,
                row.asks,
                row.state,
                row.turn,
                _day(row.eoi.sent_at),
                _day(row.eoi.submitted_at),
            ]
            for row in rows
        ],
    )


def _day(moment: datetime | None) -> str:
    return clock.london_date(moment).isoformat() if moment else ""


@requires("applications.see_queue", on=visible_round, methods=("GET", "HEAD"))
def drafts(request: HttpRequest, round_: Round) -> HttpResponse:
    """Forms begun and not sent: that they exist and since when, not what they say."""
    begun = (
        ExpressionOfInterest.objects.filter(round=round_, state=State.DRAFT)
        .select_related("school__la")
        .only(
            "school__name", "school__town", "school__la__name", "begun_at", "saved_at", "sent_at", "state", "school_id"
        )
        .order_by("saved_at", "pk")
    )
    return render(
        request,
        "applications/queue_drafts.html",
        {"round": round_, "page": page_of(request, begun, 50), "today": clock.today()},
    )
