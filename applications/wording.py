"""What people and things are called, which follows the phase of the programme and the kind of school."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hubs.models import Phase
from schools.models import EstablishmentType

_NO_DEPARTMENTS = (EstablishmentType.Sector.SPECIAL, EstablishmentType.Sector.ALTERNATIVE)


@dataclass(frozen=True, slots=True)
class Wording:
    """Words in lower case as they stand inside a sentence, save names of roles that are written with capitals."""

    lead: str  # "Mastery Advocate" or "lead participant"
    leads: str
    head: str
    head_of_department: str  # "head of department" or "maths lead"
    department: str  # what the statement speaks for: "department" or "school"
    is_primary: bool

    @property
    def lead_title(self) -> str:
        return self.lead[0].upper() + self.lead[1:]

    @property
    def leads_title(self) -> str:
        return self.leads[0].upper() + self.leads[1:]

    @property
    def head_of_department_title(self) -> str:
        return self.head_of_department[0].upper() + self.head_of_department[1:]

    def post(self, post: str, label: str) -> str:
        """The label of a post, in this school's words."""
        if self.head_of_department == "head of department":
            return label
        return label.replace("Acting head of department", "Acting maths lead").replace(
            "Head of department", "Maths lead"
        )

    def role(self, role: str) -> str:
        """The role in which somebody signs, in this school's words, as it stands inside a sentence."""
        return {"head": self.head, "head_of_department": self.head_of_department, "lead": self.lead}[role]


def wording_of(programme: Any, school: Any) -> Wording:
    """The words for a programme at a school; the school's type must be loaded."""
    primary = programme.phase == Phase.PRIMARY
    specialist = programme.kind == "specialist"
    maths_lead = primary or school.type.sector in _NO_DEPARTMENTS
    lead, leads = ("lead participant", "lead participants") if primary else ("Mastery Advocate", "Mastery Advocates")
    if specialist:
        lead, leads = "teacher", "teachers"
    return Wording(
        lead=lead,
        leads=leads,
        head="headteacher",
        head_of_department="maths lead" if maths_lead else "head of department",
        department="school" if maths_lead else "department",
        is_primary=primary,
    )
