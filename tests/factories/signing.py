"""People asked to sign, and their signatures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from core.links import kinds as link_kinds
from core.signing import services
from core.signing.kinds import LINK, register
from core.signing.models import Signature
from core.signing.services import Asked, Person
from tests.clock import NOW

KIND = "paper"
DAY = NOW + timedelta(days=14)
TEXT = "If our school gets a place, both advocates are released for four meetings."
STATEMENT = "I have read this and may commit the school to it."


def person(name: str = "Helen Carter", **changes: Any) -> Person:
    """One who signs in one role."""
    fields: dict[str, Any] = {
        "person_uuid": uuid4(),
        "name": name,
        "email": f"{name.lower().replace(' ', '.')}@school.example",
        "roles": ("head",),
        "posts": {"head": "Headteacher"},
        "text": TEXT,
    }
    return Person(**(fields | changes))


def two_people() -> list[Person]:
    """A head, and a head of department who is an advocate as well."""
    both = {"head_of_department": "Head of department", "lead": "Mastery Advocate"}
    return [person(), person("John Marsh", roles=tuple(both), posts=both, text=f"{TEXT} And a statement.")]


def ask(people: Sequence[Person], *, subject_id: UUID | None = None, **changes: Any) -> list[Asked]:
    """Ask people to sign one paper."""
    if LINK not in link_kinds._KINDS:  # a room above registers the page that these links lead to
        register(url_name="links:continue", send_again=lambda link, now: None, wording=lambda link: {})
    fields: dict[str, Any] = {
        "kind": KIND,
        "subject_id": subject_id or uuid4(),
        "scope": None,
        "people": people,
        "valid_until": DAY,
        "content_sha256": "c" * 64,
        "now": NOW,
        "terms_version": "secondary-development 1",
    }
    return services.ask(**(fields | changes))


def asked(**changes: Any) -> Asked:
    """One person asked to sign a paper of their own."""
    return ask([person(**changes)])[0]


def sign(asked: Asked, **changes: Any) -> list[Signature]:
    """Sign what was asked, with the link it came with."""
    request = asked.request
    fields: dict[str, Any] = {
        "request_id": request.pk,
        "typed_name": request.name,
        "roles": set(request.roles),
        "statement": STATEMENT,
        "grade": "B",
        "address": "192.0.2.7",
        "browser": "Mozilla/5.0",
        "link_id": request.link_id,
        "now": NOW,
    }
    return services.sign(**(fields | changes))
