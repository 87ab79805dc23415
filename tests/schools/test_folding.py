"""Text folded for search."""

import pytest

from schools.folding import fold, full_postcode, searched


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("St Thomas à Becket", "st thomas a becket"),
        ("SAINT THOMAS A'BECKET", "st thomas abecket"),
        ("St. Clement’s CE Primary School", "st clements ce primary school"),
        ("St Clement's Church of England Primary", "st clements ce primary"),
        ("St Clements C of E Primary", "st clements ce primary"),
        ("Doha British School – Al Wakra", "doha british school al wakra"),
        ("North Star 82°", "north star 82"),
        ("Smith & Jones", "smith and jones"),
        ("  ", ""),
        ("🙂", ""),
    ],
)
def test_what_people_write_in_several_ways_folds_to_one(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize("text", ["GL53 8QF", "gl538qf", " gl53  8qf ", "GL53-8QF"])
def test_a_whole_postcode_is_known_however_it_is_spaced(text):
    assert full_postcode(text) == "GL53 8QF"


@pytest.mark.parametrize("text", ["GL53", "GL53 8", "Cheltenham", "", "779 00", "W1A"])
def test_part_of_a_postcode_is_no_postcode(text):
    assert full_postcode(text) == ""


def test_a_town_that_the_name_holds_is_kept_once():
    assert (
        searched("Cheltenham School", "Cheltenham", "GL53 8QF", "115001") == "cheltenham school gl53 8qf gl538qf 115001"
    )
