"""The kinds of message: each room registers its own at start-up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ImproperlyConfigured

from core.notifications.models import Message


def always(message: Message, now: datetime) -> bool:
    """For receipts and decisions: what happened stays worth telling."""
    return True


@dataclass(frozen=True)
class Kind:
    """One kind of message; people may turn off what is not essential. `still_wanted` is asked just before sending.

    `title` says in a few words what a kind that can be turned off is about: "reminders to sign". `first` is for what
    somebody sits and waits for: it overtakes everything else that is due.
    """

    name: str
    essential: bool
    still_wanted: Callable[[Message, datetime], bool] = always
    title: str = ""
    first: bool = False


class UnknownKind(ImproperlyConfigured):
    """A kind of message that no room registered."""


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Called by a room's `apps.ready()`. A name registered twice is an error."""
    if _KINDS.get(kind.name, kind) != kind:
        raise ImproperlyConfigured(f"The kind of message {kind.name} is registered twice.")
    _KINDS[kind.name] = kind


def kind_of(name: str) -> Kind:
    try:
        return _KINDS[name]
    except KeyError:
        raise UnknownKind(f"No room registered the kind of message {name}.") from None


def overtaking() -> list[str]:
    """The names of the kinds that are sent before all others."""
    return [kind.name for kind in _KINDS.values() if kind.first]


def kinds() -> dict[str, Kind]:
    """Every registered kind, by name."""
    return dict(sorted(_KINDS.items()))
