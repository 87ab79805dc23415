"""The drain: takes what is due out of the outbox, one row at a time, and sends it.

A row is claimed in a transaction of its own by a lease of real time; the sending happens outside every transaction. A
lease that ran out leaves its message in doubt, as does a connection cut after the text was handed over: it is sent once
more under the same Message-ID, and never a third time.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections import Counter
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, F, When

from core import clock
from core.notifications import preferences
from core.notifications.composing import mail_of
from core.notifications.kinds import kind_of, overtaking
from core.notifications.models import Message, State
from core.notifications.smtp import Backend, Outcome, Result, send

logger = logging.getLogger(__name__)

RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
RETRY_FOR = timedelta(hours=72)
COPIES = 2
TWICE_IN_DOUBT = "Handed over twice without an answer: it may have arrived."


def drain(*, now: datetime | None = None, limit: int = 1000, seconds: float = 90.0) -> Counter[str]:
    """Send what is due, over one connection, for at most `limit` messages or `seconds`; counts what became of them.

    Ends early when no server can be spoken to, which puts no message off. Safe to run many at once: each row is
    claimed by one of them.
    """
    told: Counter[str] = Counter()
    backend = Backend()
    until = time.monotonic() + seconds
    try:
        while sum(told.values()) < limit and time.monotonic() < until:
            moment = now or clock.now()
            message = claim(now=moment)
            if message is None:
                break
            if message.state != State.LEASED:
                told[message.state] += 1
                continue
            outcome = deliver(message, backend, now=moment)
            state = settle(message, outcome, now=moment)
            if outcome is not None and not outcome.reached:
                told["not reached"] += 1
                break
            told[state] += 1
    finally:
        with contextlib.suppress(OSError):
            backend.close()
    return told


def claim(*, now: datetime) -> Message | None:
    """Lease the message to send next, or None: first what somebody waits for at a screen, then what is due longest. One
    whose second lease ran out is settled as failed instead."""
    real_now = clock.real_now()
    takeable = Message.objects.takeable(now=now, real_now=real_now)
    if connection.vendor == "sqlite" and not takeable.exists():  # there every transaction takes the lock
        return None
    with transaction.atomic():
        rank = Case(When(kind__in=overtaking(), then=0), default=1)
        message = takeable.select_for_update(skip_locked=True).order_by(rank, "due_at", "created_at").first()
        if message is None:
            return None
        if message.state == State.LEASED:
            message.doubts += 1
            logger.warning("The lease of message %s ran out: it is in doubt", message.pk)
        if message.doubts >= COPIES:
            message.state, message.secret, message.last_answer = State.FAILED, "", TWICE_IN_DOUBT
            message.lease = message.leased_until = None
        else:
            message.state, message.lease = State.LEASED, uuid4()
            message.leased_until = real_now + timedelta(seconds=settings.MAIL_LEASE_SECONDS)
            message.attempts += 1
            message.first_tried_at = message.first_tried_at or now
        message.save(
            update_fields=[
                "state",
                "doubts",
                "secret",
                "last_answer",
                "lease",
                "leased_until",
                "attempts",
                "first_tried_at",
            ]
        )
    return message


def deliver(message: Message, backend: Backend, *, now: datetime) -> Outcome | None:
    """Send a leased message, if it is still wanted; None when it is not."""
    try:
        kind = kind_of(message.kind)
        if not kind.still_wanted(message, now) or (not kind.essential and preferences.stopped(message)):
            return None
        mail = mail_of(message, now=now)
    except Exception as error:
        # One row that cannot be made must not stop those behind it; what went wrong may quote an address, so only its
        # class is told.
        logger.error("Message %s could not be made: %s", message.pk, type(error).__name__)
        return Outcome(Result.LATER, f"It could not be made: {type(error).__name__}")
    return send(backend, mail)


def settle(message: Message, outcome: Outcome | None, *, now: datetime) -> str:
    """Write down what became of a leased message and give the lease back; says the state it is in now."""
    state, due_at = verdict(message, outcome, now=now)
    changes: dict = {"state": state, "lease": None, "leased_until": None, "due_at": due_at}
    if outcome is not None:
        changes["last_answer"] = outcome.answer[:300]
        if not outcome.reached:  # no try at all: the next drain begins here
            changes["attempts"] = F("attempts") - 1
            changes["first_tried_at"] = None if message.attempts == 1 else message.first_tried_at
        if outcome.result == Result.IN_DOUBT:
            changes["doubts"] = F("doubts") + 1
            if state == State.FAILED:
                changes["last_answer"] = TWICE_IN_DOUBT
    if state in (State.SENT, State.FAILED, State.DROPPED):
        changes["secret"] = ""
    if state == State.SENT:
        changes |= {"sent_at": now, "sent_as": message.pk}
    if not Message.objects.filter(pk=message.pk, state=State.LEASED, lease=message.lease).update(**changes):
        logger.warning("Message %s was %s after its lease had run out", message.pk, state)
    return state


def verdict(message: Message, outcome: Outcome | None, *, now: datetime) -> tuple[State, datetime]:
    """The state that an outcome leads to, and when the message is due again."""
    if outcome is None:
        return State.DROPPED, message.due_at
    if outcome.result == Result.SENT:
        return State.SENT, message.due_at
    if outcome.result == Result.FAILED:
        return State.FAILED, message.due_at
    first = message.first_tried_at or now
    wait = RETRY_AFTER[min(message.attempts, len(RETRY_AFTER)) - 1]
    if outcome.result == Result.IN_DOUBT:
        again = message.doubts + 1 < COPIES
        return (State.IN_DOUBT, now + RETRY_AFTER[0]) if again else (State.FAILED, message.due_at)
    if not outcome.reached:
        return (State.IN_DOUBT if message.doubts else State.WAITING), message.due_at
    if now - first >= RETRY_FOR:
        return State.FAILED, message.due_at
    return (State.IN_DOUBT if message.doubts else State.WAITING), now + wait
