"""Looking for work that is due. It may run twice, late or after a crash: keys and states make sure that nothing is done
twice."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from celery import shared_task

from applications import reminders
from applications.services import answering, deciding, rounds, sending
from core import clock

logger = logging.getLogger(__name__)


def do_due_work(now: datetime) -> Counter[str]:
    """Remind, and let lapse what nobody has answered or sent in time; says how many of each.

    Each is a transaction of its own; one that fails is logged by its name and does not stop the others.
    """
    done: Counter[str] = Counter()

    def each(name: str, act: Callable[[], object]) -> None:
        try:
            done[name] += bool(act())
        except Exception:
            logger.exception("due work failed: %s", name)
            done["failed"] += 1

    for due in reminders.signatures_due(now):
        each(
            "signature reminders",
            lambda due=due: sending.remind_when_due(request_id=due.request_id, step=due.step, now=now),
        )
    for draft in reminders.drafts_due(now):
        each(
            "draft reminders",
            lambda draft=draft: sending.remind_of_draft(
                eoi_id=draft.eoi_id, step=draft.step, closes_at=draft.closes_at, now=now
            ),
        )
    for offer in reminders.offers_due(now):
        each(
            "offer reminders",
            lambda offer=offer: answering.remind_of_offer(eoi_id=offer.eoi_id, step=offer.step, now=now),
        )
    for eoi_id in reminders.drafts_to_lapse(now):
        each("drafts lapsed", lambda eoi_id=eoi_id: sending.lapse_draft(eoi_id=eoi_id, now=now))
    for eoi_id in reminders.signings_ended(now):
        each("ends of signing told", lambda eoi_id=eoi_id: sending.tell_of_signing_ended(eoi_id=eoi_id, now=now))
    # After the drafts of the round have lapsed, so that its counts are those that stay.
    for round_id in reminders.rounds_closed(now):
        each("closings told", lambda round_id=round_id: rounds.tell_of_closing(round_id=round_id, now=now))
    done["offers lapsed"] += deciding.lapse_offers(now=now)
    return done


@shared_task
def look_for_due_work() -> None:
    """Every few minutes."""
    do_due_work(clock.now())
