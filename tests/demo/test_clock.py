from datetime import UTC, date, datetime, timedelta

import pytest

from core import clock as portal_clock
from core.clock import LONDON, london
from demo import clock
from demo.models import DemoClock

THE_DAY = date(2027, 3, 18)


@pytest.mark.django_db
def test_the_demo_begins_on_18_march_2027(demo):
    assert portal_clock.today() == THE_DAY


@pytest.mark.django_db
def test_the_demos_day_is_the_stored_one(demo):
    DemoClock.objects.create(pk=1, today=date(2027, 5, 28))

    assert portal_clock.today() == date(2027, 5, 28)


@pytest.mark.parametrize(
    ("real", "shown"),
    [
        (london(date(2026, 11, 25), 9, 30), "2027-03-18T09:30:00"),
        (london(date(2026, 11, 25), 8, 1), "2027-03-18T08:01:00"),
        (london(date(2026, 11, 25), 0, 0), "2027-03-18T08:00:00"),
        (london(date(2026, 11, 25), 17, 58, 59), "2027-03-18T17:58:59"),
        (london(date(2026, 11, 25), 17, 59), "2027-03-18T17:59:00"),
        (london(date(2026, 7, 1), 9, 30), "2027-03-18T09:30:00"),  # summer time outside, winter time in the demo
    ],
)
def test_the_time_of_day_is_the_real_one_of_london(real, shown):
    assert clock.on(THE_DAY, real).astimezone(LONDON).replace(tzinfo=None).isoformat() == shown


def test_the_time_of_day_is_kept_between_eight_and_one_minute_to_six_and_never_runs_back():
    midnight = datetime(2026, 11, 25, tzinfo=UTC)
    day = [clock.on(THE_DAY, midnight + timedelta(minutes=7 * n)) for n in range(24 * 60 // 7)]

    assert day == sorted(set(day))
    assert day[0] >= london(THE_DAY, 8)
    assert day[-1] < london(THE_DAY, 18)


def test_a_summer_day_of_the_demo_is_on_summer_time():
    shown = clock.on(date(2027, 6, 1), london(date(2026, 11, 25), 9, 30))

    assert shown == datetime(2027, 6, 1, 8, 30, tzinfo=UTC)
