"""What is done to hubs and their people, and which hub is a school's."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from accounts.services import end_sessions_of
from core.audit.log import record
from hubs.models import Hub, HubArea, HubMembership, HubRole, HubSchool, Leader, Phase
from schools.models import LocalAuthority, School

REFERENCE = Path(__file__).parent / "reference"


class UnknownAuthority(Exception):
    """The hubs' file names an authority that is not in the reference: load the schools' reference first."""


@transaction.atomic
def load_reference() -> dict[str, int]:
    """Make the hubs of `maths_hubs.csv` that are not there yet, each with its areas; returns how many stand.

    The file is start data for an administrator to correct: a hub that exists is left as it is.
    """
    codes = dict(LocalAuthority.objects.filter(valid_to=None).exclude(gss_code="").values_list("name", "code"))
    there = set(Hub.objects.values_list("slug", flat=True))
    with (REFERENCE / "maths_hubs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        slug = slugify(row["name"].removesuffix(" Maths Hub"))
        if slug in there:
            continue
        hub = Hub.objects.create(
            slug=slug,
            name=row["name"],
            short_name=row["short_name"],
            region=row["region"],
            # Who led in 2014 may not lead today, and is not told.
            lead_school="" if row["lead_school"].endswith("(2014)") else row["lead_school"],
            area_source=". ".join(filter(None, [row["source"], row["as_of"], row["confidence"], row["notes"]])),
        )
        HubArea.objects.bulk_create(
            [
                HubArea(hub=hub, la_id=_code(codes, name), part=name.endswith(" (part)"), confirmed=confirmed)
                for column, confirmed in (("local_authorities", True), ("local_authorities_unverified", False))
                for name in filter(None, row[column].split(";"))
            ]
        )
    return {"hubs": Hub.objects.count(), "areas": HubArea.objects.count()}


def _code(codes: dict[str, str], name: str) -> str:
    try:
        return codes[name.removesuffix(" (part)")]
    except KeyError:
        raise UnknownAuthority(
            f"{name} is no local authority of the reference: load_reference_schools first."
        ) from None


def hubs_of_authorities(codes: Iterable[str], today: date) -> dict[str, list[Hub]]:
    """The hubs of each authority on a day, by name; an old code answers with the hubs of those who took it over.

    Two queries, however many codes.
    """
    wanted = set(codes)
    heirs = {
        code: [c for c in successors.split(";") if c]
        for code, successors in LocalAuthority.objects.filter(pk__in=wanted).values_list("code", "successors")
    }
    of_one = {code: [code, *heirs.get(code, [])] for code in wanted}
    served: dict[str, list[Hub]] = {}
    asked = {code for several in of_one.values() for code in several}
    for area in HubArea.objects.on(today).filter(la__in=asked).select_related("hub").order_by("hub__name"):
        served.setdefault(area.la_id, []).append(area.hub)
    found: dict[str, list[Hub]] = {}
    for code, several in of_one.items():
        hubs = {hub.pk: hub for each in several for hub in served.get(each, [])}
        found[code] = sorted(hubs.values(), key=lambda hub: hub.name)
    return found


def default_hubs(school: School, today: date) -> list[Hub]:
    """The hub set for the school, else the hub or hubs of its authority, side by side; none where none is known."""
    return default_hubs_of_many([school], today)[school.pk]


def default_hubs_of_many(schools: Sequence[School], today: date) -> dict[str, list[Hub]]:
    """`default_hubs` of many schools, by URN, in three queries."""
    own = {
        row.school_id: row.hub
        for row in HubSchool.objects.filter(school__in=[school.pk for school in schools]).select_related("hub")
    }
    rest = [school for school in schools if school.pk not in own]
    areas = hubs_of_authorities({school.la_id for school in rest}, today) if rest else {}
    return {school.pk: [own[school.pk]] if school.pk in own else areas.get(school.la_id, []) for school in schools}


@transaction.atomic
def settle_hub(*, school: School, hub: Hub, by: Any, now: datetime) -> HubSchool:
    """Set the hub of one school, where its area alone does not say."""
    before = HubSchool.objects.select_for_update().filter(school=school).values_list("hub_id", flat=True).first()
    settled, _ = HubSchool.objects.update_or_create(school=school, defaults={"hub": hub, "set_at": now, "set_by": by})
    if before != hub.pk:
        record(
            "hub.school_settled", settled, by=by, at=now, scope=hub.pk, before={"hub": before}, after={"hub": hub.pk}
        )
    return settled


@transaction.atomic
def appoint(*, hub: Hub, user: Any, role: HubRole, by: Any, now: datetime) -> HubMembership:
    """Give a person a role at a hub; who holds it already keeps the row they have."""
    membership, new = HubMembership.objects.get_or_create(
        hub=hub, user=user, role=HubRole(role), ended_at=None, defaults={"since": now}
    )
    if new:
        record("hub.role_given", membership, by=by, at=now, scope=hub.pk, after={"role": role, "user": user.pk})
        end_sessions_of(user, but=by)
        user.__dict__.pop("_hub_roles", None)  # read once a request: what this request shows next must be true
    return membership


@transaction.atomic
def end_role(*, membership_id: UUID, by: Any, now: datetime) -> bool:
    """End a role at a hub; False when it had ended already."""
    if not HubMembership.objects.filter(pk=membership_id, ended_at=None).update(ended_at=now):
        return False
    membership = HubMembership.objects.select_related("user").get(pk=membership_id)
    record("hub.role_ended", membership, by=by, at=now, scope=membership.hub_id)
    end_sessions_of(membership.user, but=by)
    return True


@transaction.atomic
def accredit(
    *,
    hub: Hub,
    name: str,
    email: str,
    phase: Phase,
    by: Any,
    today: date,
    now: datetime,
    cohort: int | None = None,
    school: School | None = None,
    user: Any = None,
    capacity: int = 2,
) -> Leader:
    """Add a leader of Work Groups: a specialist when a training cohort is given, another LLME when not."""
    leader = Leader.objects.create(
        hub=hub,
        name=name.strip(),
        email=email.strip().casefold(),
        phase=Phase(phase),
        cohort=cohort,
        school=school,
        user=user,
        capacity=capacity,
        accredited_on=today,
    )
    record("hub.leader_accredited", leader, by=by, at=now, scope=hub.pk, after={"phase": phase, "cohort": cohort})
    return leader


@transaction.atomic
def stand_down(*, leader_id: UUID, by: Any, today: date, now: datetime) -> bool:
    """A leader leads no further groups from today; False when they had stood down already."""
    if not Leader.objects.filter(pk=leader_id, stood_down_on=None).update(stood_down_on=today):
        return False
    leader = Leader.objects.get(pk=leader_id)
    record("hub.leader_stood_down", leader, by=by, at=now, scope=leader.hub_id)
    return True
