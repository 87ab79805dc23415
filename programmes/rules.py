"""The rule on people: how many lead teachers, who is senior, and what they are called in each phase."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

PRIMARY, SECONDARY = "primary", "secondary"
FAIL, ASK = "fail", "ask"


# --- Words that follow the phase ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """How the people of a programme are called in the school that reads it."""

    lead: str
    leads: str
    head_of_department: str
    department: str  # where maths is led
    senior_hint: str  # who would count as senior; empty where nobody must be


_SECONDARY = Words(
    lead="Mastery Advocate",
    leads="Mastery Advocates",
    head_of_department="head of department",
    department="maths department",
    senior_hint="a head of department, second in department or Key Stage lead would do",
)
_SPECIAL = Words(
    lead="Mastery Advocate",
    leads="Mastery Advocates",
    head_of_department="maths lead",
    department="maths team",
    senior_hint="a maths lead or Key Stage lead would do",
)
_PRIMARY = Words(
    lead="lead participant",
    leads="lead participants",
    head_of_department="maths lead",
    department="school",
    senior_hint="the maths lead would do",
)
_TEACHER = Words(
    lead="teacher",
    leads="teachers",
    head_of_department="maths lead",
    department="school",
    senior_hint="",
)


def words(phase: str, *, sector: str = "mainstream", specialist: bool = False) -> Words:
    """The words of a phase; special schools and alternative provision say maths lead for head of department."""
    if specialist:
        return _TEACHER
    if phase == PRIMARY:
        return _PRIMARY
    return _SPECIAL if sector in ("special", "alternative") else _SECONDARY


COUNTED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def counted(number: int) -> str:
    """A number as it stands in a sentence: below ten in words."""
    return COUNTED[number] if 0 <= number < 10 else str(number)


def sentence(text: str) -> str:
    """The text with a capital, the rest as it is."""
    return text[:1].upper() + text[1:]


def ncp_code(text: str) -> str:
    """A programme's code as the portal keeps it: `24-12`, `NCP 24-12` and `ncp24-12` are all NCP24-12; empty stays so.

    Raises ValueError, worded for the reader, for anything else.
    """
    if not text.strip():
        return ""
    found = re.fullmatch(r"(?:NCP)?\s*(\d\d)\s*[-–]\s*(\d{1,2})\s*([a-z]?)", text.strip(), flags=re.IGNORECASE)
    if found is None:
        raise ValueError("Enter the code like NCP27-12")
    year, number, letter = found.groups()
    return f"NCP{year}-{int(number):02d}{letter.lower()}"


# --- Roles of lead teachers ---------------------------------------------------------------------------------------


class LeadRole(StrEnum):
    """The role or responsibility of a lead teacher, as chosen in a form."""

    HEAD_OF_DEPARTMENT = "head_of_department"
    SECOND_IN_DEPARTMENT = "second_in_department"
    KEY_STAGE_3_LEAD = "key_stage_3_lead"
    KEY_STAGE_4_LEAD = "key_stage_4_lead"
    LEAD_PRACTITIONER = "lead_practitioner"
    MATHS_LEAD = "maths_lead"
    SENIOR_LEADER = "senior_leader"
    PHASE_LEAD = "phase_lead"
    TEACHER = "teacher"
    EARLY_CAREER = "early_career"
    OTHER = "other"


_LABELS = {
    LeadRole.HEAD_OF_DEPARTMENT: "Head of department",
    LeadRole.SECOND_IN_DEPARTMENT: "Second in department",
    LeadRole.KEY_STAGE_3_LEAD: "Key Stage 3 lead",
    LeadRole.KEY_STAGE_4_LEAD: "Key Stage 4 lead",
    LeadRole.LEAD_PRACTITIONER: "Lead practitioner in maths",
    LeadRole.MATHS_LEAD: "Maths lead",
    LeadRole.SENIOR_LEADER: "Deputy or assistant headteacher",
    LeadRole.PHASE_LEAD: "Year or phase lead",
    LeadRole.TEACHER: "Teacher of maths",
    LeadRole.EARLY_CAREER: "Early career teacher",
    LeadRole.OTHER: "Another role",
}
_OFFERED = {
    SECONDARY: (
        LeadRole.HEAD_OF_DEPARTMENT,
        LeadRole.SECOND_IN_DEPARTMENT,
        LeadRole.KEY_STAGE_3_LEAD,
        LeadRole.KEY_STAGE_4_LEAD,
        LeadRole.LEAD_PRACTITIONER,
        LeadRole.TEACHER,
        LeadRole.EARLY_CAREER,
        LeadRole.OTHER,
    ),
    PRIMARY: (
        LeadRole.MATHS_LEAD,
        LeadRole.SENIOR_LEADER,
        LeadRole.PHASE_LEAD,
        LeadRole.TEACHER,
        LeadRole.EARLY_CAREER,
        LeadRole.OTHER,
    ),
}
# Senior by the role alone, so that the plain question is not asked.
SENIOR_BY_ROLE = frozenset({LeadRole.HEAD_OF_DEPARTMENT})
# A role that a "senior: yes" contradicts: somebody has to look.
JUNIOR = frozenset({LeadRole.EARLY_CAREER})
_JUNIOR_WORDS = re.compile(
    r"\b(ect\s*\d?|ects|nqt|early[ -]career|newly[ -]qualified|trainee|student teacher|teaching assistant|"
    r"cover supervisor)\b",
    flags=re.IGNORECASE,
)


def role_label(role: str, phase: str, *, sector: str = "mainstream") -> str:
    """How a role is written for a phase and sector; empty for an unknown one."""
    try:
        chosen = LeadRole(role)
    except ValueError:
        return ""
    if chosen is LeadRole.HEAD_OF_DEPARTMENT:
        return sentence(words(phase, sector=sector).head_of_department)
    if chosen is LeadRole.TEACHER and phase == PRIMARY:
        return "Class teacher"
    return _LABELS[chosen]


def lead_roles(phase: str, *, sector: str = "mainstream") -> list[tuple[str, str]]:
    """The roles to choose from, as (code, label)."""
    return [(role.value, role_label(role, phase, sector=sector)) for role in _OFFERED[phase]]


@dataclass(frozen=True, slots=True)
class Lead:
    """A lead teacher as named in a form or seated on the roll."""

    name: str = ""
    email: str = ""
    role: str = ""  # LeadRole
    role_text: str = ""  # in their own words
    senior: bool | None = None  # the answer to the plain question
    trn_hash: str = ""

    @property
    def is_named(self) -> bool:
        return bool(self.name.strip() and self.email.strip())

    @property
    def is_senior(self) -> bool:
        return self.is_named and (self.role in SENIOR_BY_ROLE or self.senior is True)

    @property
    def is_doubtful(self) -> bool:
        """Senior by their own answer, which their role contradicts."""
        junior = self.role in JUNIOR or (self.role not in SENIOR_BY_ROLE and bool(_JUNIOR_WORDS.search(self.role_text)))
        return self.is_senior and junior


def senior_is_asked(role: str, *, wanted_senior: int) -> bool:
    """Whether the plain question is put to a lead teacher of this role."""
    return wanted_senior > 0 and role not in SENIOR_BY_ROLE


# --- The judgement ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Objection:
    """What stands against the people named: a fail or an ask, why, and what can be done about it."""

    verdict: str
    reason: str
    remedy: str


def wanted_people(*, wanted: int, wanted_senior: int, words: Words) -> str:
    """The rule as a heading: two Mastery Advocates, one of them senior."""
    text = f"{counted(wanted)} {words.lead if wanted == 1 else words.leads}"
    return sentence(f"{text}, {counted(wanted_senior)} of them senior" if wanted_senior else text)


def lead_teachers_objection(
    leads: Sequence[Lead],
    *,
    wanted: int,
    wanted_senior: int,
    words: Words,
    role_wanted: str = "",
    phase: str = SECONDARY,
    sector: str = "mainstream",
) -> Objection | None:
    """What stands against these lead teachers, or nothing.

    Nobody is ever objected to for being new, part-time, employed elsewhere or no specialist in maths.
    """
    named = [lead for lead in leads if lead.is_named]
    if len(named) < wanted:
        missing = wanted - len(named)
        one = words.lead if missing == 1 else words.leads
        return Objection(
            FAIL,
            f"{sentence(counted(len(named)))} of {counted(wanted)} {words.leads if wanted > 1 else words.lead} "
            f"{'is' if len(named) == 1 else 'are'} named.",
            f"Name {counted(missing)} more {one}, each with an e-mail address of their own.",
        )
    if len({lead.email.strip().casefold() for lead in named}) < len(named):
        return Objection(
            FAIL,
            f"The {words.leads} are different people, so each has an e-mail address of their own.",
            "Change one of the two addresses.",
        )
    known = [lead.trn_hash for lead in named if lead.trn_hash]
    if len(set(known)) < len(known):
        return Objection(
            FAIL,
            f"The {words.leads} are different people, but the same teacher reference number stands with both.",
            "Correct one of the two numbers.",
        )
    if any(not lead.role for lead in named):
        nameless = next(lead for lead in named if not lead.role)
        return Objection(FAIL, f"The role of {nameless.name} is missing.", f"Choose the role of {nameless.name}.")
    senior = [lead for lead in named if lead.is_senior]
    if len(senior) < wanted_senior:
        return Objection(
            FAIL,
            f"{sentence(counted(wanted_senior))} of the {words.leads} must be an experienced teacher with substantial "
            f"responsibility in the {words.department} and the authority to make change happen.",
            f"Name such a teacher as one of the {counted(wanted)}: {words.senior_hint}.",
        )
    if len([lead for lead in senior if not lead.is_doubtful]) < wanted_senior:
        doubtful = next(lead for lead in senior if lead.is_doubtful)
        role = role_label(doubtful.role, phase, sector=sector).lower()
        if doubtful.role_text and doubtful.role not in JUNIOR:
            role = doubtful.role_text
        return Objection(
            ASK,
            f"{doubtful.name} is named as senior, and their role is {role}.",
            "The hub will ask about it before it offers a place. "
            f"Otherwise name someone else as senior: {words.senior_hint}.",
        )
    if role_wanted and not any(lead.role == role_wanted for lead in named):
        wanted_label = role_label(role_wanted, phase, sector=sector).lower()
        return Objection(
            ASK,
            f"One of the {words.leads} should be the {wanted_label}, and neither of those named is.",
            f"Name the {wanted_label} as one of the {counted(wanted)}, or leave it to the hub to decide.",
        )
    return None


@dataclass(frozen=True, slots=True)
class Meter:
    """Where the rule on people stands while names are typed."""

    named: int
    wanted: int
    senior: int
    wanted_senior: int
    text: str

    @property
    def is_full(self) -> bool:
        return self.named >= self.wanted and self.senior >= self.wanted_senior


def meter(leads: Sequence[Lead], *, wanted: int, wanted_senior: int, words: Words) -> Meter:
    """The small meter: "Both Mastery Advocates are named, and Amira Khan is senior"; its last stop is the page's."""
    named = min(sum(lead.is_named for lead in leads), wanted)
    senior = [lead for lead in leads if lead.is_senior]
    if not named:
        text = f"No {words.lead} is named yet"
    elif named < wanted:
        text = f"{sentence(counted(named))} of {counted(wanted)} {words.leads} is named"
    else:
        text = f"Both {words.leads} are named" if wanted == 2 else f"The {words.lead} is named"
    if wanted_senior and senior:
        text += f", and {' and '.join(lead.name for lead in senior[:2])} {'is' if len(senior) == 1 else 'are'} senior"
    elif wanted_senior:
        text += f". {'Nobody among them is' if named == wanted else 'One has to be'} senior: {words.senior_hint}"
    return Meter(named, wanted, len(senior), wanted_senior, text)
