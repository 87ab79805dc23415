"""Places on a page that rooms above it fill: they say so at start-up, so that no room imports one above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Panel:
    """A part of a page: its template sees only `panel`, what `fill(request, thing)` gives. None leaves the part out."""

    template: str
    fill: Callable[[HttpRequest, Any], dict[str, Any] | None]
    order: int = 100


@dataclass(frozen=True)
class Filled:
    """A part of a page, ready to be included."""

    template: str
    panel: dict[str, Any]


_PANELS: dict[str, list[Panel]] = {}


def register(page: str, panel: Panel) -> None:
    """Called by a room's `apps.ready()` with the URL name of a page of a room below it."""
    _PANELS.setdefault(page, []).append(panel)


def panels_of(page: str, request: HttpRequest, thing: Any) -> list[Filled]:
    """The parts that other rooms have for a page about a thing, in order."""
    filled = [(panel, panel.fill(request, thing)) for panel in sorted(_PANELS.get(page, []), key=lambda p: p.order)]
    return [Filled(panel.template, found) for panel, found in filled if found is not None]
