"""The clock of the tests: it stands at Thursday 18 March 2027, 10:42am in London, until a test moves it."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta

from core.clock import london, london_date

START = london(date(2027, 3, 18), 10, 42).astimezone(UTC)
NOW, TODAY = START, date(2027, 3, 18)

# A child process that a test has started (a worker, a command) begins at its test's moment.
_moment = datetime.fromisoformat(os.environ["PORTAL_TEST_CLOCK"]) if "PORTAL_TEST_CLOCK" in os.environ else START


def now() -> datetime:
    """The moment the test stands at; `settings.CLOCK` names this function."""
    return _moment


class Clock:
    """What the `clock` fixture hands to a test."""

    @property
    def now(self) -> datetime:
        return _moment

    @property
    def today(self) -> date:
        return london_date(_moment)

    def set(self, moment: datetime) -> datetime:
        """Stand at an aware moment."""
        global _moment
        assert moment.tzinfo is not None, "the clock needs an aware moment"
        _moment = moment.astimezone(UTC)
        return _moment

    def at(self, day: date, hour: int = 10, minute: int = 0) -> datetime:
        """Stand at a wall-clock time of London."""
        return self.set(london(day, hour, minute))

    def on(self, **by: float) -> datetime:
        """Move on by a timedelta's words: `clock.on(days=3)`."""
        return self.set(_moment + timedelta(**by))

    def reset(self) -> None:
        self.set(START)
