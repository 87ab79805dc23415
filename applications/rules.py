"""Who may apply: nine rules, each a pure function of facts that answers pass, fail or ask.

`facts.py` gathers a `Bid`; `judge` runs every rule over it, so that all objections are seen at once. The same objects
answer the public checker, the form, sending, the hub's screens and the register's report. Nothing here knows a
database, a request or a clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from core.calendar import AcademicYear, long_date, long_moment, plain_date
from programmes.pathway import Stage, Step, next_stages
from programmes.rules import (
    PRIMARY,
    SECONDARY,
    Lead,
    Words,
    lead_teachers_objection,
    sentence,
    wanted_people,
    words,
)

GRACE = timedelta(minutes=30)  # after closing, for a form saved in the hour before it
SAVED_WITHIN = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
DAYS_TO_SIGN = timedelta(days=14)  # from sending, where a round has no signing deadline


class Verdict(StrEnum):
    PASS = "pass"  # noqa: S105  (a verdict, no password)
    FAIL = "fail"
    ASK = "ask"


class Code(StrEnum):
    """The stable names of the nine rules."""

    REGISTER_OPEN = "register_open"
    STATE_FUNDED = "state_funded"
    PHASE = "phase"
    ROUND_OPEN = "round_open"
    LEAD_TEACHERS = "lead_teachers"
    SUPPORT = "support"
    PATHWAY = "pathway"
    ONE_BID = "one_bid"
    HUB = "hub"


# By no road is a form sent on while one of these fails.
CORE = frozenset({Code.STATE_FUNDED, Code.PHASE, Code.LEAD_TEACHERS})
# What the register says; a school may say that it is wrong.
OF_THE_REGISTER = frozenset({Code.REGISTER_OPEN, Code.STATE_FUNDED, Code.PHASE})
# What is judged by the people named in a form.
OF_THE_PEOPLE = frozenset({Code.LEAD_TEACHERS, Code.SUPPORT})


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one rule says: the verdict, a title, the reason in one plain sentence, and what can be done about it."""

    code: str
    verdict: str
    title: str
    reason: str
    remedy: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    later: bool = False  # asked in the form: nothing to settle yet

    @property
    def passes(self) -> bool:
        return self.verdict == Verdict.PASS

    @property
    def fails(self) -> bool:
        return self.verdict == Verdict.FAIL

    @property
    def asks(self) -> bool:
        """Whether a hub lead has to settle it; what the form will ask is not such a question."""
        return self.verdict == Verdict.ASK and not self.later

    def as_json(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if key != "later"}


class Judgements(list[Judgement]):
    """All nine answers, in order."""

    @property
    def fails(self) -> list[Judgement]:
        return [judgement for judgement in self if judgement.fails]

    @property
    def asks(self) -> list[Judgement]:
        return [judgement for judgement in self if judgement.asks]

    @property
    def verdict(self) -> Verdict:
        """The answer in all: fail before ask before pass."""
        return Verdict.FAIL if self.fails else Verdict.ASK if self.asks else Verdict.PASS

    def of(self, code: str) -> Judgement:
        return next(judgement for judgement in self if judgement.code == code)

    def unsettled(self, settled: Iterable[str]) -> list[Judgement]:
        """The questions that no written reason of a hub lead has settled."""
        done = set(settled)
        return [judgement for judgement in self.asks if judgement.code not in done]

    def as_json(self, *, at: datetime) -> dict[str, Any]:
        """What is kept with a form: each rule by its code, with the values it was judged by and when."""
        return {"judged_at": at.astimezone(UTC).isoformat(), "judgements": [judgement.as_json() for judgement in self]}

    @classmethod
    def from_json(cls, kept: dict[str, Any] | None) -> Judgements:
        """What was kept with a form when it was sent."""
        return cls(Judgement(**row) for row in (kept or {}).get("judgements", []))


# --- Facts --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """What the register says of a school, and as of which day."""

    urn: str
    name: str
    type_code: str
    type_name: str
    type_group: str
    state_funded: str  # yes, no, section41, post16: establishment_rules.csv
    sector: str  # mainstream, special, alternative, post16, independent, other
    status: str  # 1 open, 2 closed, 3 open but proposed to close, 4 proposed to open
    phase: str  # 0 to 7
    low_age: int | None = None
    high_age: int | None = None
    section_41: bool = False
    in_england: bool = True
    opened_on: date | None = None
    closed_on: date | None = None
    authority: str = ""
    register_of: date | None = None
    successors: tuple[tuple[str, str], ...] = ()  # URN and name

    @property
    def ages(self) -> str:
        if self.low_age is None and self.high_age is None:
            return "not known"
        return f"{'?' if self.low_age is None else self.low_age} to {'?' if self.high_age is None else self.high_age}"

    @property
    def source(self) -> str:
        return f"The register of {plain_date(self.register_of)}" if self.register_of else "The register"

    def values(self, *names: str) -> dict[str, Any]:
        """These values as they are kept with a judgement."""
        found: dict[str, Any] = {}
        for name in ("register_of", *names):
            value = getattr(self, name)
            found[name] = value.isoformat() if isinstance(value, date) else value
        return found


@dataclass(frozen=True, slots=True)
class Offer:
    """What an edition asks for, by its published terms."""

    programme: str  # "Secondary Development"
    phase: str
    year: int
    stage: str = ""
    specialist: bool = False
    has_commitments: bool = True
    by_form: bool = True
    once_only: bool = False
    lead_teachers: int = 2
    senior_lead_teachers: int = 0
    lead_role_wanted: str = ""
    must_sign: tuple[str, ...] = ("head", "head_of_department", "lead")

    @property
    def years(self) -> str:
        return str(AcademicYear(self.year))

    @property
    def usual_first_meeting(self) -> date:
        return date(self.year, 9, 30)


@dataclass(frozen=True, slots=True)
class Window:
    """A hub's round for the edition."""

    hub: str
    opens_at: datetime | None = None
    closes_at: datetime | None = None  # the first moment that is too late
    announced: str = ""
    first_meeting_on: date | None = None
    other_areas: str = "yes"  # yes, last, no
    is_full: bool = False


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs as head or as head of department."""

    post: str = ""
    name: str = ""
    email: str = ""

    @property
    def is_named(self) -> bool:
        return bool(self.post and self.name.strip() and self.email.strip())


@dataclass(frozen=True, slots=True)
class People:
    """The people named in a form."""

    leads: tuple[Lead, ...] = ()
    head: Signatory = Signatory()
    head_of_department: Signatory = Signatory()
    leads_elsewhere: tuple[str, ...] = ()  # names that stand in a live form of another school


@dataclass(frozen=True, slots=True)
class Past:
    """A stage on the roll, under this URN or one before it, within the phase."""

    stage: str
    year: int
    state: str  # active, completed, not_completed, withdrawn
    urn: str = ""


@dataclass(frozen=True, slots=True)
class Bid:
    """The facts of one bid, gathered by `facts.bid_of`; without `people` it is a school asking before any form."""

    entry: Entry
    offer: Offer
    window: Window | None
    people: People | None = None
    # Pathway
    history: tuple[Past, ...] = ()
    leads_a_group: str = ""  # "specialist" or "leader" where one works at the school
    # One bid
    rival: str = ""  # the hub that holds another live bid of the school
    is_enrolled: bool = False
    # Hub
    default_hubs: tuple[str, ...] = ()
    hub_reason: str = ""
    hub_unsure: bool = False
    # The form's own times
    saved_at: datetime | None = None
    sent_at: datetime | None = None
    is_live: bool = False
    extended_until: datetime | None = None
    signing_ends_at: datetime | None = None

    @property
    def words(self) -> Words:
        return words(self.offer.phase, sector=self.entry.sector, specialist=self.offer.specialist)

    @property
    def first_meeting_on(self) -> date:
        meeting = self.window.first_meeting_on if self.window else None
        return meeting or self.offer.usual_first_meeting


# --- 1 to 3: what the register says -------------------------------------------------------------------------------


def register_open(entry: Entry, *, first_meeting: date) -> Judgement:
    """Rule 1: on the register and open, or opening by the first meeting."""

    def say(verdict: Verdict, title: str, reason: str, remedy: str = "") -> Judgement:
        facts = entry.values("status", "opened_on", "closed_on") | {"first_meeting": first_meeting.isoformat()}
        return Judgement(Code.REGISTER_OPEN, verdict, title, reason, remedy, facts)

    if entry.status == "1":
        return say(Verdict.PASS, "It is open", f"{entry.source} says that it is open.")
    if entry.status == "3":
        return say(Verdict.PASS, "It is open", f"{entry.source} says that it is open, and proposed to close.")
    if entry.status == "4":
        if entry.opened_on is None:
            return say(
                Verdict.ASK,
                "It is yet to open",
                f"{entry.source} says that it is proposed to open, and not when.",
                f"The hub will ask whether it opens by {long_date(first_meeting)}.",
            )
        if entry.opened_on <= first_meeting:
            return say(
                Verdict.PASS,
                "It opens in time",
                f"It opens on {long_date(entry.opened_on)}, by the first meeting; its place waits until it is open.",
            )
        return say(
            Verdict.FAIL,
            "It opens too late",
            f"It opens on {long_date(entry.opened_on)}, after the first meeting by {long_date(first_meeting)}.",
            "It can apply for the year after.",
        )
    closed = f" since {plain_date(entry.closed_on)}" if entry.closed_on else ""
    remedy = "Look for the school that took its place."
    if entry.successors:
        remedy = (
            f"It was followed by {_and([f'{name} (URN {urn})' for urn, name in entry.successors])}: check that school."
        )
    return say(Verdict.FAIL, "It is closed", f"{entry.source} says that it has been closed{closed}.", remedy)


def state_funded(entry: Entry) -> Judgement:
    """Rule 2: in England and state-funded, by the code of its type; never by its name."""

    def say(verdict: Verdict, title: str, reason: str, remedy: str = "") -> Judgement:
        facts = entry.values("type_code", "type_name", "section_41", "in_england")
        return Judgement(Code.STATE_FUNDED, verdict, title, reason, remedy, facts)

    kind = f"Its type on the register is {_lower(entry.type_name)}"
    if not entry.in_england:
        return say(
            Verdict.FAIL,
            "It is not in England",
            f"{kind}, and it does not lie in England.",
            "Maths Hubs work with schools in England only.",
        )
    if entry.state_funded in ("yes", "post16"):
        reason = f"{kind}, which the state funds."
        if entry.type_group == "Local authority maintained schools" and entry.authority:
            reason = f"{sentence(_a(_lower(entry.type_name)))}, maintained by {entry.authority}."
        elif entry.type_code == "08":
            reason = f"{kind}: run by a charity, its places paid for by local authorities."
        return say(Verdict.PASS, "It is state-funded", reason)
    if entry.state_funded == "section41":
        if entry.section_41:
            return say(
                Verdict.ASK,
                "It is independent, with section 41 approval",
                f"{kind}, with section 41 approval, so the hub decides.",
                "The hub will look at it before it offers a place.",
            )
        return say(
            Verdict.FAIL,
            "It is not state-funded",
            f"{kind}, without section 41 approval.",
            "Ask your hub which of its other events are open to you.",
        )
    return say(
        Verdict.FAIL,
        "It is not state-funded",
        f"{kind}, which the state does not fund.",
        "The programme is paid for state-funded schools. Ask your hub which of its other events are open to you.",
    )


POST_16_REMEDY = "Ask your hub about its programmes for post-16 teachers."
CITY_TECHNOLOGY_COLLEGE = "06"
SECURE_UNIT = "24"
PHASES = {
    "0": "none given",
    "1": "nursery",
    "2": "primary",
    "3": "middle, deemed primary",
    "4": "secondary",
    "5": "middle, deemed secondary",
    "6": "post-16",
    "7": "all-through",
}


def in_phase(entry: Entry, *, phase: str) -> Judgement:
    """Rule 3: in the programme's phase, by type, phase and, where these do not say, statutory ages."""

    def say(verdict: Verdict, title: str, reason: str, remedy: str = "", **more: Any) -> Judgement:
        facts = entry.values("type_code", "phase", "low_age", "high_age") | {"wanted": phase} | more
        return Judgement(Code.PHASE, verdict, title, reason, remedy, facts)

    pupils = f"It teaches {phase} pupils"
    other = f"Look at the programmes for {PRIMARY if phase == SECONDARY else SECONDARY} schools instead."
    stated = PHASES.get(entry.phase, "none given")

    def passing(reason: str) -> Judgement:
        if phase == SECONDARY and entry.low_age is not None and entry.low_age >= 14:
            note = f" Its pupils start at {entry.low_age}, and the programme begins in Key Stage 3."
            return say(Verdict.PASS, pupils, reason + note, starts_late=True)
        return say(Verdict.PASS, pupils, reason)

    def asking(reason: str) -> Judgement:
        return say(Verdict.ASK, f"Does it teach {phase} pupils?", reason, "The hub will ask before it offers a place.")

    def failing(reason: str, remedy: str = other) -> Judgement:
        return say(Verdict.FAIL, f"It does not teach {phase} pupils", reason, remedy)

    def by_age(age: int | None, fits: bool, which: str) -> Judgement:
        if age is None:
            return asking(f"The register does not give its {which} age, which decides.")
        ages = f"Ages on the register: {entry.ages}."
        if fits:
            return passing(ages)
        bound = "no pupils above 11" if phase == SECONDARY else "no pupils below 11"
        return failing(f"Ages on the register: {entry.ages}, so {bound}.")

    if entry.state_funded == "post16" or (entry.state_funded == "yes" and entry.phase == "6"):
        return failing("It teaches post-16 students only.", POST_16_REMEDY)
    if entry.state_funded not in ("yes", "section41"):
        return failing("The programme is for state-funded schools of this phase only.", "")
    if entry.type_code == SECURE_UNIT or entry.sector == "other":
        return asking(f"Its type on the register is {_lower(entry.type_name)}, for which no rule decides.")
    if entry.sector in ("special", "alternative"):
        if phase == SECONDARY:
            return by_age(entry.high_age, (entry.high_age or 0) > 11, "highest")
        return by_age(entry.low_age, (entry.low_age or 0) < 11, "lowest")
    if entry.type_code == CITY_TECHNOLOGY_COLLEGE and phase == SECONDARY and entry.phase == "0":
        return by_age(entry.high_age, (entry.high_age or 0) > 11, "highest")
    own, deemed_other = (("4", "5", "7"), "3") if phase == SECONDARY else (("2", "3", "7"), "5")
    if entry.phase in own:
        return passing(f"Phase on the register: {stated}.")
    if entry.phase == deemed_other:
        if entry.low_age is None or entry.high_age is None:
            return asking(f"It is a middle school ({stated}), and the register does not give both its ages.")
        if entry.low_age < 11 < entry.high_age:
            return asking(f"It is a middle school ({stated}) for ages {entry.ages}, which reach into this phase.")
        return failing(f"It is a middle school ({stated}) for ages {entry.ages}.")
    remedy = "" if entry.phase == "1" else other
    return failing(f"Phase on the register: {stated}.", remedy)


def nearest_phase(entry: Entry) -> str:
    """The phase whose programmes a school is judged against: one that does not rule it out, else the one that its phase
    and ages on the register come nearest to; empty where these fit neither."""
    for phase in (SECONDARY, PRIMARY):
        if not in_phase(entry, phase=phase).fails:
            return phase
    if entry.phase in ("1", "6") or entry.state_funded == "post16":
        return ""
    if entry.phase in ("2", "3"):
        return PRIMARY
    if entry.phase in ("4", "5", "7"):
        return SECONDARY
    if entry.high_age is None:
        return ""
    return PRIMARY if entry.high_age <= 11 else SECONDARY


def in_no_phase(entry: Entry) -> Judgement:
    """Rule 3 for a school whose phase and ages fit no programme's phase."""
    said = in_phase(entry, phase=SECONDARY)
    reason = f"Phase on the register: {PHASES.get(entry.phase, 'none given')}; ages: {entry.ages}."
    remedy = said.remedy if said.remedy == POST_16_REMEDY else ""
    title = "By the register it fits neither the primary nor the secondary programmes"
    return Judgement(Code.PHASE, Verdict.FAIL, title, reason, remedy, said.facts)


def register_verdict(entry: Entry, *, phase: str, first_meeting: date) -> Verdict:
    """What rules 1 to 3 say of a school in one phase, by the register alone."""
    return Judgements(
        [register_open(entry, first_meeting=first_meeting), state_funded(entry), in_phase(entry, phase=phase)]
    ).verdict


def register_verdicts(entry: Entry, *, first_meeting: date) -> dict[str, Verdict]:
    """The same for both phases: `{"secondary": ..., "primary": ...}`."""
    return {phase: register_verdict(entry, phase=phase, first_meeting=first_meeting) for phase in (SECONDARY, PRIMARY)}


# --- 4: the round -------------------------------------------------------------------------------------------------


NOT_OPENED = "The round has not opened"


def last_minute(closes_at: datetime) -> datetime:
    """The minute that people are told: closing times are kept as the first moment that is too late."""
    return closes_at.astimezone(UTC) - MINUTE


def closing(bid: Bid) -> datetime | None:
    """Until when this school may send: the round's closing, or what the hub allowed beyond it."""
    moments = [bid.window.closes_at if bid.window else None, bid.extended_until]
    if bid.sent_at is not None:  # sent in time before: again until its signing deadline
        moments.append(bid.signing_ends_at)
    known = [moment.astimezone(UTC) for moment in moments if moment is not None]
    return max(known) if known else None


def asked_by(bid: Bid, now: datetime) -> datetime | None:
    """By when a school is asked to send: the round's closing or what the hub allowed beyond it; once that has passed,
    for a form sent in time before, the end of its signing."""
    moments = [bid.window.closes_at if bid.window else None, bid.extended_until]
    asked = max((moment.astimezone(UTC) for moment in moments if moment is not None), default=None)
    return asked if asked is not None and now < asked else closing(bid)


def is_in_grace(bid: Bid, now: datetime) -> bool:
    """Whether the form is sent in the half hour after closing, saved in the hour before it."""
    closes, saved = closing(bid), bid.saved_at
    if closes is None or saved is None or bid.is_live:
        return False
    return closes - SAVED_WITHIN <= saved < closes <= now < closes + GRACE


def _round_open(bid: Bid, now: datetime) -> Judgement:
    """Rule 4: opened and not closed, to the end of the closing minute; grace and extensions."""
    window, closes = bid.window, closing(bid)

    def say(verdict: Verdict, title: str, reason: str, remedy: str = "", **more: Any) -> Judgement:
        facts = {
            "hub": window.hub if window else "",
            "opens_at": _iso(window.opens_at) if window else None,
            "closes_at": _iso(closes),
            "judged_at": _iso(now),
        }
        return Judgement(Code.ROUND_OPEN, verdict, title, reason, remedy, facts | more)

    is_open = "A round is open at its hub"
    if bid.is_live and bid.sent_at is not None:
        return say(Verdict.PASS, "It was sent in time", f"It was sent on {long_moment(bid.sent_at)}.")
    if not bid.offer.by_form:
        return say(
            Verdict.FAIL,
            "There is no form for this programme",
            f"Schools join {bid.offer.programme} by continuing from the stage before.",
            "Ask your hub about your school’s next stage.",
        )
    if window is None and not bid.default_hubs:
        return say(
            Verdict.FAIL,
            "We know of no round for it",
            f"We do not know its hub, so we know of no round for {bid.offer.programme} {bid.offer.years}.",
            "Find your hub and ask it, or look at other hubs with an open round.",
        )
    if window is None:
        return say(
            Verdict.FAIL,
            "No round is open at its hub",
            f"{_or(bid.default_hubs)} has announced no round for {bid.offer.programme} {bid.offer.years}.",
            "Ask your hub when it takes expressions of interest, or look at other hubs with an open round.",
        )
    if not bid.offer.has_commitments:
        return say(
            Verdict.FAIL,
            "No round is open yet",
            f"What schools promise in {bid.offer.programme} {bid.offer.years} is not yet set by the national team.",
            "Come back when the information sheet of the programme shows it.",
        )
    if window.opens_at is None or window.closes_at is None:
        when = f"opens {window.announced}" if window.announced else "is announced, and its dates are not set"
        return say(
            Verdict.FAIL,
            NOT_OPENED,
            f"The round of {window.hub} {when}.",
            "Come back then: you can see now whether all else is in order.",
        )
    if now < window.opens_at:
        return say(
            Verdict.FAIL,
            NOT_OPENED,
            f"The round of {window.hub} opens on {long_moment(window.opens_at)}.",
            "Come back then: you can see now whether all else is in order.",
        )
    assert closes is not None  # the round's own closing at least
    if now < closes:
        reason = f"{window.hub} takes expressions of interest until {long_moment(last_minute(closes))}."
        extended = closes > window.closes_at
        if extended:
            reason = f"{window.hub} has given your school until {long_moment(last_minute(closes))}."
        if window.is_full:
            reason += " Its places are all held for now: new forms go in as reserves."
        return say(Verdict.PASS, is_open, reason, extended=extended)
    if is_in_grace(bid, now):
        return say(
            Verdict.PASS,
            "The round has just closed",
            f"It closed on {long_moment(last_minute(closes))}; a form saved in the hour before may still be sent until "
            f"{long_moment(last_minute(closes + GRACE))}.",
            in_grace=True,
        )
    return say(
        Verdict.FAIL,
        "The round has closed",
        f"The round of {window.hub} closed on {long_moment(last_minute(window.closes_at))}."
        + (f" This form could be sent until {long_moment(last_minute(closes))}." if closes > window.closes_at else ""),
        "Ask the hub for more time, or for the date of its next round.",
    )


# --- 5 and 6: the people ------------------------------------------------------------------------------------------


def _lead_teachers(bid: Bid, now: datetime) -> Judgement:
    """Rule 5: as many lead teachers as the edition says, different people, senior where it says so."""
    offer, say_it = bid.offer, bid.words
    title = wanted_people(wanted=offer.lead_teachers, wanted_senior=offer.senior_lead_teachers, words=say_it)
    facts: dict[str, Any] = {"wanted": offer.lead_teachers, "wanted_senior": offer.senior_lead_teachers}
    if bid.people is None:
        reason = "You will be asked for their names." if offer.lead_teachers > 1 else "You will be asked for the name."
        if offer.senior_lead_teachers:
            reason += f" {sentence(say_it.senior_hint)}."
        return Judgement(Code.LEAD_TEACHERS, Verdict.ASK, title, reason, facts=facts, later=True)
    leads = bid.people.leads
    named = [lead for lead in leads if lead.is_named]
    facts |= {"named": len(named), "senior": sum(lead.is_senior for lead in named)}
    objection = lead_teachers_objection(
        leads,
        wanted=offer.lead_teachers,
        wanted_senior=offer.senior_lead_teachers,
        words=say_it,
        role_wanted=offer.lead_role_wanted,
        phase=offer.phase,
        sector=bid.entry.sector,
    )
    if objection is not None:
        return Judgement(
            Code.LEAD_TEACHERS, Verdict(objection.verdict), title, objection.reason, objection.remedy, facts
        )
    reason = f"{_and([lead.name for lead in named])} {'is' if len(named) == 1 else 'are'} named."
    if offer.senior_lead_teachers:
        reason = f"{reason[:-1]}; senior: {_and([lead.name for lead in named if lead.is_senior])}."
    return Judgement(Code.LEAD_TEACHERS, Verdict.PASS, title, reason, facts=facts)


NO_POST = ("vacant", "none")


def _support(bid: Bid, now: datetime) -> Judgement:
    """Rule 6: the head, or a senior leader, and the head of department support it: they sign, two people at least."""
    wants = bid.offer.must_sign
    department = bid.words.head_of_department if "head_of_department" in wants else ""
    backers = _and(["headteacher", *([department] if department else [])])
    title = f"Its {backers} {'support' if department else 'supports'} it"

    def say(verdict: Verdict, reason: str, remedy: str = "", **facts: Any) -> Judgement:
        return Judgement(Code.SUPPORT, verdict, title, reason, remedy, facts)

    if bid.people is None:
        signing = ["the headteacher, or a senior leader who may commit the school"]
        if department:
            signing = [f"{signing[0]},", f"the {department}"]
        reason = f"You will say who signs: {_and(signing)}."
        return Judgement(Code.SUPPORT, Verdict.ASK, title, reason, later=True)
    head, leader = bid.people.head, bid.people.head_of_department
    missing = []
    if "head" in wants and not head.is_named:
        missing.append("headteacher or a senior leader")
    if department and not leader.is_named:
        missing.append(department)
    if missing:
        return say(
            Verdict.FAIL,
            f"Post, name or e-mail address of the {_and(missing)} is missing.",
            "Say who signs there: post, name and e-mail address.",
            missing=missing,
        )
    if department and leader.post in NO_POST and _same(head.email, leader.email):
        return say(
            Verdict.FAIL,
            f"Where there is no {department}, a leader who manages maths signs there, other than the headteacher.",
            "Name the leader who manages maths.",
        )
    signatories = {_address(person.email) for person in (head, leader) if person.is_named}
    if "lead" in wants:
        signatories |= {_address(each.email) for each in bid.people.leads if each.is_named}
    if len(signatories) < 2:
        return say(
            Verdict.FAIL,
            "At least two people must sign, and one address stands for all of them.",
            "Name another person for one of the roles.",
            signatories=len(signatories),
        )
    names = [head.name, *([leader.name] if department and not _same(head.email, leader.email) else [])]
    asked = f"{_and(names)} {'is' if len(names) == 1 else 'are'} asked to sign."
    return say(Verdict.PASS, asked, signing=len(signatories))


# --- 7: the pathway -----------------------------------------------------------------------------------------------

COUNTS = ("completed", "active")


def _pathway(bid: Bid, now: datetime) -> Judgement:
    """Rule 7: the pathway allows the stage within the phase, read through earlier URNs."""
    offer = bid.offer
    taken = [past for past in bid.history if past.year < offer.year and past.stage and past.state in COUNTS]
    facts: dict[str, Any] = {
        "stage": offer.stage,
        "history": [{"stage": p.stage, "year": p.year, "state": p.state, "urn": p.urn} for p in bid.history],
    }

    def say(verdict: Verdict, title: str, reason: str, remedy: str = "", **more: Any) -> Judgement:
        return Judgement(Code.PATHWAY, verdict, title, reason, remedy, facts | more)

    if not offer.stage:
        return say(Verdict.PASS, "No earlier stage is needed", "This programme stands outside the stages.")
    stage = Stage(offer.stage)
    fits = f"{stage.label} is its next stage" if taken else f"It has not taken {stage.label} before"
    steps = [Step(Stage(past.stage), past.year) for past in taken]
    told = _and([f"{Stage(p.stage).label} {AcademicYear(p.year)}" for p in sorted(taken, key=lambda p: p.year)])
    running = [past for past in taken if past.state == "active"]

    if stage in next_stages(steps, year=offer.year):
        if not taken:
            reason = "Nothing on the roll under this URN or those before it."
            if gone := [past for past in bid.history if past.state in ("withdrawn", "not_completed")]:
                last = max(gone, key=lambda past: past.year)
                reason = (
                    f"It did not complete {Stage(last.stage).label} in {AcademicYear(last.year)}, and may apply again."
                )
            return say(Verdict.PASS, fits, reason)
        # The stage rests on what is running only where what is completed would not do.
        settled = [Step(Stage(past.stage), past.year) for past in taken if past.state == "completed"]
        if running and stage not in (next_stages(settled, year=offer.year) if settled else frozenset()):
            last = max(running, key=lambda past: past.year)
            running_now = f"{Stage(last.stage).label} {AcademicYear(last.year)}"
            return say(
                Verdict.PASS,
                fits,
                f"If it completes {running_now}, which its hub confirms when that year ends.",
                condition=f"if you complete {running_now}",
            )
        return say(Verdict.PASS, fits, f"On the roll: {told}.")
    if stage is Stage.DEVELOPMENT and taken:
        if any(past.stage == Stage.DEVELOPMENT for past in taken) and offer.once_only:
            return say(
                Verdict.FAIL,
                "It has taken Development before",
                f"On the roll: {told}. Development can be taken once only.",
                "Look at Sustaining, which stays open to schools that took Development.",
            )
        return say(
            Verdict.ASK,
            "Development again?",
            f"On the roll: {told}.",
            "The hub will ask what is different this time before it offers a place.",
        )
    if stage is Stage.SUSTAINING and bid.leads_a_group:
        if bid.leads_a_group == "specialist":
            return say(Verdict.PASS, "Sustaining is open to it", "A Mastery Specialist works at the school.")
        return say(
            Verdict.ASK,
            "Is Sustaining open to it?",
            "A leader of Work Groups works at the school, and the school has not taken Development.",
            "The hub will decide before it offers a place.",
        )
    if stage is Stage.EMBEDDING and any(step.stage is Stage.DEVELOPMENT for step in steps):
        return say(
            Verdict.FAIL,
            "Embedding follows Development at once",
            f"On the roll: {told}. Embedding is for the year straight after Development.",
            "Sustaining stays open to it: ask your hub.",
        )
    if stage is Stage.READINESS:
        return say(
            Verdict.FAIL,
            "It is past Readiness",
            f"On the roll: {told}.",
            "Look at the stage that follows what your school has taken.",
        )
    return say(
        Verdict.FAIL,
        f"It cannot take {stage.label} yet",
        f"{stage.label} follows Development, and the roll has none under this URN or those before it.",
        "Begin with Development.",
    )


# --- 8: one bid ---------------------------------------------------------------------------------------------------


def _one_bid(bid: Bid, now: datetime) -> Judgement:
    """Rule 8: no second live bid for the edition in any hub, and not already enrolled in it."""

    def say(verdict: Verdict, title: str, reason: str, remedy: str = "", **facts: Any) -> Judgement:
        return Judgement(Code.ONE_BID, verdict, title, reason, remedy, facts)

    edition = f"{bid.offer.programme} {bid.offer.years}"
    if bid.is_enrolled:
        return say(
            Verdict.FAIL,
            "It has a place already",
            f"The school is already on the roll of {edition}.",
            "Ask your hub where a second department of the school would like to take part.",
            enrolled=True,
        )
    if bid.rival:
        return say(
            Verdict.FAIL,
            "It has applied already",
            f"Another expression of interest of this school for {edition} is with {bid.rival}.",
            "Ask in your department who sent it. If a second department of the school would like to take part, ask the "
            "hub.",
            rival=bid.rival,
        )
    if bid.people is not None and bid.people.leads_elsewhere:
        names = bid.people.leads_elsewhere
        return say(
            Verdict.ASK,
            "One of its people is named by another school too",
            f"{_and(names)} {'stands' if len(names) == 1 else 'stand'} in another school’s expression of interest.",
            "The hub will ask where they will teach before it offers a place.",
            leads_elsewhere=len(names),
        )
    return say(
        Verdict.PASS,
        "No other form has been sent",
        f"No other expression of interest of this school for {edition} has been sent. One that a colleague has only "
        "begun does not count.",
    )


# --- 9: the hub ---------------------------------------------------------------------------------------------------


def _hub(bid: Bid, now: datetime) -> Judgement:
    """Rule 9: the default hub, or another with a reason where its round takes schools of other areas."""
    chosen = bid.window.hub if bid.window else ""

    def say(verdict: Verdict, title: str, reason: str, remedy: str = "") -> Judgement:
        facts = {"hub": chosen, "default_hubs": list(bid.default_hubs), "unsure": bid.hub_unsure}
        return Judgement(Code.HUB, verdict, title, reason, remedy, facts)

    area = bid.entry.authority or "its area"
    usual = _or(bid.default_hubs)
    if not chosen:
        if not bid.default_hubs:
            return say(Verdict.PASS, "Its hub", f"Choose a hub: we do not know one for {area}.")
        return say(Verdict.PASS, f"Its hub is {usual}", f"Schools in {area} usually join {usual}.")
    if chosen in bid.default_hubs:
        reason = f"Schools in {area} usually join {usual}."
        if bid.hub_unsure:
            reason += f" You were not sure, so we chose {chosen}: you can change it until you send."
        return say(Verdict.PASS, f"Its hub is {chosen}", reason)
    assert bid.window is not None
    if not bid.default_hubs:
        return say(
            Verdict.ASK,
            f"It chose {chosen}",
            f"We do not know a hub for {area}.",
            "The hub will confirm that it is yours.",
        )
    if bid.window.other_areas == "no":
        return say(
            Verdict.FAIL,
            f"{chosen} takes its own area only",
            f"The round of {chosen} is for schools of its own area; schools in {area} join {usual}.",
            f"Choose {usual}.",
        )
    if bid.people is not None and not bid.hub_reason.strip():
        return say(
            Verdict.FAIL,
            f"It chose {chosen}",
            f"Schools in {area} usually join {usual}, and the reason for another hub is missing.",
            "Say in a line why.",
        )
    late = " It takes schools of its own area first." if bid.window.other_areas == "last" else ""
    return say(Verdict.PASS, f"It chose {chosen}", f"Schools in {area} usually join {usual}, and may choose.{late}")


# --- All of them --------------------------------------------------------------------------------------------------


def _register_open(bid: Bid, now: datetime) -> Judgement:
    return register_open(bid.entry, first_meeting=bid.first_meeting_on)


def _state_funded(bid: Bid, now: datetime) -> Judgement:
    return state_funded(bid.entry)


def _phase(bid: Bid, now: datetime) -> Judgement:
    return in_phase(bid.entry, phase=bid.offer.phase)


CHECKS = (
    _register_open,
    _state_funded,
    _phase,
    _round_open,
    _lead_teachers,
    _support,
    _pathway,
    _one_bid,
    _hub,
)


def judge(bid: Bid, *, now: datetime) -> Judgements:
    """All nine answers, so that a school sees everything that stands in its way at once."""
    return Judgements(check(bid, now) for check in CHECKS)


# --- Words --------------------------------------------------------------------------------------------------------


def _and(parts: Iterable[str]) -> str:
    return _joined(list(parts), "and")


def _or(parts: Iterable[str]) -> str:
    return _joined(list(parts), "or")


def _joined(parts: list[str], word: str) -> str:
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}" if len(parts) > 1 else "".join(parts)


def _lower(name: str) -> str:
    """A type's name within a sentence; Welsh and British keep their capitals."""
    return name if name.startswith(("Welsh", "British")) else name[:1].lower() + name[1:]


def _a(thing: str) -> str:
    return f"{'an' if thing[:1] in 'aeiou' and not thing.startswith('uni') else 'a'} {thing}"


def _address(email: str) -> str:
    return email.strip().casefold()


def _same(one: str, other: str) -> bool:
    return bool(one) and _address(one) == _address(other)


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
