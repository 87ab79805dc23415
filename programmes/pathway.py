"""Readiness, Development, Embedding, Sustaining: which stage may follow which."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    READINESS = "readiness"
    DEVELOPMENT = "development"
    EMBEDDING = "embedding"
    SUSTAINING = "sustaining"

    @property
    def label(self) -> str:
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class Step:
    """One stage taken by a school, in the academic year that began in `year`."""

    stage: Stage
    year: int


NEXT: dict[Stage | None, frozenset[Stage]] = {
    None: frozenset(
        {Stage.READINESS, Stage.DEVELOPMENT}
    ),  # a leader's own school may also join Sustaining: rules.py asks
    Stage.READINESS: frozenset({Stage.DEVELOPMENT}),
    Stage.DEVELOPMENT: frozenset(
        {Stage.EMBEDDING, Stage.SUSTAINING}
    ),  # Development again: the rule asks in secondary only
    Stage.EMBEDDING: frozenset({Stage.SUSTAINING}),
    Stage.SUSTAINING: frozenset({Stage.SUSTAINING}),
}


def next_stages(history: Collection[Step], *, year: int) -> frozenset[Stage]:
    """The stages a school with this history in one phase may join in `year`."""
    earlier = [step for step in history if step.year < year]
    if not earlier:
        return NEXT[None]
    last = max(step.year for step in earlier)
    # A school may have taken two stages in its last year, as Embedding brings a Sustaining group with it.
    following = frozenset().union(*(NEXT[step.stage] for step in earlier if step.year == last))
    # Embedding builds on Development while it is fresh; Sustaining stays open for good.
    return following if last == year - 1 else following - {Stage.EMBEDDING}
