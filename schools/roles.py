"""Who holds which role at a school."""

from __future__ import annotations

from typing import Any

from accounts.roles import Held
from schools.models import SchoolMembership, SchoolRole


def school_roles(user: Any) -> frozenset[tuple[str, str]]:
    """The (URN, role) pairs a person holds now; read once and kept on the user object for the request."""
    if not user.is_authenticated:
        return frozenset()
    kept: frozenset[tuple[str, str]] | None = getattr(user, "_school_roles", None)
    if kept is None:
        kept = frozenset(
            SchoolMembership.objects.filter(user_id=user.pk, ended_at=None).values_list("school_id", "role")
        )
        user._school_roles = kept
    return kept


def holds_at(user: Any, role: SchoolRole, urn: str) -> bool:
    return (urn, role.value) in school_roles(user)


def held_at_schools(user: Any) -> list[Held]:
    """The roles of a person at schools, as their own page shows them."""
    held = SchoolMembership.objects.filter(user=user, ended_at=None).select_related("school")
    return [Held(role.get_role_display(), role.school.name) for role in held.order_by("school__name", "role")]


def coordinated_by(user: Any) -> list[str]:
    """URNs of the schools that a person coordinates."""
    return sorted(urn for urn, role in school_roles(user) if role == SchoolRole.COORDINATOR)


def schools_of(user: Any) -> list[str]:
    """URNs of the schools where a person holds any role."""
    return sorted({urn for urn, _ in school_roles(user)})


def led_by(user: Any) -> list[str]:
    """URNs of the schools whose head, or head of the maths department, a person is."""
    leads = (SchoolRole.HEAD, SchoolRole.HEAD_OF_DEPARTMENT)
    return sorted({urn for urn, role in school_roles(user) if role in leads})
