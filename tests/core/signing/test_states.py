"""The life of a request to sign."""

from __future__ import annotations

import itertools

import pytest

from core.signing.states import LIFE, Action, NotAllowed, State, after, before


@pytest.mark.parametrize(("state", "action"), LIFE)
def test_each_step_of_the_table_leads_where_it_says(state, action):
    assert after(state, action) is LIFE[state, action]


@pytest.mark.parametrize(("state", "action"), [pair for pair in itertools.product(State, Action) if pair not in LIFE])
def test_every_other_step_is_refused_in_words(state, action):
    with pytest.raises(NotAllowed, match=r"[.]$"):
        after(state, action)


def test_who_said_no_may_still_sign():
    assert before(Action.SIGN) == [State.ASKED, State.REFUSED]
