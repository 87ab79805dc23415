"""The life of a place on the roll."""

from __future__ import annotations

from itertools import product

import pytest

from programmes.states import LIFE, EnrolmentAction, EnrolmentState, NotAllowed, after


@pytest.mark.parametrize(("state", "action"), LIFE)
def test_every_move_of_the_table_leads_where_it_says(state, action):
    assert after(state, action) is LIFE[state, action]


@pytest.mark.parametrize(
    ("state", "action"), [pair for pair in product(EnrolmentState, EnrolmentAction) if pair not in LIFE]
)
def test_every_pair_outside_the_table_is_refused_in_words_for_the_reader(state, action):
    with pytest.raises(NotAllowed, match=f"A place that is {state.label.lower()} cannot take this step"):
        after(state, action)


def test_a_place_that_was_withdrawn_never_moves_again():
    assert not [action for (state, action) in LIFE if state is EnrolmentState.WITHDRAWN]
