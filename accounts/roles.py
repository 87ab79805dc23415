"""National roles, and every role a person holds anywhere, read once a request."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Q

from accounts.models import NationalMembership, NationalRole
from core.doors import predicate


def national_roles(user: Any) -> frozenset[str]:
    """The national roles a person holds now; read once and kept on the user object for the request."""
    if not user.is_authenticated:
        return frozenset()
    kept: frozenset[str] | None = getattr(user, "_national_roles", None)
    if kept is None:
        kept = keep_national_roles(user, user.national_roles.filter(ended_at=None).values_list("role", flat=True))
    return kept


def keep_national_roles(user: Any, roles: Iterable[str]) -> frozenset[str]:
    """Keep on the user object, for the request, the national roles that were read."""
    kept = frozenset(roles)
    user._national_roles = kept
    return kept


@predicate
def is_national_administrator(user: Any, thing: Any) -> bool:
    return NationalRole.ADMINISTRATOR in national_roles(user)


@predicate
def is_national_analyst(user: Any, thing: Any) -> bool:
    return NationalRole.ANALYST in national_roles(user)


def administers_nationally(user: Any) -> Q:
    """Whether a person is a national administrator, as a condition of a query: `visible_to` asks nothing beside it."""
    held = NationalMembership.objects.filter(user_id=user.pk, role=NationalRole.ADMINISTRATOR, ended_at=None)
    return Q(Exists(held))


@dataclass(frozen=True, slots=True)
class Held:
    """One role as a person's own page shows it: what, and where (blank: everywhere)."""

    label: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where else roles are held: `held(user)` names them, `demand_a_second_factor(user)` asks those held now."""

    held: Callable[[Any], Iterable[Held]]
    demand_a_second_factor: Callable[[Any], bool]


_SOURCES: list[Source] = []


def register_roles(source: Source) -> None:
    """Called by the `apps.ready()` of each room that has roles."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def roles_held(user: Any) -> list[Held]:
    """Every role a person holds now, in all rooms."""
    national = [Held(NationalRole(role).label) for role in sorted(national_roles(user))]
    return [*national, *(held for source in _SOURCES for held in source.held(user))]


def needs_second_factor(user: Any) -> bool:
    """Whether one of the roles held demands a second factor: security 2.1. Every national role does."""
    return bool(national_roles(user)) or any(source.demand_a_second_factor(user) for source in _SOURCES)
