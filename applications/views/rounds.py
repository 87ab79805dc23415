"""Rounds: those that are open, for everybody; a hub's own, to announce, date and change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from applications import facts
from applications.forms.rounds import MoreTimeForm, NewRoundForm, RoundForm, can_open
from applications.models import Round
from applications.services import rounds as services
from applications.states import SIGNABLE, NotAllowed, State
from applications.views.hub import signing_ended, visible_round
from applications.wording import STATE_WORDS
from core import clock
from core.calendar import Span, bank_holidays, long_date, long_moment, school_days, usual_terms
from core.doors import may, public, requires
from core.ui.pagination import page_of
from core.ui.templatetags.hub import in_words
from hubs.models import Hub, TermDates
from hubs.roles import hubs_whose_bids
from programmes.models import Edition
from schools.models import School

FEW_SCHOOL_DAYS = 10
MINUTE = timedelta(minutes=1)


@public("Schools see which rounds are open, and until when.")
def open_now(request: HttpRequest) -> HttpResponse:
    """The rounds that are open, those that close first on top, and those that are announced."""
    now = clock.now()
    current = facts.current_rounds(now)
    is_open = [(each, STATE_WORDS[each.public_state(now)]) for each in current if each.is_open(now)]
    coming = [each for each in current if not each.is_open(now)]
    context = {
        "open": sorted(is_open, key=lambda pair: (pair[0].closes_at, pair[0].hub.name)),
        "coming": sorted(coming, key=lambda each: (each.opens_at is None, each.opens_at or now, each.hub.name)),
    }
    return render(request, "applications/rounds.html", context)


# --- A hub's own --------------------------------------------------------------------------------------------------


@requires("applications.see_rounds", methods=("GET", "HEAD"))
def own(request: HttpRequest) -> HttpResponse:
    """The rounds whose forms a person reads, the newest first."""
    now = clock.now()
    found = (
        Round.objects.visible_to(request.user)
        .select_related("hub", "edition__programme")
        .annotate(
            sent=Count("eois", filter=Q(eois__sent_at__isnull=False) & ~Q(eois__state=State.DRAFT)),
            to_decide=Count("eois", filter=Q(eois__state=State.SUBMITTED)),
            begun=Count("eois", filter=Q(eois__state=State.DRAFT)),
        )
        .order_by("-edition__year", "edition__programme__order", "hub__name", "pk")
    )
    page = page_of(request, found)
    context = {
        "page": page,
        "rounds": [(each, STATE_WORDS[each.public_state(now)]) for each in page.object_list],
        "several": len({each.hub_id for each in page.object_list}) > 1,
        "may_open": may(request.user, "applications.open_round"),
        "run_by": hubs_whose_bids(request.user),
    }
    return render(request, "applications/round_list.html", context)


@requires("applications.open_round")
def announce(request: HttpRequest) -> HttpResponse:
    """Announce a round of a programme; its dates are set on the page that follows."""
    hubs = list(Hub.objects.filter(pk__in=hubs_whose_bids(request.user)).order_by("name"))
    form = NewRoundForm(request.POST or None, hubs=hubs, editions=_on_offer(clock.today(), hubs, request.POST))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.announce(
                hub=data["hub"],
                edition=data["edition"],
                fields={"announced": data["announced"]},
                by=request.user,
                now=clock.now(),
            )
        except services.RoundExists as there:
            messages.warning(request, f"{there} Here it is.")
            return redirect("applications:round_edit", there.round.pk)
        next_step = "Set its dates and places here." if can_open(made.edition) else "Its dates are set later."
        messages.success(request, f"{made.edition} is announced. {next_step}".strip())
        return redirect("applications:round_edit", made.pk)
    status = 422 if form.errors else 200
    return render(request, "applications/round_new.html", {"form": form}, status=status)


def _on_offer(today: date, hubs: Sequence[Hub], posted: Any) -> list[Edition]:
    """The editions that schools enter by sending a form, until the year they begin in is over, and for which one of
    the hubs has no round yet; one that was posted stays, so that a second press finds the round of the first."""
    taken = Counter(Round.objects.filter(hub__in=hubs).values_list("edition", flat=True))
    return [
        edition
        for edition in Edition.objects.with_terms().filter(year__gte=today.year).order_by("year", "programme__order")
        if (terms := edition.current_terms)
        and terms.entry_by_eoi
        and (taken[edition.pk] < len(hubs) or str(edition.pk) == posted.get("edition"))
    ]


@requires("applications.edit_round", on=visible_round)
def edit(request: HttpRequest, round_: Round) -> HttpResponse:
    """Every field of a round, its dates with weekday and the school days between them."""
    stale: list[dict[str, str]] = []
    form = RoundForm.of(round_, request.POST or None)
    step = request.POST.get("step", "")
    if request.method == "POST" and form.is_valid() and step != "change":
        opens = can_open(round_.edition)  # where it cannot, the service says so
        if step != "save" and opens and (check := check_before_saving(round_, form.fields_of_round(), clock.now())):
            return render(request, "applications/round_check.html", {"round": round_, "form": form, "check": check})
        try:
            services.change(
                round_id=round_.pk,
                version=form.cleaned_data["version"] or 0,
                fields=form.fields_of_round(),
                by=request.user,
                now=clock.now(),
            )
        except services.Stale as refusal:
            form.add_error(None, str(refusal))
            stale = differences(refusal.round, form.fields_of_round())
            form.data = form.data.copy()  # saving again means: over what is there now
            form.data["version"] = str(refusal.round.version)
            round_ = refusal.round
        except services.PlacesHeld as refusal:
            form.add_error("places", str(refusal))
        except services.NoCommitments as refusal:
            form.add_error("opens_on", str(refusal))
        else:
            messages.success(request, "The round is saved.")
            return redirect("applications:round_edit", round_.pk)
    return _round_page(request, round_, form=form, stale=stale)


@requires("applications.cancel_round", on=visible_round)
def cancel(request: HttpRequest, round_: Round) -> HttpResponse:
    """Cancel a round for which no school has begun a form, once it is confirmed."""
    if request.method == "POST":
        try:
            services.cancel(round_id=round_.pk, by=request.user, now=clock.now())
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
            return redirect("applications:round_edit", round_.pk)
        messages.success(request, f"The round for {round_.edition} is cancelled. Schools do not see it any more.")
        return redirect("applications:own_rounds")
    context = {"round": round_, "begun": round_.eois.exists(), "timeline": timeline(round_)}
    return render(request, "applications/round_cancel.html", context)


@requires("applications.extend", on=visible_round)
def more_time(request: HttpRequest, round_: Round) -> HttpResponse:
    """More time for one school in this round, with the reason, on record."""
    schools = _in_need_of_time(round_)
    form = MoreTimeForm(request.POST or None, initial={"urn": request.GET.get("urn", "")[:6]}, schools=schools)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        school = School.objects.filter(pk=data["urn"]).first()
        if school is None:
            form.add_error("urn", "No school on the register has this URN: enter six digits, like 115775")
        else:
            try:
                services.give_more_time(
                    round_=round_,
                    school=school,
                    closes_at=data["closes"],
                    signing_deadline_at=data["signs"],
                    reason=data["reason"],
                    by=request.user,
                    now=clock.now(),
                )
            except NotAllowed as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, f"{school.name} has more time.")
                return redirect("applications:round_edit", round_.pk)
    status = 422 if form.errors else 200
    context = {"round": round_, "form": form, "signing_ended": signing_ended(round_, clock.now())}
    return render(request, "applications/round_more_time.html", context, status=status)


def _in_need_of_time(round_: Round) -> list[tuple[str, str]]:
    """The schools whose forms are still filled in or signed, those being signed first, as a list to choose from."""
    eois = (
        round_.eois.filter(state__in=[State.DRAFT, *SIGNABLE], submitted_at=None)
        .select_related("school")
        .order_by("school__name", "pk")
    )
    found = sorted(eois, key=lambda eoi: eoi.state != State.SIGNING)
    return list(
        {e.school_id: f"{e.school.name}, {e.school.town}: {State(e.state).label.lower()}" for e in found}.items()
    )


# --- What the page shows beside the form --------------------------------------------------------------------------


@dataclass(frozen=True)
class Gap:
    """The school days between two dates of a round, too few where below ten."""

    start: str
    end: str
    days: int

    @property
    def is_short(self) -> bool:
        return self.days < FEW_SCHOOL_DAYS

    @property
    def warning(self) -> str:
        number = "No school days" if not self.days else f"Only {in_words(self.days)} school day{'s'[: self.days > 1]}"
        return f"{number} from {self.start} to {self.end}: plan {FEW_SCHOOL_DAYS} or more."


def gaps(round_: Round, terms: Sequence[Span] | None) -> list[Gap]:
    """The school days from each date of a round to the next one that is set; the hub's terms, else the usual ones."""
    dates = [(name, day) for name, day in _days_of(round_) if day is not None]
    return [
        Gap(start, end, school_days(first, last, terms))
        for (start, first), (end, last) in pairwise(dates)
        if first <= last
    ]


def _days_of(round_: Round) -> list[tuple[str, date | None]]:
    def day(moment: datetime | None, *, ends: bool = False) -> date | None:
        return None if moment is None else clock.london_date(moment - MINUTE if ends else moment)

    return [
        ("opening", day(round_.opens_at)),
        ("closing", day(round_.closes_at, ends=True)),
        ("signing deadline", day(round_.signing_deadline_at, ends=True)),
        ("panel", round_.panel_on),
    ]


@dataclass(frozen=True)
class Check:
    """What to look at before a round is saved: what schools will read, whether they see it at once, what is odd."""

    opens_now: bool
    dated_first: bool
    warnings: list[str]
    timeline: list[dict[str, str]]
    state: tuple[str, str]

    @property
    def heading(self) -> str:
        if self.opens_now:
            return "Schools can apply as soon as you save"
        return "Schools read these dates as soon as you save" if self.dated_first else "Check the dates before you save"

    @property
    def button(self) -> str:
        return "Save and open the round" if self.opens_now else "Save the round"


def check_before_saving(round_: Round, fields: dict[str, Any], now: datetime) -> Check | None:
    """What a person confirms before a round opens or shows its first dates, or is saved with dates that look wrong."""
    typed = copy(round_)
    for name, value in fields.items():
        setattr(typed, name, value)
    found = Check(
        opens_now=typed.is_open(now) and not round_.is_open(now),
        dated_first=round_.opens_at is None and typed.opens_at is not None,
        warnings=_warnings(round_, typed, now=now),
        timeline=timeline(typed),
        state=STATE_WORDS[typed.public_state(now)],
    )
    return found if found.opens_now or found.dated_first or found.warnings else None


def _warnings(round_: Round, typed: Round, *, now: datetime) -> list[str]:
    """What looks wrong in the dates that were changed, each in a sentence."""
    days, before = dict(_all_days_of(typed)), dict(_all_days_of(round_))
    changed = {name for name, day in days.items() if day is not None and day != before[name]}
    found = []
    for name in days:
        day = days[name]
        if day is None or name not in changed:
            continue
        if day.weekday() >= 5:
            found.append(f"The {name} is {long_date(day)}: a weekend.")
        elif holiday := bank_holidays(day.year).get(day):
            found.append(f"The {name} is {long_date(day)}: a bank holiday ({holiday}).")
        if name in ("closing", "signing deadline") and day < clock.london_date(now):
            found.append(f"The {name} is {long_date(day)}: it has passed.")
    for (first, second), said in OUT_OF_ORDER.items():
        one, other = days[first], days[second]
        if one is not None and other is not None and other < one and {first, second} & changed:
            found.append(said)
    short = [gap for gap in gaps(typed, terms_for(typed)) if gap.is_short and {gap.start, gap.end} & changed]
    return [*found, *[gap.warning for gap in short]]


OUT_OF_ORDER = {
    ("signing deadline", "panel"): "The panel meets before the signing deadline: some forms will lack signatures then.",
    ("signing deadline", "day schools hear by"): "Schools hear before the signing deadline.",
    ("day schools hear by", "first meeting"): "The first meeting is before the day schools hear by.",
    ("closing", "first meeting"): "The first meeting is before applications close.",
}


def _all_days_of(round_: Round) -> list[tuple[str, date | None]]:
    meeting = round_.first_meeting_at
    return [
        *_days_of(round_),
        ("day schools hear by", round_.decisions_by),
        ("first meeting", clock.london_date(meeting) if meeting else None),
    ]


def terms_for(round_: Round) -> list[Span] | None:
    """The terms that the hub entered, where they cover the dates of the round; else None, for the usual ones."""
    days = [day for _, day in _days_of(round_) if day is not None]
    if not days:
        return None
    spans = list(TermDates.objects.filter(hub=round_.hub_id).order_by("starts_on").values_list("starts_on", "ends_on"))
    wanted = [span for span in usual_terms(min(days), max(days)) if span[1] >= min(days) and span[0] <= max(days)]
    covered = all(any(start <= last and first <= end for start, end in spans) for first, last in wanted)
    return spans if spans and covered else None


def timeline(round_: Round) -> list[dict[str, str]]:
    """The dates of a round as schools read them, each with its weekday."""
    when: list[tuple[str, str]] = [
        ("Opens", long_moment(round_.opens_at) if round_.opens_at else round_.announced or "to be announced"),
        ("Applications close", long_moment(round_.closes_at - MINUTE) if round_.closes_at else "not set"),
        (
            "Signing deadline",
            long_moment(round_.signing_deadline_at - MINUTE) if round_.signing_deadline_at else "14 days from sending",
        ),
        ("Panel", long_date(round_.panel_on) if round_.panel_on else "not set"),
        ("Schools hear by", long_date(round_.decisions_by) if round_.decisions_by else "not set"),
        ("First meeting", long_moment(round_.first_meeting_at) if round_.first_meeting_at else "to be announced"),
    ]
    return [{"what": what, "when": said} for what, said in when]


LABELS = {
    "opens_at": "Opens", "closes_at": "Applications close", "signing_deadline_at": "Signing deadline",
    "first_meeting_at": "First meeting",
}  # fmt: skip


def differences(round_: Round, typed: dict[str, Any]) -> list[dict[str, str]]:
    """Where what somebody typed is not what the round says now: both, for the person to compare."""
    return [
        {"what": LABELS.get(name) or RoundForm.base_fields[name].label, "now": _said(round_, name), "typed": said}
        for name, value in typed.items()
        if getattr(round_, name) != value and (said := _value_said(name, value)) is not None
    ]


def _said(round_: Round, name: str) -> str:
    return _value_said(name, getattr(round_, name))


def _value_said(name: str, value: Any) -> str:
    if value is None or value == "":
        return "empty"
    if isinstance(value, datetime):
        return long_moment(value - MINUTE if name in ("closes_at", "signing_deadline_at") else value)
    if isinstance(value, date):
        return long_date(value)
    if name == "other_areas":
        return str(Round.OtherAreas(value).label)
    if name == "head_grade":
        return str(Round.Grade(value).label)
    return str(value)


def _round_page(request: HttpRequest, round_: Round, *, form: RoundForm, stale: list[dict[str, str]]) -> HttpResponse:
    now = clock.now()
    terms = terms_for(round_)
    found = gaps(round_, terms)
    context = {
        "round": round_,
        "form": form,
        "stale": stale,
        "state": STATE_WORDS[round_.public_state(now)],
        "timeline": timeline(round_),
        "gaps": found,
        "short": [gap for gap in found if gap.is_short],
        "may_cancel": may(request.user, "applications.cancel_round", round_) and not round_.eois.exists(),
        "usual_terms": terms is None,
        "extensions": list(round_.extensions.select_related("school", "granted_by")),
        "may_extend": may(request.user, "applications.extend", round_),
        "no_commitments": not can_open(round_.edition),
    }
    return render(request, "applications/round_edit.html", context, status=422 if form.errors else 200)
