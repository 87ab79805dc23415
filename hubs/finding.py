"""Which hub is whose: by a school, a postcode, an authority or the hub's own name."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

from hubs.models import Hub
from hubs.services import default_hubs_of_many, hubs_of_authorities
from schools import search
from schools.folding import fold, full_postcode
from schools.models import LocalAuthority, School, Status

SCHOOLS_SHOWN = 10
_DISTRICT = re.compile(r"^[A-Z]{1,2}[0-9][0-9A-Z]?$")


@dataclass(frozen=True)
class Found:
    """One answer: what was asked about, the hubs that serve it, and how we know."""

    what: str
    hubs: list[Hub]
    how: str
    school: School | None = None


def authorities() -> list[LocalAuthority]:
    """The authorities of today, by name, for a list to choose from."""
    return list(LocalAuthority.objects.filter(valid_to=None).exclude(gss_code="").order_by("name"))


def of_authority(authority: LocalAuthority, today: date) -> Found:
    """The hubs of one authority on a day."""
    hubs = hubs_of_authorities([authority.pk], today)[authority.pk]
    return Found(authority.name, hubs, "")


def find(question: str, today: date) -> list[Found]:
    """Answers to what somebody typed, the surest first; nothing when nothing fits. At most twelve queries."""
    question = question.replace("\x00", " ").strip()[: search.LONGEST]
    if not question:
        return []
    if district := _district(question):
        schools = search.find(question, SCHOOLS_SHOWN) if full_postcode(question) else []
        exact = [school for school in schools if school.postcode == full_postcode(question)]
        return [*_of_schools(exact, today), *_of_postcode(question, district, today)]
    wanted = fold(question)
    named = [hub for hub in Hub.objects.all() if wanted in _names(hub)]
    found = [Found(hub.name, [hub], "") for hub in named]
    for authority in authorities():
        name = fold(authority.name)
        if wanted == name or (len(wanted) >= 4 and f" {name} ".find(f" {wanted} ") == 0):
            found.append(of_authority(authority, today))
    return [*found, *_of_schools(search.find(question, SCHOOLS_SHOWN), today)]


def _names(hub: Hub) -> set[str]:
    return {fold(hub.name), fold(hub.name.removesuffix(" Maths Hub")), fold(hub.short_name)}


def _district(text: str) -> str:
    """The first half of a postcode, whole or half; empty for anything else."""
    if whole := full_postcode(text):
        return whole.split()[0]
    plain = text.replace(" ", "").upper()
    return plain if _DISTRICT.match(plain) else ""


def _of_schools(schools: list[School], today: date) -> list[Found]:
    hubs = default_hubs_of_many(schools, today) if schools else {}
    return [Found(school.name, hubs[school.pk], "", school) for school in schools]


def _of_postcode(question: str, district: str, today: date) -> list[Found]:
    """By the authorities of the open schools nearby: the same postcode, else the same sector, else the district."""
    whole = full_postcode(question)
    near = list(
        School.objects.filter(postcode__startswith=f"{district} ", in_england=True)
        .exclude(status=Status.CLOSED)
        .values_list("postcode", "la")
    )
    parts = [whole, whole[:-2], f"{district} "] if whole else [f"{district} "]
    for part in parts:
        if counted := Counter(la for postcode, la in near if postcode.startswith(part)):
            break
    else:
        return []
    served = hubs_of_authorities(counted, today)
    names = LocalAuthority.objects.in_bulk(counted)
    said = whole if part == whole else part.strip()
    return [
        Found(
            f"{question.upper()}, {names[la].name}" if len(counted) > 1 else question.upper(),
            served[la],
            f"{'Schools' if len(counted) == 1 else f'{number} of the schools'} in {said} are in {names[la].name}.",
        )
        for la, number in counted.most_common(3)
    ]
