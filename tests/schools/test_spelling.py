"""Misspelt words put right."""

import pytest

from schools.spelling import distance, joined, nearest, vocabulary


def words(*texts: str) -> dict:
    return vocabulary(texts, lambda: texts)


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        ("balcarras", "balcarras", 0),
        ("balcaras", "balcarras", 1),
        ("balcarrsa", "balcarras", 1),  # two neighbours swapped are one mistake
        ("blacaras", "balcarras", 2),
        ("kitten", "sitting", 3),
        ("", "ab", 2),
    ],
)
def test_letters_apart_are_counted(one, other, far):
    assert distance(one, other, 3) == far
    assert distance(other, one, 3) == far


def test_beyond_its_limit_a_distance_is_only_more():
    assert distance("balcarras", "woodroffe", 2) == 3


def test_a_word_that_a_school_begins_with_needs_no_correction():
    assert nearest("balc", words("balcarras school")) == ["balc"]


def test_the_nearest_words_are_meant_and_no_others():
    assert nearest("sevren", words("severn vale", "seven oaks", "sovereign")) == ["seven", "severn"]


def test_a_short_word_is_never_corrected():
    assert nearest("vle", words("severn vale")) == []


def test_a_wrong_letter_is_found_while_the_word_is_being_typed():
    assert nearest("cheltn", words("cheltenham bournside")) == ["cheltenham"]


def test_two_pieces_of_one_word_are_put_together():
    assert joined(["chelten", "ham", "bournside"], words("cheltenham bournside")) == ["cheltenham", "bournside"]


def test_the_words_are_read_again_only_for_a_new_version():
    first = vocabulary("a version", lambda: ["larkhill"])

    assert vocabulary("a version", lambda: pytest.fail("read again")) is first
    assert vocabulary("another", lambda: ["maidenhill"]) == {10: ["maidenhill"]}
