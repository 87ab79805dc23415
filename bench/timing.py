"""Two ways of doing one thing, measured by turns, so that a machine's moods fall on both."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

Act = Callable[[], object]


@dataclass(frozen=True)
class Figure:
    """The medians of ours and of its floor, in milliseconds; `queries` where a page asks the database."""

    ms: float
    floor_ms: float
    queries: int | None = None

    @property
    def ratio(self) -> float:
        return self.ms / self.floor_ms

    def as_json(self) -> dict[str, Any]:
        return {
            "ms": round(self.ms, 2),
            "floor_ms": round(self.floor_ms, 2),
            "ratio": round(self.ratio, 3),
            "queries": self.queries,
        }


def nothing() -> None:
    """Before an act that needs no preparation."""


def by_turns(
    ours: Act,
    floor: Act,
    *,
    turns: int,
    warm_up: int = 1,
    before_ours: Act = nothing,
    before_floor: Act = nothing,
    queries: int | None = None,
) -> Figure:
    """Ours, floor, ours, floor ...; what runs before each is not timed, nor is the warm-up counted."""
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(warm_up + turns):
        for act, before, times in ((ours, before_ours, taken[0]), (floor, before_floor, taken[1])):
            before()
            gc.collect()  # nobody pays for what the other left
            began = time.perf_counter()
            act()
            if turn >= warm_up:
                times.append((time.perf_counter() - began) * 1000)
    return Figure(median(taken[0]), median(taken[1]), queries)
