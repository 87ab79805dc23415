"""Moving the demo's day."""

from __future__ import annotations

from datetime import date, timedelta

from demo.models import DemoClock
from hubportal.celery import app


def next_day(*, seen: date) -> date:
    """Move on by a day, once for the day that was seen, and run what has become due; gives the day it is now.

    The look for due work is done here and now; documents and mail are the worker's, which is told at once.
    """
    DemoClock.objects.get_or_create(pk=1)
    if DemoClock.objects.filter(pk=1, today=seen).update(today=seen + timedelta(days=1)):
        run_what_is_due()
    return DemoClock.objects.get(pk=1).today


def run_what_is_due() -> None:
    """Run the timetable's look for due work, then ask the worker to make documents and to drain the outbox."""
    timetable = app.conf.beat_schedule
    app.loader.import_default_modules()
    app.tasks[timetable["due"]["task"]]()
    for name in ("documents", "drain"):
        app.send_task(timetable[name]["task"], expires=10)
