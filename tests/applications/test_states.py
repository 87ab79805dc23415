"""The life of a form: every pair outside the table is refused, and each state says whose move it is."""

from __future__ import annotations

import itertools

import pytest

from applications.states import LIFE, LIVE, STANDS, Action, NotAllowed, State, Turn, after, turn


@pytest.mark.parametrize(("state", "action"), list(itertools.product(State, Action)))
def test_a_pair_leads_where_the_table_says_and_nowhere_else(state, action):
    if (state, action) in LIFE:
        assert after(state, action) is LIFE[state, action]
    else:
        with pytest.raises(NotAllowed, match=f"This form {STANDS[state]}: left as it was"):
            after(state, action)


def test_a_draft_becomes_live_by_being_sent_alone():
    assert [a for (s, a), to in LIFE.items() if s is State.DRAFT and to in LIVE] == [Action.ASK_TO_SIGN]


def test_nothing_follows_a_refused_or_withdrawn_form():
    assert not [a for s, a in LIFE if s in (State.REFUSED, State.WITHDRAWN)]


def test_every_state_can_be_reached_from_a_draft():
    reached, more = set(), {State.DRAFT}
    while more:
        reached |= more
        more = {to for (s, _), to in LIFE.items() if s in reached} - reached

    assert reached == set(State)


@pytest.mark.parametrize(
    ("state", "all_signed", "said_no", "whose"),
    [
        ("draft", False, False, Turn.SCHOOL),
        ("signing", False, False, Turn.SIGNATORIES),
        ("signing", False, True, Turn.SCHOOL),
        ("submitted", True, False, Turn.HUB),
        ("reserve", True, False, Turn.HUB),
        ("reserve", False, False, Turn.SIGNATORIES),
        ("reserve", False, True, Turn.SCHOOL),
        ("offered", True, False, Turn.SCHOOL),
        ("offered", False, False, Turn.SIGNATORIES),
        ("accepted", True, False, Turn.NOBODY),
        ("not_chosen", True, False, Turn.NOBODY),
        ("lapsed", False, False, Turn.NOBODY),
    ],
)
def test_whose_move_it_is(state, all_signed, said_no, whose):
    assert turn(state, all_signed=all_signed, someone_said_no=said_no) is whose
