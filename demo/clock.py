"""The demo's clock: its day is stored and stands still, its time of day is the real one kept to office hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from core.clock import LONDON, london, real_now
from demo.models import FIRST_DAY, DemoClock

OPENS, CLOSES = timedelta(hours=8), timedelta(hours=18)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def now() -> datetime:
    """The demo's moment, in UTC; `settings.CLOCK` names this function."""
    return on(stored_day(), real_now())


def stored_day() -> date:
    """The day the demo stands at: 18 March 2027 until it is moved."""
    return DemoClock.objects.values_list("today", flat=True).first() or FIRST_DAY


def on(day: date, real: datetime) -> datetime:
    """A real moment's time of day in London, kept between 08:00 and 17:59, on another day.

    The night does not stand still: midnight to 08:01 fills the first minute and 17:59 to midnight the last one, so that
    what happens later is always written later.
    """
    local = real.astimezone(LONDON)
    of_day = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    if of_day < OPENS + MINUTE:
        of_day = OPENS + MINUTE * (of_day / (OPENS + MINUTE))
    elif of_day >= CLOSES - MINUTE:
        last = CLOSES - MINUTE
        of_day = last + MINUTE * ((of_day - last) / (DAY - last))
    return (london(day, 0) + of_day).astimezone(UTC)
