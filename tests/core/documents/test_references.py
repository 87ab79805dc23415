"""References: one spelling, forgiving to read, and every slip of the hand is seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.documents.references import ALPHABET, check_character, new_reference, parse

BODIES = st.text(ALPHABET, min_size=5, max_size=5)


def written(characters):
    return f"HP-{characters[:4]}-{characters[4:]}"


def test_a_reference_is_eight_letters_in_groups():
    reference = new_reference()

    assert (len(reference), reference[:3], reference[7]) == (10, "HP-", "-")
    assert parse(reference) == reference


def test_references_are_drawn_at_random():
    assert len({new_reference() for _ in range(500)}) > 495


@pytest.mark.parametrize(
    "typed",
    ["HP-4K7Q-2M", "hp-4k7q-2m", " hp 4k7q 2m ", "HP4K7Q2M", "4K7Q-2M", "hp\u20114k7q\u20112m", "HP-4K7Q-2M\u00a0"],
)
def test_a_reference_is_read_however_it_is_typed(typed):
    assert parse(typed) == "HP-4K7Q-2M"


def test_letters_that_look_like_figures_are_read_as_figures():
    body = "10Z01"
    right = written(body + check_character(body))

    assert {parse(right.replace("0", "O")), parse(right.replace("1", "I")), parse(right.replace("1", "l"))} == {right}


@pytest.mark.parametrize(
    "typed", ["", "HP-", "HP-4K7Q-2", "HP-4K7Q-2MM", "HP-4K7U-2M", "HP-4K7Q-2é", "XX-4K7Q-2M", "HP-4K7Q-2\x00"]
)
def test_what_cannot_be_a_reference_is_none(typed):
    assert parse(typed) is None


@given(BODIES)
def test_every_single_wrong_character_is_seen(body):
    right = body + check_character(body)

    for place in range(6):
        for other in ALPHABET:
            wrong = right[:place] + other + right[place + 1 :]
            assert (parse(written(wrong)) is None) == (wrong != right)


@given(BODIES)
def test_every_two_neighbours_that_changed_places_are_seen(body):
    right = body + check_character(body)

    for place in range(5):
        wrong = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
        assert (parse(written(wrong)) is None) == (wrong != right)
