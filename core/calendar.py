"""Academic years, English bank holidays, working days and school days, and how days are written: plain values only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

DAY = timedelta(days=1)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

Span = tuple[date, date]  # first and last day, both included


@dataclass(frozen=True, slots=True, order=True)
class AcademicYear:
    """1 September to 31 August, kept as its first year and written 2026/27."""

    first: int

    def __str__(self) -> str:
        return f"{self.first}/{(self.first + 1) % 100:02d}"

    @classmethod
    def of(cls, day: date) -> AcademicYear:
        """The academic year a day lies in."""
        return cls(day.year if day.month >= 9 else day.year - 1)

    @property
    def starts_on(self) -> date:
        return date(self.first, 9, 1)

    @property
    def ends_on(self) -> date:
        return date(self.first + 1, 8, 31)

    @property
    def terms(self) -> tuple[Span, ...]:
        """The six half terms as most English schools hold them; a hub's own dates are better where it entered them."""
        september, new_year = date(self.first, 9, 1), date(self.first + 1, 1, 1)
        autumn = _last_monday(self.first, 10)
        christmas = _monday_of(date(self.first, 12, 23))
        spring = _monday_on_or_after(new_year) if new_year.weekday() >= 2 else new_year + DAY
        february = _monday_of(date(self.first + 1, 2, 18))
        easter_from, easter_to = _easter_holiday(self.first + 1)
        whitsun, july = _last_monday(self.first + 1, 5), date(self.first + 1, 7, 22)
        return (
            (september, autumn - 3 * DAY),
            (autumn + 7 * DAY, christmas - 3 * DAY),
            (spring, february - 3 * DAY),
            (february + 7 * DAY, easter_from - DAY),
            (easter_to + DAY, whitsun - 3 * DAY),
            (whitsun + 7 * DAY, july),
        )


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


# Days proclaimed once, and bank holidays moved for them: (year, month) of the usual day -> the day it was moved to.
PROCLAIMED = {
    date(2011, 4, 29): "Royal wedding",
    date(2012, 6, 5): "Diamond Jubilee",
    date(2022, 6, 3): "Platinum Jubilee",
    date(2022, 9, 19): "State Funeral of Queen Elizabeth II",
    date(2023, 5, 8): "Coronation of King Charles III",
}
MOVED = {(2020, "early May"): date(2020, 5, 8), (2012, "spring"): date(2012, 6, 4), (2022, "spring"): date(2022, 6, 2)}


@cache
def bank_holidays(year: int) -> dict[date, str]:
    """The bank holidays of England and Wales in a calendar year, worked out, with the substitute days for weekends."""
    sunday = easter(year)
    found = {
        _weekday_from(date(year, 1, 1)): "New Year’s Day",
        sunday - 2 * DAY: "Good Friday",
        sunday + DAY: "Easter Monday",
        MOVED.get((year, "early May"), _monday_on_or_after(date(year, 5, 1))): "Early May bank holiday",
        MOVED.get((year, "spring"), _last_monday(year, 5)): "Spring bank holiday",
        _last_monday(year, 8): "Summer bank holiday",
    }
    christmas = date(year, 12, 25)
    # On a Saturday or Sunday the two days take the next free weekdays: 27 and 28, or 26 and 27 December.
    if christmas.weekday() == 4:
        found |= {christmas: "Christmas Day", christmas + 3 * DAY: "Boxing Day"}
    elif christmas.weekday() == 5:
        found |= {christmas + 2 * DAY: "Christmas Day", christmas + 3 * DAY: "Boxing Day"}
    elif christmas.weekday() == 6:
        found |= {christmas + DAY: "Boxing Day", christmas + 2 * DAY: "Christmas Day"}
    else:
        found |= {christmas: "Christmas Day", christmas + DAY: "Boxing Day"}
    return dict(sorted((found | {day: name for day, name in PROCLAIMED.items() if day.year == year}).items()))


def is_working_day(day: date) -> bool:
    """Whether a day is neither of a weekend nor an English bank holiday."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def working_day_from(day: date) -> date:
    """The day itself, or the next working day."""
    while not is_working_day(day):
        day += DAY
    return day


def working_day_until(day: date) -> date:
    """The day itself, or the working day before it."""
    while not is_working_day(day):
        day -= DAY
    return day


def add_working_days(day: date, number: int) -> date:
    """The working day that lies `number` working days after a day (before it, where negative)."""
    step = DAY if number >= 0 else -DAY
    while number:
        day += step
        if is_working_day(day):
            number -= 1 if step == DAY else -1
    return day


def working_days(first: date, last: date) -> int:
    """How many working days lie from `first` to `last`, both included."""
    return sum(is_working_day(day) for day in days(first, last))


def days(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included; none where `last` is earlier."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def is_school_day(day: date, terms: Sequence[Span]) -> bool:
    """Whether a day is a working day within one of the terms."""
    return is_working_day(day) and any(first <= day <= last for first, last in terms)


def usual_terms(first: date, last: date) -> tuple[Span, ...]:
    """The usual half terms of the academic years that the days from `first` to `last` touch."""
    years = range(AcademicYear.of(first).first, AcademicYear.of(last).first + 1)
    return tuple(span for year in years for span in AcademicYear(year).terms)


def school_days(first: date, last: date, terms: Sequence[Span] | None = None) -> int:
    """How many school days follow `first` up to and with `last`; without `terms`, the usual ones of England."""
    spans = usual_terms(first, last) if terms is None else terms
    return sum(is_school_day(day, spans) for day in days(first + DAY, last))


# --- How days and times are written -------------------------------------------------------------------------------


def plain_date(day: date) -> str:
    """A date as text: 28 May 2027."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def long_date(day: date) -> str:
    """A date with its weekday, always worked out: Friday 28 May 2027."""
    return f"{WEEKDAYS[day.weekday()]} {plain_date(day)}"


def time12(moment: datetime) -> str:
    """The time of day in London: 9:30am, 4pm, midday, midnight."""
    local = moment.astimezone(LONDON)
    if (local.hour, local.minute) in ((0, 0), (12, 0)):
        return "midday" if local.hour else "midnight"
    minutes = f":{local.minute:02d}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'pm' if local.hour >= 12 else 'am'}"


def long_moment(moment: datetime) -> str:
    """A moment in London: Friday 28 May 2027, 11:59pm."""
    return f"{long_date(moment.astimezone(LONDON).date())}, {time12(moment)}"


# --- Weeks --------------------------------------------------------------------------------------------------------


def _easter_holiday(year: int) -> Span:
    """The usual two weeks, which an early Easter begins and a late one ends."""
    sunday = easter(year)
    if sunday.month == 3:
        return sunday - 2 * DAY, sunday + 14 * DAY
    monday = sunday - (6 if sunday.day <= 12 else 13) * DAY
    return monday, monday + 13 * DAY


def _monday_of(day: date) -> date:
    """The Monday of a day's week; of a weekend, the Monday after."""
    return day - day.weekday() * DAY if day.weekday() < 5 else _monday_on_or_after(day)


def _monday_on_or_after(day: date) -> date:
    return day + (-day.weekday() % 7) * DAY


def _last_monday(year: int, month: int) -> date:
    last = date(year + month // 12, month % 12 + 1, 1) - DAY
    return last - last.weekday() * DAY


def _weekday_from(day: date) -> date:
    while day.weekday() > 4:
        day += DAY
    return day
