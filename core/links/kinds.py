"""What a personal link may open: each room registers its kinds at start-up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from core.links.models import Link


@dataclass(frozen=True)
class LinkKind:
    """One kind of link.

    `url_name` is the page that Continue leads to, with the argument `link_id`. `send_again(link, now)` mails a fresh
    link to the address on file if the matter is still open, and else does nothing; it runs in a transaction.
    `wording(link)` gives the Continue page its words: `heading`, `lines` (a list of sentences), `button`; each may be
    left out.
    """

    name: str
    url_name: str
    send_again: Callable[[Link, datetime], Any]
    wording: Callable[[Link], dict[str, Any]]


class UnknownKind(ImproperlyConfigured):
    """A kind of link that no room registered."""


_KINDS: dict[str, LinkKind] = {}


def register(kind: LinkKind) -> None:
    """Called by a room's `apps.ready()`. A name registered twice is an error."""
    if _KINDS.get(kind.name, kind) != kind:
        raise ImproperlyConfigured(f"The kind of link {kind.name} is registered twice.")
    _KINDS[kind.name] = kind


def kind_of(name: str) -> LinkKind:
    try:
        return _KINDS[name]
    except KeyError:
        raise UnknownKind(f"No room registered the kind of link {name}.") from None
