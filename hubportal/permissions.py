"""Joins the rooms' policies into one table, and gives the views of libraries their doors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from core import doors
from core.doors import Door

doors.declare("admin:*", permission="accounts.use_support_admin", reason="Support looks; nothing is changed there.")


@dataclass(frozen=True)
class Row:
    """One URL: what stands before its view, and who is let in."""

    path: str
    name: str
    door: Door | None
    who: str
    view: Callable[..., Any]


def table(urls: Iterator[tuple[str, str, Callable[..., Any]]] | None = None) -> list[Row]:
    """Every URL of the portal with its door and the words of its policy, in the order of the resolver."""
    return [
        Row(path, name, door := doors.door_of(view, name), _who(door), view)
        for path, name, view in urls or doors.walk()
    ]


def _who(door: Door | None) -> str:
    if door is None:
        return ""
    if door.kind == "public":
        return "everybody"
    if door.kind == "link":
        return "who holds the personal link"
    wanted = doors.permissions().get(door.permission)
    return wanted.name if wanted else "who is signed in"
