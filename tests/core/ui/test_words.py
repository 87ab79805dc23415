"""How the portal writes days, times, money and counts; and its marks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.core.paginator import Paginator
from django.template import Context, engines

from core.clock import london
from core.ui.templatetags import hub

CLOSES = london(date(2027, 5, 28), 23, 59)


def test_days_are_written_with_their_weekday():
    assert hub.long_date(CLOSES) == "Friday 28 May 2027"
    assert hub.plain_date(date(2027, 3, 1)) == "1 March 2027"
    assert hub.short_date(date(2027, 5, 28)) == "Fri 28 May"
    assert hub.long_date(None) == hub.plain_date("") == ""


def test_days_are_counted_from_the_day_that_every_page_knows(rf):
    from core.ui.context import page

    template = engines["django"].from_string(
        "{% load hub %}{{ day|days_left:today }}, {{ day|in_days:today }}, {{ today|long_date }}"
    )

    said = template.template.render(Context({"day": date(2027, 3, 20), **page(rf.get("/"))}))

    assert said == "2 days left, in 2 days, Thursday 18 March 2027"


def test_a_moment_is_told_by_londons_clock():
    assert hub.moment(datetime(2027, 5, 28, 22, 59, tzinfo=UTC)) == "Friday 28 May 2027, 11:59pm"
    assert hub.moment(london(date(2027, 3, 18), 12)) == "Thursday 18 March 2027, midday"
    assert hub.moment(london(date(2027, 3, 18), 0)) == "Thursday 18 March 2027, midnight"


@pytest.mark.parametrize(
    ("at", "said"),
    [(time(9, 30), "9:30am"), (time(16), "4pm"), (time(12, 5), "12:05pm"), (time(0, 5), "12:05am"), (time(11), "11am")],
)
def test_times_have_no_needless_noughts(at, said):
    assert hub.time12(at) == said


@pytest.mark.parametrize(
    ("day", "said", "left"),
    [
        (date(2027, 3, 24), "in 6 days", "6 days left"),
        (date(2027, 3, 19), "tomorrow", "1 day left"),
        (date(2027, 3, 18), "today", "last day"),
        (date(2027, 3, 17), "yesterday", "closed"),
        (date(2027, 3, 15), "3 days ago", "closed"),
    ],
)
def test_days_are_counted_from_today(day, said, left):
    today = date(2027, 3, 18)

    assert hub.in_days(day, today) == said
    assert hub.days_left(day, today) == left


@pytest.mark.parametrize(
    ("amount", "said"),
    [(200_000, "£2,000"), (125_050, "£1,250.50"), (Decimal("2000.00"), "£2,000"), (0, "£0"), (None, ""),
     (-5_000, "\N{MINUS SIGN}£50")],
)  # fmt: skip
def test_money_is_pounds(amount, said):
    assert hub.money(amount) == said


def test_counts_and_years():
    assert hub.years(2027) == "2027/28"
    assert hub.years(2099) == "2099/00"
    assert [hub.in_words(n) for n in (0, 2, 9, 10, 1013)] == ["no", "two", "nine", "10", "1,013"]
    assert hub.thousands(1013) == "1,013"
    assert hub.thousands(None) == "–"
    assert hub.joined(["a", "b", "c"]) == "a, b and c"
    assert hub.joined([]) == ""


def test_a_state_is_words_first():
    assert hub.state_tag("Ready <now>", "green") == '<strong class="app-tag app-tag--green">Ready &lt;now&gt;</strong>'
    assert "app-tag--grey" in hub.state_tag("x", "mauve")


def test_the_rods_are_filled_as_far_as_the_stage_and_say_its_word():
    html = hub.rods("embedding")

    assert html.count("app-rods__rod--") == 2
    assert html.endswith("Embedding</span>")


def test_dots_are_said_in_words():
    html = hub.dots([("signed", "Head: signed"), ("refused", "Head of department: said no")])

    assert "1 of 2 signed; Head of department: said no" in html
    assert 'app-dot--refused" title="Head of department: said no"' in html


def test_page_numbers_leave_gaps_of_more_than_one():
    numbers = Paginator(range(500), 50)

    assert hub.page_numbers(numbers, 1) == [1, 2, 0, 10]
    assert hub.page_numbers(numbers, 4) == [1, 2, 3, 4, 5, 0, 10]
    assert hub.page_numbers(numbers, 5) == [1, 0, 4, 5, 6, 0, 10]


def test_every_template_knows_the_tags_without_loading_them():
    written = (
        engines["django"].from_string('{{ day|long_date }} {% state_tag "x" %}').render({"day": date(2027, 3, 18)})
    )

    assert written.startswith("Thursday 18 March 2027 <strong")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("01242555201", "01242 555201"),
        ("01632 960 123", "01632 960 123"),
        ("02079460000", "020 7946 0000"),
        ("01614960000", "0161 496 0000"),
        ("+441914980000", "0191 498 0000"),
        ("08001234567", "0800 123 4567"),
        ("07700900123", "07700 900123"),
        ("12345", "12345"),
        (None, ""),
    ],
)
def test_a_telephone_number_is_written_in_its_groups(given, said):
    assert hub.telephone(given) == said
