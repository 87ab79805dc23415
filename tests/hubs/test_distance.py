"""How far two places are apart."""

from hubs.distance import km


def test_metres_of_the_grid_are_kilometres_in_a_straight_line():
    assert km(396000, 220000, 399000, 224000) == 5.0


def test_a_place_is_no_way_from_itself():
    assert km(396000, 220000, 396000, 220000) == 0
