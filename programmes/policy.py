"""Who may read the roll: the schools that have a place, and their lead teachers."""

from __future__ import annotations

from typing import Any

from accounts.roles import is_national_administrator
from core.doors import predicate
from hubs.roles import READS_THE_ROLL, holds, hubs_whose_roll


@predicate
def works_with_its_schools(user: Any, hub: Any) -> bool:
    return holds(user, *READS_THE_ROLL, hub_id=hub.pk)


@predicate
def works_with_the_schools_of_a_hub(user: Any, thing: Any) -> bool:
    return bool(hubs_whose_roll(user))


MAY = {
    "programmes.see_rolls": works_with_the_schools_of_a_hub | is_national_administrator,
    "programmes.see_roll": works_with_its_schools | is_national_administrator,
}
