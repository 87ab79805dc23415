"""The eligibility checker: a school learns, before any account, whether it may apply, why, and to which hub."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode

from applications import facts, rules
from applications.models import Round
from applications.rules import Bid, Code, Judgement, Judgements
from applications.wording import STATE_WORDS
from core import clock
from core.calendar import AcademicYear, plain_date
from core.doors import public
from hubs.models import Hub
from hubs.services import default_hubs
from programmes.models import Edition, Programme
from programmes.pathway import Stage
from schools.models import School, Status
from schools.register import is_old

MARKS = {"pass": "yes", "fail": "no", "ask": "ask"}


@dataclass(frozen=True)
class Answer:
    """The heading of the page, what stands under it, and the one thing to do next."""

    heading: str
    text: str = ""
    button: str = ""
    href: str = ""
    may_begin: bool = False


@dataclass(frozen=True)
class Choice:
    """An edition that a school may ask about, with the round of its own hub and those that other hubs have `elsewhere`,
    open or announced."""

    edition: Edition
    round: Round | None
    href: str
    state: tuple[str, str] = field(default=("", ""))
    elsewhere: Sequence[Round] = ()

    @property
    def is_current(self) -> bool:
        """Whether the school's own hub takes forms for it, or will."""
        return self.round is not None and self.state != STATE_WORDS[Round.PublicState.CLOSED]


@public("A school learns whether it may apply before anybody asks who it is.")
def check(request: HttpRequest, urn: str) -> HttpResponse:
    """The answer for one school: for the edition asked for, the only one that fits, or a choice of those that do."""
    school = get_object_or_404(School.objects.select_related("type", "la"), pk=urn)
    now, today = clock.now(), clock.today()
    rounds = _rounds(today)
    hubs = default_hubs(school, today)
    fitting = _fitting(school, rounds, hubs, now=now)
    edition = _asked_edition(request) or (fitting[0] if len(fitting) == 1 else None)
    if edition is None and len(fitting) > 1:
        return _choose(request, school, fitting, rounds, hubs, now=now)
    phase = rules.nearest_phase(facts.entry_of(school))
    fits_none = edition is None and not phase
    edition = edition or _usual_edition(phase, today)
    if edition is None:
        raise Http404
    of_edition = [each for each in rounds if each.edition_id == edition.pk]
    chosen = _asked_round(request, of_edition) or facts.round_for(of_edition, hubs, now=now)
    bid = facts.bid_of_school(school, edition, chosen, now=now)
    judgements = rules.judge(bid, now=now)
    if fits_none:  # what an edition asks is not to the point
        judgements = rules.Judgements([*judgements[:2], rules.in_no_phase(bid.entry)])
    answer = answer_of(bid, judgements, begin=_begin(school, edition, chosen), check=_address)
    hub = chosen.hub if chosen else hubs[0] if len(hubs) == 1 else None
    context = {
        "school": school,
        "edition": None if fits_none else edition,
        "entry": bid.entry,
        "answer": answer,
        "facts": register_facts(school, bid),
        "checks": [shown(each) for each in judgements],
        "old_register": bid.entry.register_of if is_old(bid.entry.register_of, today=today) else None,
        "register_is_wrong": any(each.fails for each in judgements if each.code in rules.OF_THE_REGISTER),
        "round": chosen,
        "state": STATE_WORDS[chosen.public_state(now)] if chosen else ("", ""),
        "hub": hub,
        "is_own_hub": hub is not None and hub in hubs,
        "hubs": [
            Choice(
                edition,
                each,
                _address(school.pk, edition=edition.pk, round=each.pk),
                STATE_WORDS[each.public_state(now)],
            )
            for each in of_edition
            if each.hub in hubs and each != chosen and not fits_none
        ],
        "own_hubs": hubs,
        "others": [
            Choice(
                edition,
                each,
                _address(school.pk, edition=edition.pk, round=each.pk),
                STATE_WORDS[each.public_state(now)],
            )
            for each in of_edition
            if each.hub not in hubs and each != chosen and each.is_open(now) and each.other_areas != Round.OtherAreas.NO
        ],
        "other_editions": [
            Choice(each, None, _address(school.pk, edition=each.pk)) for each in fitting if each.pk != edition.pk
        ],
    }
    return render(request, "applications/checker.html", context)


def _choose(
    request: HttpRequest,
    school: School,
    fitting: Sequence[Edition],
    rounds: Sequence[Round],
    hubs: Sequence[Hub],
    *,
    now: datetime,
) -> HttpResponse:
    """Several programmes take forms from a school like this one: it says which it means."""
    choices = []
    for edition in fitting:
        of_edition = [each for each in rounds if each.edition_id == edition.pk]
        own = facts.round_for(of_edition, hubs, now=now)
        state = STATE_WORDS[own.public_state(now)] if own else ("", "")
        elsewhere = [each for each in of_edition if each.hub not in hubs and _takes_others(each, now)]
        choices.append(Choice(edition, own, _address(school.pk, edition=edition.pk), state, elsewhere))
    context = {
        "school": school,
        "choices": choices,
        "own_hubs": hubs,
        "any_own": any(choice.is_current for choice in choices),
    }
    return render(request, "applications/checker_choose.html", context)


def _takes_others(round_: Round, now: datetime) -> bool:
    """Whether a round is open or announced, and takes schools of other areas."""
    return (round_.closes_at is None or round_.closes_at > now) and round_.other_areas != Round.OtherAreas.NO


# --- What is asked about ------------------------------------------------------------------------------------------


def _rounds(today: date) -> list[Round]:
    """Every round of this academic year's editions and later ones that schools send forms to."""
    return list(
        Round.objects.filter(
            edition__year__gte=AcademicYear.of(today).first, edition__programme__kind=Programme.Kind.SCHOOL
        )
        .select_related("hub", "edition__programme")
        .order_by("edition__programme__order", "edition__year", "hub__name")
    )


def _fitting(school: School, rounds: Iterable[Round], hubs: Sequence[Hub], *, now: datetime) -> list[Edition]:
    """The editions whose round is announced or open, in a phase that does not rule the school out.

    Those of the school's own hubs; where these have none, of hubs that take schools of other areas. A school that rules
    1 and 2 turn away has none: it is told so at once.
    """
    entry = facts.entry_of(school)
    if entry.status == Status.CLOSED or rules.state_funded(entry).fails:
        return []
    current = [
        each
        for each in rounds
        if (each.closes_at is None or each.closes_at > now)
        and not rules.in_phase(entry, phase=each.edition.programme.phase).fails
    ]
    own = [each for each in current if each.hub in hubs]
    found: dict[UUID, Edition] = {}
    for each in own or [each for each in current if each.other_areas != Round.OtherAreas.NO]:
        found.setdefault(each.edition_id, each.edition)
    return list(found.values())


def _usual_edition(phase: str, today: date) -> Edition | None:
    """Development of next year, or of this one, in a phase; in any where the phase has none."""
    found = list(
        Edition.objects.with_terms()
        .filter(programme__stage=Stage.DEVELOPMENT, year__lte=AcademicYear.of(today).first + 1)
        .order_by("-year")
    )
    return next((each for each in found if each.programme.phase == phase), found[0] if found else None)


def _asked_edition(request: HttpRequest) -> Edition | None:
    """The edition that the address names; 404 for one that is none."""
    if not (asked := request.GET.get("edition", "")):
        return None
    found = (
        Edition.objects.with_terms().filter(pk=asked, programme__kind=Programme.Kind.SCHOOL).first()
        if _is_uuid(asked)
        else None
    )
    if found is None:
        raise Http404
    return found


def _asked_round(request: HttpRequest, rounds: Iterable[Round]) -> Round | None:
    """The round of another hub that the address names; 404 for one of another edition."""
    if not (asked := request.GET.get("round", "")):
        return None
    found = next((each for each in rounds if str(each.pk) == asked), None)
    if found is None:
        raise Http404
    return found


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


# --- What is answered ---------------------------------------------------------------------------------------------


def _address(urn: str, **query: Any) -> str:
    return f"{reverse('applications:check', args=[urn])}{f'?{urlencode(query)}' if query else ''}"


def _begin(school: School, edition: Edition, chosen: Round | None) -> str:
    query = {"urn": school.pk, "edition": edition.pk} | ({"round": chosen.pk} if chosen else {})
    return f"{reverse('applications:begin')}?{urlencode(query)}"


def answer_of(bid: Bid, judgements: Judgements, *, begin: str, check: Any) -> Answer:
    """The answer in a heading: what stands in the way first, and the next best thing."""
    name, programme = bid.entry.name, f"{bid.offer.programme} {bid.offer.years}"
    failed = {each.code: each for each in judgements.fails}
    if not failed:
        open_questions = judgements.asks
        text = "All that can be checked before you begin is in order."
        if open_questions:
            one = "one question" if len(open_questions) == 1 else "some questions"
            text = f"The hub will settle {one} before it offers a place."
        return Answer(f"{name} may apply", text, "Start an expression of interest", begin, may_begin=True)
    if Code.REGISTER_OPEN in failed and bid.entry.status == Status.CLOSED:
        if bid.entry.successors:
            urn, heir = bid.entry.successors[0]
            return Answer(
                f"{name} is closed",
                f"{heir}, URN {urn}, took its place.",
                "Check the school that followed it",
                check(urn),
            )
        return Answer(f"{name} is closed", "The register names no open school that took its place.")
    if first := next((failed[c] for c in (Code.STATE_FUNDED, Code.PHASE, Code.REGISTER_OPEN) if c in failed), None):
        return Answer(f"{name} cannot apply", _told(first))
    if first := next((failed[c] for c in (Code.ONE_BID, Code.PATHWAY) if c in failed), None):
        heading = f"{name} cannot apply for {programme}"
        if first.code == Code.ONE_BID:
            if not first.facts.get("enrolled"):
                text = f"{_told(first)} Whoever works on that form finds it under “Your forms” after signing in."
                return Answer(f"{name} has applied already", text, "See your forms", reverse("applications:own_forms"))
            heading = f"{name} has a place already"
        return Answer(heading, _told(first))
    if Code.ROUND_OPEN in failed:
        return _not_open(bid, failed[Code.ROUND_OPEN])
    first = next(iter(failed.values()))
    return Answer(f"{name} may apply at another hub", _told(first))


def _not_open(bid: Bid, judgement: Judgement) -> Answer:
    name, window = bid.entry.name, bid.window
    if not bid.offer.by_form:
        return Answer(f"{name} needs no form for {bid.offer.programme}", _told(judgement))
    if window is None:
        return Answer(f"No round is open for {name}", _told(judgement))
    if window.closes_at is None or window.opens_at is None or not bid.offer.has_commitments:
        return Answer(f"{name} may apply when the round opens", judgement.reason)
    if judgement.title == rules.NOT_OPENED:
        return Answer(f"{name} may apply when the round opens", judgement.reason)
    return Answer(f"The round for {name} has closed", _told(judgement))


def _told(judgement: Judgement) -> str:
    return f"{judgement.reason} {judgement.remedy}".strip()


def shown(judgement: Judgement) -> dict[str, str]:
    """A judgement as the list of checks prints it: mark, rule, why and what can be done."""
    why = judgement.reason if judgement.passes or judgement.later else _told(judgement)
    return {"mark": MARKS[judgement.verdict], "rule": judgement.title, "why": why}


def register_facts(school: School, bid: Bid) -> list[dict[str, str]]:
    """What the register says of a school, as short facts."""
    place = ", ".join(filter(None, [school.town, school.postcode]))
    said = [
        ("URN", school.pk),
        ("Town", place or "not on the register"),
        ("Type", school.type.name),
        ("Ages", bid.entry.ages),
        ("Pupils", f"{school.pupils:,}" if school.pupils is not None else "not known"),
    ]
    if bid.entry.register_of:
        said.append(("Register of", plain_date(bid.entry.register_of)))
    return [{"label": label, "value": value} for label, value in said]
