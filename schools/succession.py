"""One school under several numbers: who went before it and who came after, by the register's links."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db import connection

from schools.models import Succession

# Longer chains than this are a fault in the links: a school that changes its number every other year since 2002.
DEEPEST = 12
_AT_ONCE = 300


@dataclass(frozen=True)
class Family:
    """The numbers of schools whose history is this one's, and of those that went on from it; the nearest first."""

    predecessors: list[str] = field(default_factory=list)
    successors: list[str] = field(default_factory=list)


def family(urn: str) -> Family:
    """All that went before a school and all that came after, however many steps away. Two queries."""
    return family_of_many([urn])[urn]


def family_of_many(urns: Collection[str]) -> dict[str, Family]:
    """`family` of each of many schools, in two queries (more only above 300 schools). Cycles in the links end."""
    wanted = list(dict.fromkeys(urns))
    before, after = _walk(wanted, "newer", "older"), _walk(wanted, "older", "newer")
    return {urn: Family(before.get(urn, []), after.get(urn, [])) for urn in wanted}


def _walk(urns: Sequence[str], here: str, there: str) -> dict[str, list[str]]:
    """The schools reached from each by going from `here` to `there` along the links, the nearest first."""
    table = Succession._meta.db_table
    found: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        for start in range(0, len(urns), _AT_ONCE):
            seeds = urns[start : start + _AT_ONCE]
            marks = ", ".join(["%s"] * len(seeds))
            cursor.execute(
                f"WITH RECURSIVE walk(seed, urn, steps) AS ("  # noqa: S608  (names of our own; values are parameters)
                f"SELECT {here}, {there}, 1 FROM {table} WHERE {here} IN ({marks}) UNION "
                f"SELECT walk.seed, s.{there}, walk.steps + 1 FROM walk JOIN {table} s ON s.{here} = walk.urn "
                f"WHERE walk.steps < {DEEPEST}) SELECT seed, urn, MIN(steps) FROM walk GROUP BY seed, urn",
                seeds,
            )
            for seed, urn, steps in cursor.fetchall():
                if urn and urn != seed:
                    found.setdefault(seed, {})[urn] = steps
    return {seed: sorted(reached, key=lambda urn: (reached[urn], urn)) for seed, reached in found.items()}
