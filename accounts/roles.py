"""National roles, and every role a person holds anywhere, read once a request."""

from __future__ import annotations

from typing import Any

from accounts.models import NationalRole
from core.doors import predicate


def national_roles(user: Any) -> frozenset[str]:
    """The national roles a person holds now; read once and kept on the user object for the request."""
    if not user.is_authenticated:
        return frozenset()
    kept: frozenset[str] | None = getattr(user, "_national_roles", None)
    if kept is None:
        kept = frozenset(user.national_roles.filter(ended_at=None).values_list("role", flat=True))
        user._national_roles = kept
    return kept


@predicate
def is_national_administrator(user: Any, thing: Any) -> bool:
    return NationalRole.ADMINISTRATOR in national_roles(user)


@predicate
def is_national_analyst(user: Any, thing: Any) -> bool:
    return NationalRole.ANALYST in national_roles(user)
