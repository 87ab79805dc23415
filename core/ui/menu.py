"""The service navigation: each room registers its entries at start-up, each person sees those meant for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True)
class MenuEntry:
    """A page of the navigation; `predicate(user, None)` says for whom; entries stand in `order`, then by label.

    `under` names further paths whose pages belong to it; `strangers` shows it to who is not signed in as well.
    """

    label: str
    url_name: str
    predicate: Callable[..., bool]
    order: int = 100
    under: tuple[str, ...] = ()
    strangers: bool = False


@dataclass(frozen=True)
class Shown:
    """An entry on one person's page."""

    label: str
    url: str
    current: bool


_ENTRIES: dict[str, MenuEntry] = {}


def register(entry: MenuEntry) -> None:
    """Called by each room's `apps.ready()`; the last entry for a URL name and label stands."""
    _ENTRIES[f"{entry.url_name} {entry.label}"] = entry


def entries() -> list[MenuEntry]:
    """Every registered entry, in order."""
    return sorted(_ENTRIES.values(), key=lambda e: (e.order, e.label))


def mark(request: HttpRequest, pages: list[tuple[str, str]]) -> list[Shown]:
    """(label, address) pairs as entries; the one whose address begins the page's own is current, the longest first."""
    return _mark(request, [(label, url, ()) for label, url in pages])


def _mark(request: HttpRequest, pages: list[tuple[str, str, tuple[str, ...]]]) -> list[Shown]:
    places = [
        (max((p for p in (url, *under) if _lies_under(request.path, p)), key=len, default=""), url)
        for _, url, under in pages
    ]
    longest, here = max(places, key=lambda place: len(place[0]), default=("", ""))
    return [Shown(label, url, bool(longest) and url == here) for label, url, _ in pages]


def _lies_under(path: str, url: str) -> bool:
    return path == url or path.startswith(url if url.endswith("/") else f"{url}/")


def shown_to(user: Any, request: HttpRequest) -> list[Shown]:
    """The entries a person may see; a stranger sees those meant for strangers, without a query."""
    known = user.is_authenticated
    meant = [e for e in entries() if (e.predicate(user, None) if known else e.strangers)]
    return _mark(request, [(e.label, reverse(e.url_name), e.under) for e in meant])


def account(request: HttpRequest) -> Any:
    """The signed-in person of a request, or None; costs nothing for a request without a session."""
    user: Any = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None
