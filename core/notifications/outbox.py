"""Posting messages: a row in the transaction of the act that it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Min
from django.template.loader import get_template

from core import clock
from core.notifications import bell
from core.notifications.kinds import kind_of
from core.notifications.models import Message, State
from core.notifications.words import for_body, for_header
from core.secrets import encrypt

LAG = 300  # seconds a due message may wait before this portal is not ready
PLACES = ("((personal link))", "((code))")


@dataclass(frozen=True)
class Mail:
    """What is to be said to whom. `secret` is the link or code that goes where the text says so, kept encrypted."""

    kind: str
    to_name: str
    to_email: str
    subject: str
    text: str
    subject_label: str = ""
    subject_id: UUID | None = None
    scope: UUID | None = None
    secret: str = ""
    documents: tuple[UUID, ...] = ()
    from_name: str = ""
    reply_to: tuple[str, ...] = ()


def post(mail: Mail, *, key: str, now: datetime, due_at: datetime | None = None) -> Message | None:
    """Put a message in the outbox; None when its occasion has one already. Rings the bell once the act is committed.

    The key is `kind:subject-id:occasion:recipient-id`. Raises ValueError for a mail that could never be sent right.
    """
    kind_of(mail.kind)
    if any(place in mail.text for place in PLACES) != bool(mail.secret):
        raise ValueError(f"A mail's secret and its place in the text go together: {mail.kind}.")
    if len(key) > 255:
        raise ValueError(f"The key of a message of kind {mail.kind} is too long.")
    if "@" not in mail.to_email or for_header(mail.to_email) != mail.to_email or not mail.to_email.isascii():
        raise ValueError(f"A message of kind {mail.kind} has no address to go to.")
    message = Message(
        key=key,
        kind=mail.kind,
        subject_label=mail.subject_label,
        subject_id=mail.subject_id,
        scope=mail.scope,
        to_name=for_header(mail.to_name)[:200],
        to_email=mail.to_email,
        from_name=for_header(mail.from_name)[:200],
        reply_to=[for_header(address) for address in mail.reply_to],
        subject=for_header(mail.subject)[:300],
        text=for_body(mail.text),
        secret=encrypt(mail.secret),
        documents=[str(each) for each in mail.documents],
        created_at=now,
        due_at=due_at or now,
    )
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError:
        if Message.objects.filter(key=key).exists():
            return None
        raise
    if message.due_at <= now:
        bell.ring()
    return message


def compose(template: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """The subject (a template's first line) and the text (the rest) of a mail."""
    whole = get_template(template, using="text").render(dict(context))
    subject, _, text = whole.lstrip("\ufeff\n").partition("\n")
    return for_header(subject), for_body(text.lstrip("\n"))


def oldest_waiting_seconds(now: datetime) -> float:
    """For how long the oldest due message has waited for a drain, in seconds; 0 when none waits."""
    takeable = Message.objects.takeable(now=now, real_now=clock.real_now())
    oldest = takeable.exclude(state=State.LEASED).aggregate(oldest=Min("due_at"))["oldest"]
    stuck = takeable.filter(state=State.LEASED).aggregate(oldest=Min("leased_until"))["oldest"]
    waits = [(now - oldest).total_seconds()] if oldest else []
    waits += [(clock.real_now() - stuck).total_seconds()] if stuck else []
    return max([0.0, *waits])


def fault() -> str:
    """For /readyz: what is wrong when a due message has waited for five minutes, else ""."""
    waited = oldest_waiting_seconds(clock.now())
    return f"a message has waited {round(waited)} s" if waited > LAG else ""
