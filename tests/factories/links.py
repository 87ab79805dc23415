"""Personal links, and a kind for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from core.links import services
from core.links.models import Link
from tests.clock import NOW

AGAIN: list = []  # the links that were asked for again, oldest first


def _again(link: Link, now: Any) -> None:
    AGAIN.append(link.pk)


KIND = services.LinkKind(
    "tests.paper",
    "links:continue",
    _again,
    lambda link: {"heading": "Sign the paper", "lines": ["Two minutes."], "button": "Go on"},
)
services.register(KIND)


def issue_link(**changes: Any) -> tuple[Link, str]:
    """A link and the token that opens it."""
    fields: dict[str, Any] = {
        "kind": KIND.name,
        "subject_id": uuid4(),
        "name": "Helen Carter",
        "email": "h.carter@school.example",
        "valid_until": NOW + timedelta(days=14),
        "now": NOW,
    }
    link, url = services.issue(**(fields | changes))
    return link, url.rpartition("/")[2]
