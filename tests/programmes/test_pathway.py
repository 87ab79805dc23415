"""Which stage may follow which."""

from __future__ import annotations

import pytest

from programmes.pathway import NEXT, Stage, Step, next_stages

READINESS, DEVELOPMENT, EMBEDDING, SUSTAINING = Stage


def test_every_stage_has_a_line_in_the_table():
    assert set(NEXT) == {None, *Stage}


def test_a_school_without_history_begins_with_readiness_or_development():
    assert next_stages([], year=2027) == {READINESS, DEVELOPMENT}


@pytest.mark.parametrize(
    ("history", "allowed"),
    [
        ([Step(READINESS, 2026)], {DEVELOPMENT}),
        ([Step(READINESS, 2020)], {DEVELOPMENT}),
        ([Step(DEVELOPMENT, 2026)], {EMBEDDING, SUSTAINING}),
        ([Step(READINESS, 2025), Step(DEVELOPMENT, 2026)], {EMBEDDING, SUSTAINING}),
        ([Step(EMBEDDING, 2026)], {SUSTAINING}),
        ([Step(SUSTAINING, 2026)], {SUSTAINING}),
        ([Step(SUSTAINING, 2015)], {SUSTAINING}),
    ],
)
def test_a_stage_opens_the_next(history, allowed):
    assert next_stages(history, year=2027) == allowed


def test_a_gap_year_closes_embedding_but_leaves_sustaining_open():
    finished_development = [Step(DEVELOPMENT, year=2021)]

    assert next_stages(finished_development, year=2023) == {SUSTAINING}


def test_two_stages_taken_in_one_year_both_count():
    assert next_stages([Step(DEVELOPMENT, 2026), Step(SUSTAINING, 2026)], year=2027) == {EMBEDDING, SUSTAINING}
    assert next_stages([Step(SUSTAINING, 2026), Step(DEVELOPMENT, 2026)], year=2027) == {EMBEDDING, SUSTAINING}


def test_the_order_in_which_history_is_told_does_not_matter():
    steps = [Step(EMBEDDING, 2025), Step(SUSTAINING, 2026), Step(DEVELOPMENT, 2024)]

    assert next_stages(steps, year=2027) == next_stages(list(reversed(steps)), year=2027) == {SUSTAINING}


def test_what_happens_in_the_year_itself_or_later_opens_nothing():
    assert next_stages([Step(DEVELOPMENT, 2027), Step(DEVELOPMENT, 2028)], year=2027) == {READINESS, DEVELOPMENT}
