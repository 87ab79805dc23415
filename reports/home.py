"""Home after sign-in: what needs this person now, by the roles they hold, each line one click from done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from applications.models import ExpressionOfInterest, Round
from applications.services import signed
from applications.states import State, Turn, turn
from applications.wording import STATE_COLOURS
from core import clock
from core.doors import may, requires
from core.notifications.models import Message
from core.notifications.models import State as MessageState
from core.signing.models import SignatureRequest
from core.ui.plots import bars
from core.ui.templatetags.hub import in_days, long_date, moment
from hubs.models import Hub, HubRole
from hubs.roles import hub_roles, hubs_of, hubs_where, hubs_whose_bids, hubs_whose_roll
from programmes.models import Enrolment, years
from programmes.states import EnrolmentState
from reports import national
from schools.roles import coordinated_by, led_by

SENT = Q(eois__sent_at__isnull=False) & ~Q(eois__state=State.DRAFT)
SHOWN = 12  # lines before "and more"
ANSWER_SOON = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Need:
    """One line: what to do, where, why, and by when. `due` orders the list; nothing due comes last."""

    title: str
    url: str
    detail: str
    when: str = ""
    due: date | None = None
    late: bool = False

    @property
    def order(self) -> tuple[bool, bool, str]:
        return (not self.late, self.due is None, self.due.isoformat() if self.due else "")


@dataclass(slots=True)
class RoundFigures:
    """One round of a hub in figures: how many forms have come how far."""

    round: Any  # a Round with its counts
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    @property
    def plot(self) -> str:
        """How many forms have come how far, as bars; nothing where none was begun."""
        if not self.round.started:
            return ""
        return bars(
            "How far the forms are", self.rows, key=f"round-{self.round.pk}", tone="embedding", left=46, span=38
        )


@requires("reports.see_home", methods=("GET", "HEAD"))
def home(request: HttpRequest) -> HttpResponse:
    """What needs you now, and how your rounds and forms stand."""
    now = clock.now()
    figures = figures_of(request.user)
    own = own_forms(request.user)
    needs = sorted([*needs_of_hub(request.user, figures, now), *needs_of_school(own, now)], key=lambda need: need.order)
    hubs = list(Hub.objects.filter(pk__in=hubs_of(request.user))) if hub_roles(request.user) else []
    reads_a_roll = bool(hubs_whose_roll(request.user))
    roll = roll_of(request.user) if reads_a_roll else []
    return render(
        request,
        "reports/home.html",
        {
            "needs": needs[:SHOWN],
            "more": max(0, len(needs) - SHOWN),
            "figures": figures[:4],
            "own": own,
            "now": now,
            "hubs": hubs,
            "roll": roll,
            "meetings": first_meetings_of(request.user, now) if reads_a_roll else [],
            "reads_a_roll": reads_a_roll,
            "national": national.overview(request, now) if may(request.user, "reports.see_national_figures") else None,
        },
    )


# --- A hub ----------------------------------------------------------------------------------------------------------
def figures_of(user: Any) -> list[RoundFigures]:
    """The rounds of the hubs whose bids a person reads, those that still need work first; one query."""
    count = {
        "started": Count("eois", distinct=True),
        "sent": Count("eois", filter=SENT, distinct=True),
        "all_signed": Count("eois", filter=Q(eois__submitted_at__isnull=False), distinct=True),
        "holding": Count("eois", filter=Q(eois__state__in=[State.OFFERED, State.ACCEPTED]), distinct=True),
        "to_decide": Count("eois", filter=Q(eois__state=State.SUBMITTED), distinct=True),
        "unsigned": Count("eois", filter=Q(eois__state=State.SIGNING), distinct=True),
        "in_reserve": Count("eois", filter=Q(eois__state=State.RESERVE), distinct=True),
        "unanswered": Count("eois", filter=Q(eois__state=State.OFFERED), distinct=True),
    }
    rounds = (
        Round.objects.of_hubs(hubs_whose_bids(user))
        .select_related("hub", "edition__programme")
        .annotate(**count)
        .order_by("-edition__year", "closes_at", "pk")[:40]
    )
    return [
        RoundFigures(
            round=each,
            rows=[
                ("Begun", each.started),
                ("Sent to sign", each.sent),
                ("All signed", each.all_signed),
                ("Offered a place", each.holding),
                ("Places", each.places, "sun"),
            ],
        )
        for each in rounds
    ]


def needs_of_hub(user: Any, figures: Iterable[RoundFigures], now: datetime) -> list[Need]:
    """What waits for a hub: bids to decide, dates that pass, people who said no, mails that came back."""
    figures = list(figures)
    if not figures:
        return []
    several = len({each.round.hub_id for each in figures}) > 1
    leads = hubs_where(user, [HubRole.LEAD])
    found: list[Need] = []
    for each in figures:
        where = f" at {each.round.hub.name}" if several else ""
        found += _needs_of_round(each.round, now, where, decides=each.round.hub_id in leads)
    return [*found, *_refusals(user, now), *_answers_due(user, now), *_undelivered(user)]


def _needs_of_round(round_: Any, now: datetime, where: str, *, decides: bool) -> list[Need]:
    """What waits in one round; who does not decide reads the same, as a lead's to do."""
    queue, today = reverse("applications:queue", args=[round_.pk]), clock.london_date(now)
    found = []
    if round_.to_decide:
        by = round_.panel_on or round_.decisions_by
        what = "Panel on" if round_.panel_on else "Decisions by"
        bids = _count(round_.to_decide, "bid")
        waits = f"{bids} {'waits' if round_.to_decide == 1 else 'wait'} for a lead to decide"
        found.append(
            Need(
                title=f"Decide {bids} for {round_.edition}{where}" if decides else f"{waits}: {round_.edition}{where}",
                url=queue,
                detail=f"{what} {long_date(by)}. All their people have signed."
                if by
                else "All their people have signed.",
                when=in_days(by, today) if by else "",
                due=by,
                late=bool(by and by < today),
            )
        )
    ended = round_.signing_deadline_at
    if round_.unsigned and ended is not None and ended <= now:
        lack, them = ("lacks", "it") if round_.unsigned == 1 else ("lack", "them")
        found.append(
            Need(
                title=f"{_count(round_.unsigned, 'bid')} for {round_.edition}{where} {lack} signatures",
                url=reverse("applications:more_time", args=[round_.pk]) if decides else f"{queue}?view=signing",
                detail="The signing deadline has passed. "
                + (
                    f"Give more time, or let {them} lapse."
                    if decides
                    else f"A lead gives more time or lets {them} lapse."
                ),
                when=f"since {long_date(_last_minute(ended))}",
                due=_last_day(ended),
                late=True,
            )
        )
    free = round_.places - round_.places_held
    if free > 0 and round_.in_reserve:
        found.append(
            Need(
                title=f"{_count(free, 'place')} free, {round_.in_reserve} in reserve: {round_.edition}{where}",
                url=f"{queue}?view=reserve",
                detail="Offer a place to the first in reserve."
                if decides
                else "A lead offers a place to the first in reserve.",
                when=in_days(round_.decisions_by, today) if round_.decisions_by else "",
                due=round_.decisions_by,
            )
        )
    if round_.closes_at is None:
        found.append(
            Need(
                title=f"Set the dates of {round_.edition}{where}",
                url=reverse("applications:round_edit", args=[round_.pk]),
                detail=f"Schools read: opens {round_.announced}."
                if round_.announced
                else "Schools read: to be announced.",
            )
        )
    return found


def _refusals(user: Any, now: datetime) -> list[Need]:
    refused = list(
        SignatureRequest.objects.filter(kind=signed.KIND, state="refused", scope__in=hubs_whose_bids(user))
        .order_by("-answered_at")
        .values("subject_id", "name", "reason", "answered_at")[:SHOWN]
    )
    eois = {
        eoi.pk: eoi
        for eoi in ExpressionOfInterest.objects.visible_to(user)
        .filter(
            pk__in=[each["subject_id"] for each in refused], state__in=[State.SIGNING, State.OFFERED, State.RESERVE]
        )
        .select_related("school")
    }
    return [
        Need(
            title=f"{eois[each['subject_id']].school.name}: {each['name']} said no",
            url=reverse("applications:bid", args=[each["subject_id"]]),
            detail=f"“{each['reason']}” The school has been told." if each["reason"] else "The school has been told.",
            when=f"since {long_date(each['answered_at'])}",
            due=clock.london_date(each["answered_at"]),
            late=True,
        )
        for each in refused
        if each["subject_id"] in eois
    ]


def _answers_due(user: Any, now: datetime) -> list[Need]:
    soon = (
        ExpressionOfInterest.objects.visible_to(user)
        .filter(round__hub__in=hubs_whose_bids(user), state=State.OFFERED, answer_by__lte=now + ANSWER_SOON)
        .select_related("school")
        .order_by("answer_by")[:SHOWN]
    )
    return [
        Need(
            title=f"{eoi.school.name} has not answered its offer",
            url=reverse("applications:bid", args=[eoi.pk]),
            detail=f"The offer lapses on {moment(_last_minute(eoi.answer_by))}. A call may help.",
            when=in_days(_last_minute(eoi.answer_by), clock.london_date(now)),
            due=_last_day(eoi.answer_by),
        )
        for eoi in soon
        if eoi.answer_by
    ]


def _undelivered(user: Any) -> list[Need]:
    failed = list(
        Message.objects.filter(
            scope__in=hubs_whose_bids(user),
            state=MessageState.FAILED,
            subject_label=ExpressionOfInterest._meta.label_lower,
        )
        .order_by("-created_at")
        .values_list("subject_id", "to_name", "created_at")[:SHOWN]
    )
    eois = {
        eoi.pk: eoi.school.name
        for eoi in ExpressionOfInterest.objects.visible_to(user)
        .filter(pk__in={subject for subject, _, _ in failed})
        .select_related("school")
    }
    return [
        Need(
            title=f"{eois[subject]}: a mail to {name or 'one of its people'} did not arrive",
            url=reverse("applications:bid", args=[subject]),
            detail="Its mail server would not take it. Check the address with the school.",
            when=f"since {long_date(created_at)}",
            due=clock.london_date(created_at),
            late=True,
        )
        for subject, name, created_at in failed
        if subject in eois
    ]


# --- A school -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class OwnForm:
    """One form as its school's people see it in their list."""

    eoi: ExpressionOfInterest
    dots: list[tuple[str, str]]
    turn: Turn

    @property
    def state(self) -> State:
        return State(self.eoi.state)

    @property
    def colour(self) -> str:
        return STATE_COLOURS[self.state]

    @property
    def url(self) -> str:
        return reverse("applications:task_list", args=[self.eoi.pk])


def own_forms(user: Any) -> list[OwnForm]:
    """The forms a person works on or whose school they coordinate, the newest first; four queries for any number."""
    eois = list(
        ExpressionOfInterest.objects.visible_to(user)
        .filter(Q(editors__user=user) | Q(school__in={*coordinated_by(user), *led_by(user)}))
        .select_related("school", "round__hub", "edition__programme")
        .prefetch_related("returns")
        .distinct()
        .order_by("-saved_at")[:20]
    )
    if not eois:
        return []
    dots = signed.signatures_of_many(eois)
    return [
        OwnForm(
            eoi=eoi,
            dots=dots.get(eoi.pk, []),
            turn=turn(
                eoi.state,
                all_signed=bool(dots.get(eoi.pk)) and all(state == "signed" for state, _ in dots[eoi.pk]),
                someone_said_no=any(state == "refused" for state, _ in dots.get(eoi.pk, [])),
            ),
        )
        for eoi in eois
    ]


def needs_of_school(own: Iterable[OwnForm], now: datetime) -> list[Need]:
    """What waits for a school: a form to finish, a no to settle, an offer to answer."""
    return [need for form in own if (need := _need_of_form(form, now)) is not None]


def _need_of_form(form: OwnForm, now: datetime) -> Need | None:
    eoi, today = form.eoi, clock.london_date(now)
    what = f"{eoi.school.name}: {eoi.edition}"
    if eoi.state == State.DRAFT:
        closes = eoi.signing_deadline_at if eoi.sent_at else eoi.round.closes_at
        asked = [each.correct_by for each in eoi.returns.all() if each.correct_by > now]
        closes = min([*asked, *([closes] if closes else [])], default=None)
        if closes is None or closes <= now:
            return None
        last = _last_minute(closes)
        verb = "Correct and send again" if eoi.sent_at else "Finish and send"
        until = "Send it by" if eoi.sent_at else "Applications close"
        return Need(
            title=f"{verb} your form for {eoi.edition}",
            url=form.url,
            detail=f"{eoi.school.name}, saved {moment(eoi.saved_at)}. {until} {moment(last)}.",
            when=in_days(last, today),
            due=clock.london_date(last),
        )
    if form.turn is Turn.SCHOOL and eoi.state == State.OFFERED and eoi.answer_by:
        last = _last_minute(eoi.answer_by)
        return Need(
            title=f"Accept or refuse your place: {eoi.edition}",
            url=form.url,
            detail=f"{eoi.round.hub.name} offers {eoi.school.name} a place. Answer by {moment(last)}.",
            when=in_days(last, today),
            due=clock.london_date(last),
        )
    if form.turn is Turn.SCHOOL:
        noes = [label.partition(":")[0] for state, label in form.dots if state == "refused"]
        return Need(
            title=f"{what}: {' and '.join(noes) or 'somebody'} said no",
            url=form.url,
            detail="Talk to them, name another person, or change the form: its page says who would sign again.",
            late=True,
        )
    return None


# --- The schools that a hub works with ------------------------------------------------------------------------------
def roll_of(user: Any) -> list[dict[str, Any]]:
    """How many schools are on the roll of a person's hubs, by edition, the newest first; one query."""
    counted = (
        Enrolment.objects.filter(hub__in=hubs_whose_roll(user))
        .values_list("hub__slug", "hub__short_name", "edition__programme", "edition__programme__name", "edition__year")
        .annotate(schools=Count("pk"), active=Count("pk", filter=Q(state=EnrolmentState.ACTIVE)))
        .order_by("-edition__year", "edition__programme__order", "hub__name")
    )
    return [
        {
            "url": f"{reverse('programmes:roll', args=[slug])}?edition={programme}-{year}",
            "hub": hub,
            "edition": f"{name} {years(year)}",
            "schools": schools,
            "active": active,
        }
        for slug, hub, programme, name, year, schools, active in counted
    ]


def first_meetings_of(user: Any, now: datetime) -> list[Round]:
    """The first meetings that are still to come at a person's hubs, the next on top; one query."""
    rounds = Round.objects.of_hubs(hubs_whose_roll(user)).filter(first_meeting_at__gte=now)
    return list(rounds.select_related("hub", "edition__programme").order_by("first_meeting_at", "pk")[:SHOWN])


def _last_minute(too_late: datetime) -> datetime:
    """The last minute that still counts, of a moment kept as the first that is too late."""
    return too_late - timedelta(minutes=1) if too_late.second == too_late.microsecond == 0 else too_late


def _last_day(too_late: datetime) -> date:
    return clock.london_date(_last_minute(too_late))


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
