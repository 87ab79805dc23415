"""Who may read what of a hub beside its public pages."""

from __future__ import annotations

from typing import Any

from core.doors import predicate
from hubs.roles import hub_roles


@predicate
def works_at_a_hub(user: Any, thing: Any) -> bool:
    return bool(hub_roles(user))


MAY = {
    "hubs.see_own": works_at_a_hub,
}
