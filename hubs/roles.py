"""Who holds which role at a hub."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, UUIDField, Value

from accounts.models import NationalMembership
from accounts.roles import Held, administers_nationally, keep_national_roles
from hubs.models import Hub, HubMembership, HubRole, Leader

# Who reads a hub's bids: decisions are the lead's alone (applications.policy).
READS_BIDS = (HubRole.LEAD, HubRole.ADMINISTRATOR)
# Who reads the roll of a hub: its schools and their lead teachers.
READS_THE_ROLL = (HubRole.LEAD, HubRole.ADMINISTRATOR, HubRole.TFM_LEAD)


def hub_roles(user: Any) -> frozenset[tuple[UUID, str]]:
    """The (hub id, role) pairs a person holds now; read once and kept on the user object for the request.

    National roles come in the same query and are kept too, so that a menu asks once for both.
    """
    if not user.is_authenticated:
        return frozenset()
    kept: frozenset[tuple[UUID, str]] | None = getattr(user, "_hub_roles", None)
    if kept is None:
        of_hubs = HubMembership.objects.filter(user_id=user.pk, ended_at=None).values_list("hub_id", "role")
        nowhere = Value(None, UUIDField())
        national = NationalMembership.objects.filter(user_id=user.pk, ended_at=None).values_list(nowhere, "role")
        found = list(of_hubs.union(national, all=True))
        kept = frozenset((hub, role) for hub, role in found if hub)
        user._hub_roles = kept
        keep_national_roles(user, {role for hub, role in found if not hub})
    return kept


def holds(user: Any, *roles: HubRole, hub_id: UUID) -> bool:
    """Whether a person holds one of the roles at a hub."""
    return any((hub_id, role.value) in hub_roles(user) for role in roles)


def hubs_where(user: Any, roles: Collection[HubRole]) -> list[UUID]:
    """Ids of the hubs where a person holds one of the roles."""
    wanted = {role.value for role in roles}
    return sorted({hub for hub, role in hub_roles(user) if role in wanted})


DEMAND_A_SECOND_FACTOR = frozenset({HubRole.LEAD, HubRole.ADMINISTRATOR, HubRole.TFM_LEAD, HubRole.FINANCE})


def demand_a_second_factor(user: Any) -> bool:
    """Whether a person works for a hub in a role that demands a second factor: security 2.1. A group leader's does."""
    return any(role in DEMAND_A_SECOND_FACTOR for _, role in hub_roles(user)) or (
        user.is_authenticated and Leader.objects.active().filter(user=user).exists()
    )


def held_at_hubs(user: Any) -> list[Held]:
    """The roles of a person at hubs, as their own page shows them."""
    roles = HubMembership.objects.filter(user=user, ended_at=None).select_related("hub").order_by("hub__name", "role")
    leads = Leader.objects.active().filter(user=user).select_related("hub").order_by("hub__name", "pk")
    return [
        *(Held(role.get_role_display(), role.hub.name) for role in roles),
        *(Held("Mastery Specialist" if leader.cohort else "Group leader", leader.hub.name) for leader in leads),
    ]


def hubs_of(user: Any) -> list[UUID]:
    """Ids of the hubs where a person holds any role."""
    return hubs_where(user, tuple(HubRole))


def hubs_whose_bids(user: Any) -> list[UUID]:
    return hubs_where(user, READS_BIDS)


def hubs_whose_roll(user: Any) -> list[UUID]:
    return hubs_where(user, READS_THE_ROLL)


def with_a_roll_for(user: Any) -> QuerySet[Hub]:
    """The hubs whose roll a person reads: all of them for a national administrator."""
    return Hub.objects.filter(Q(pk__in=hubs_whose_roll(user)) | administers_nationally(user))
