"""Bank holidays, working days and school days are worked out, and days are written with the weekday they fall on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from core.calendar import (
    AcademicYear,
    add_working_days,
    bank_holidays,
    easter,
    is_school_day,
    is_working_day,
    long_date,
    long_moment,
    plain_date,
    school_days,
    time12,
    working_day_from,
    working_day_until,
    working_days,
)
from core.clock import london


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 8, 31), "2025/26"),
        (date(2026, 9, 1), "2026/27"),
        (date(2027, 3, 18), "2026/27"),
        (date(2099, 12, 31), "2099/00"),
    ],
)
def test_a_day_lies_in_the_academic_year_that_began_the_september_before(day, written):
    assert str(AcademicYear.of(day)) == written


def test_an_academic_year_runs_from_september_to_august():
    year = AcademicYear(2027)

    assert (year.starts_on, year.ends_on) == (date(2027, 9, 1), date(2028, 8, 31))


@pytest.mark.parametrize(
    ("year", "sunday"),
    [
        (2000, date(2000, 4, 23)),
        (2008, date(2008, 3, 23)),
        (2011, date(2011, 4, 24)),
        (2024, date(2024, 3, 31)),
        (2026, date(2026, 4, 5)),
        (2027, date(2027, 3, 28)),
        (2028, date(2028, 4, 16)),
        (2038, date(2038, 4, 25)),
    ],
)
def test_easter_sunday_is_worked_out(year, sunday):
    assert easter(year) == sunday


def test_the_bank_holidays_of_2027_are_those_the_government_lists():
    assert list(bank_holidays(2027)) == [
        date(2027, 1, 1),
        date(2027, 3, 26),
        date(2027, 3, 29),
        date(2027, 5, 3),
        date(2027, 5, 31),
        date(2027, 8, 30),
        date(2027, 12, 27),
        date(2027, 12, 28),
    ]


@pytest.mark.parametrize(
    ("year", "christmas"),
    [
        (2020, [date(2020, 12, 25), date(2020, 12, 28)]),  # Boxing Day on a Saturday
        (2021, [date(2021, 12, 27), date(2021, 12, 28)]),  # both at the weekend
        (2022, [date(2022, 12, 26), date(2022, 12, 27)]),  # Christmas Day on a Sunday
        (2024, [date(2024, 12, 25), date(2024, 12, 26)]),
    ],
)
def test_christmas_at_a_weekend_gives_substitute_days(year, christmas):
    assert [day for day in bank_holidays(year) if day.month == 12] == christmas


@pytest.mark.parametrize(
    ("year", "first"),
    [(2022, date(2022, 1, 3)), (2023, date(2023, 1, 2)), (2026, date(2026, 1, 1)), (2028, date(2028, 1, 3))],
)
def test_new_year_at_a_weekend_is_kept_on_the_monday(year, first):
    assert next(iter(bank_holidays(year))) == first


def test_the_jubilee_moved_the_spring_holiday_and_added_a_day():
    assert [day for day in bank_holidays(2022) if day.month in (5, 6)] == [
        date(2022, 5, 2),
        date(2022, 6, 2),
        date(2022, 6, 3),
    ]


def test_victory_day_moved_the_holiday_of_may_2020():
    assert date(2020, 5, 8) in bank_holidays(2020) and date(2020, 5, 4) not in bank_holidays(2020)


def test_weekends_and_bank_holidays_are_no_working_days():
    assert [is_working_day(date(2027, 3, day)) for day in (25, 26, 27, 28, 29, 30)] == [
        True, False, False, False, False, True,
    ]  # fmt: skip


def test_a_working_day_is_found_forwards_and_backwards():
    assert working_day_from(date(2027, 3, 26)) == date(2027, 3, 30)
    assert working_day_until(date(2027, 3, 29)) == date(2027, 3, 25)
    assert working_day_from(date(2027, 3, 25)) == working_day_until(date(2027, 3, 25)) == date(2027, 3, 25)


def test_working_days_are_added_over_a_year_end():
    assert add_working_days(date(2027, 12, 24), 1) == date(2027, 12, 29)
    assert add_working_days(date(2027, 12, 29), -1) == date(2027, 12, 24)
    assert add_working_days(date(2027, 3, 18), 0) == date(2027, 3, 18)


def test_a_leap_day_is_a_day_like_others():
    assert is_working_day(date(2028, 2, 29))
    assert working_days(date(2028, 2, 28), date(2028, 3, 1)) == 3


def test_school_days_are_working_days_of_the_terms_given():
    terms = [(date(2027, 4, 12), date(2027, 5, 28)), (date(2027, 6, 7), date(2027, 7, 22))]

    assert not is_school_day(date(2027, 5, 3), terms)  # a bank holiday in term
    assert not is_school_day(date(2027, 6, 2), terms)  # half term
    # From the closing on Friday 28 May to Friday 11 June lie half term and one week of school.
    assert school_days(date(2027, 5, 28), date(2027, 6, 11), terms) == 5


def test_without_terms_the_usual_ones_of_england_are_taken():
    assert school_days(date(2027, 7, 1), date(2027, 8, 31)) == 15  # 2 to 22 July
    assert school_days(date(2026, 12, 18), date(2027, 1, 4)) == 1  # the holidays, and the first day back


def test_no_school_days_lie_between_a_day_and_an_earlier_one():
    assert school_days(date(2027, 6, 11), date(2027, 5, 28)) == 0


@pytest.mark.parametrize("first", range(2020, 2040))
def test_the_usual_half_terms_follow_one_another_with_holidays_between(first):
    terms = AcademicYear(first).terms

    assert len(terms) == 6
    assert all(start < end for start, end in terms)
    assert all((later - end).days > 7 for (_, end), (later, _) in pairwise(terms))
    assert 175 <= sum(working_days(start, end) for start, end in terms) <= 200


def test_days_are_written_with_the_weekday_they_fall_on():
    assert plain_date(date(2027, 3, 5)) == "5 March 2027"
    assert long_date(date(2027, 5, 28)) == "Friday 28 May 2027"


@pytest.mark.parametrize(
    ("hour", "minute", "written"),
    [
        (0, 0, "midnight"),
        (0, 5, "12:05am"),
        (9, 30, "9:30am"),
        (16, 0, "4pm"),
        (12, 0, "midday"),
        (12, 30, "12:30pm"),
        (23, 59, "11:59pm"),
    ],
)
def test_times_are_written_on_the_twelve_hour_clock_of_london(hour, minute, written):
    assert time12(london(date(2027, 5, 28), hour, minute)) == written


def test_a_moment_is_written_by_londons_clock_in_summer_and_winter():
    assert long_moment(datetime(2027, 5, 28, 22, 59, tzinfo=UTC)) == "Friday 28 May 2027, 11:59pm"
    assert long_moment(datetime(2027, 1, 28, 23, 59, tzinfo=UTC)) == "Thursday 28 January 2027, 11:59pm"
