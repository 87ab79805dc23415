"""Writing and reading the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from core.audit.models import Event, EventQuerySet


def record(
    action: str,
    thing: models.Model,
    *,
    by: Any = None,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    scope: UUID | None = None,
    note: str = "",
    acting_as: Any = None,
) -> Event:
    """Add one row to the trail, in the transaction of the act; `by` None means the portal itself or who holds a link.

    `before` and `after` hold the changed fields by name; a person who acts for another is `by`, the other `acting_as`.
    """
    return Event.objects.create(
        at=at,
        actor=_person(by),
        acting_as=_person(acting_as),
        action=action,
        label=thing._meta.label_lower,
        object_id=str(thing.pk),
        scope=scope,
        before=_plain(before),
        after=_plain(after),
        note=note,
    )


def history(thing: models.Model) -> EventQuerySet:
    """Everything that happened to a thing, oldest first."""
    return Event.objects.about(thing._meta.label_lower, thing.pk)


def _person(user: Any) -> Any:
    return user if user is not None and getattr(user, "pk", None) is not None else None


def _plain(fields: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Rows are named by their key, so that the trail never loads or copies another row's content."""
    if fields is None:
        return None
    return {name: value.pk if isinstance(value, models.Model) else value for name, value in fields.items()}
