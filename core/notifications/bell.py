"""Ringing for the drain. The database is the queue: a bell that nobody hears costs ten seconds and nothing else."""

from __future__ import annotations

import logging
import threading
import time

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)

TASK = "core.notifications.tasks.drain"
BETWEEN_RINGS = 1.0
AFTER_FAILURE = 30.0


class _Bell:
    """One a process: until when it is quiet after a failure, when each task was rung last (both by the monotonic
    clock), and how often it failed."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.quiet_until = 0.0
        self.rung: dict[str, float] = {}
        self.failures = 0


_bell = _Bell()


def ring() -> None:
    """Ask for a drain once the present transaction is committed; never raises, never delays the commit."""
    transaction.on_commit(ring_now, robust=True)


def ring_now(task: str = TASK) -> bool:
    """Ring unless this process rang for the task within a second or failed within 30; says whether it rang."""
    with _bell.lock:
        now = time.monotonic()
        if now < max(_bell.quiet_until, _bell.rung.get(task, 0.0) + BETWEEN_RINGS):
            return False
        _bell.rung[task] = now
    try:
        current_app.send_task(task, retry=False, ignore_result=True, expires=60)
    except Exception as error:  # whatever the broker's library raises: the drain every ten seconds comes anyway
        with _bell.lock:
            _bell.quiet_until = time.monotonic() + AFTER_FAILURE
            _bell.failures += 1
        logger.warning("The bell could not be rung: %s", type(error).__name__)
        return False
    return True


def failures() -> int:
    """How often this process could not ring."""
    return _bell.failures
