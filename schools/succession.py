"""One school under several numbers: who went before it and who came after, by the register's links."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db import connection

from schools.models import School, Succession

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


@dataclass(frozen=True)
class Relative:
    """A school that went before or came after, as far as it is known here: `school` is None when it is in no file."""

    urn: str
    name: str
    school: School | None

    @property
    def is_open(self) -> bool:
        return self.school is not None and not self.school.is_closed


def relatives_of_many(schools: Collection[School]) -> dict[str, tuple[list[Relative], list[Relative]]]:
    """(who went before, who came after) of each school, the nearest first, with their names. Four queries."""
    families = family_of_many([school.pk for school in schools])
    wanted = {urn for one in families.values() for urn in (*one.predecessors, *one.successors)}
    known = School.objects.select_related("la").in_bulk(wanted) if wanted else {}
    unknown = wanted - known.keys()
    names = (
        dict(Succession.objects.filter(link_urn__in=unknown).values_list("link_urn", "link_name")) if unknown else {}
    )

    def named(urns: list[str]) -> list[Relative]:
        return [Relative(urn, known[urn].name if urn in known else names.get(urn, ""), known.get(urn)) for urn in urns]

    return {urn: (named(one.predecessors), named(one.successors)) for urn, one in families.items()}


def leads_to(successors: Sequence[Relative]) -> list[Relative]:
    """Which of a closed school's successors to point to: those that are open, else the nearest that has a name."""
    return [one for one in successors if one.is_open] or [one for one in successors if one.name][:1]
