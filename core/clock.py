"""What time it is. Only sign-in, sessions and leases use real time; everything else asks here, once, at the edge."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.utils.module_loading import import_string

from core.calendar import LONDON


def real_now() -> datetime:
    """The machine's own time, in UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """The portal's present moment, in UTC; `settings.CLOCK` names the function that says it."""
    moment: datetime = import_string(settings.CLOCK)()
    return moment


def shown(real: datetime) -> datetime:
    """A moment of real time as the portal's own clock has it: where that clock is moved, people see one time only."""
    return real + timedelta(seconds=round((now() - real_now()).total_seconds()))


def today() -> date:
    """The portal's present day, in London."""
    return london_date(now())


def london_date(moment: datetime) -> date:
    """The civil date in London at a moment."""
    return moment.astimezone(LONDON).date()


def london(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment named by London's wall clock, as an aware datetime."""
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=LONDON)
