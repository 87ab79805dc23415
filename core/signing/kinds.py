"""What may be signed: a room registers each kind of thing at start-up, with the page where it is signed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from core.links import kinds as link_kinds
from core.links.models import Link

LINK = "signing.sign"


def register(
    *, url_name: str, send_again: Callable[[Link, datetime], Any], wording: Callable[[Link], dict[str, Any]]
) -> None:
    """Register the links that ask for signatures; a link's `subject_id` is the id of its SignatureRequest.

    `url_name` is the page they lead to (argument `link_id`); the rest is as for every kind of link.
    """
    link_kinds.register(link_kinds.LinkKind(name=LINK, url_name=url_name, send_again=send_again, wording=wording))
