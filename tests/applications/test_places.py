"""Twenty people decide on the last place at the same second, and one of them gets it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.models import F

from applications.models import ExpressionOfInterest, Round
from applications.services import deciding, moving
from applications.services.moving import NoPlaceLeft
from applications.states import State
from tests.clock import NOW
from tests.factories.applications import ExpressionOfInterestFactory, RoundFactory, a_lead_of

THREADS = 20


def _together(acts: list[Callable[[], Any]]) -> list[Any]:
    """Run the acts in threads that begin at one moment; each gives its result or its exception."""
    begin = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            begin.wait(30)
            results[number] = act()
        except Exception as refusal:
            results[number] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results


@pytest.fixture
def queue() -> tuple[Round, list[ExpressionOfInterest], Any]:
    """A round with one place and twenty forms to decide."""
    round_ = RoundFactory(places=1)
    eois = [ExpressionOfInterestFactory(round=round_, submitted=True) for _ in range(THREADS)]
    return round_, eois, a_lead_of(eois[0])


def _back_to_the_start(round_: Round) -> None:
    ExpressionOfInterest.objects.filter(round=round_).update(
        state=State.SUBMITTED, offered_at=None, answer_by=None, decided_by=None, decided_at=None, on_condition=False
    )
    Round.objects.filter(pk=round_.pk).update(places_held=0)


def _offered(round_: Round) -> int:
    return ExpressionOfInterest.objects.filter(round=round_, state=State.OFFERED).count()


def _race(round_: Round, eois: list[ExpressionOfInterest], lead: Any, *, times: int) -> list[int]:
    """How many offers came of each race for the one place."""
    found = []
    for _ in range(times):
        _back_to_the_start(round_)
        results = _together(
            [lambda eoi=eoi: deciding.offer(eoi_id=eoi.pk, by=lead, now=NOW) for eoi in eois]  # type: ignore[misc]
        )
        refused = [r for r in results if isinstance(r, Exception)]
        assert all(isinstance(r, NoPlaceLeft) for r in refused), refused
        assert Round.objects.get(pk=round_.pk).places_held == _offered(round_)
        found.append(_offered(round_))
    return found


@pytest.mark.django_db(transaction=True)
def test_twenty_leads_offer_the_last_place_and_one_offer_stands(queue: tuple) -> None:
    assert _race(*queue, times=2) == [1, 1]


@pytest.mark.long
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_twenty_leads_offer_the_last_place_fifty_times_over_and_one_offer_stands_each_time(queue: tuple) -> None:
    assert _race(*queue, times=50) == [1] * 50


@pytest.fixture
def without_guards(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take out what holds the places: the conditional update, and the constraint behind it."""

    def read_then_write(round_id: Any) -> None:
        round_ = Round.objects.get(pk=round_id)
        if round_.places_held >= round_.places:
            raise NoPlaceLeft("full")
        time.sleep(0.05)
        Round.objects.filter(pk=round_id).update(places_held=F("places_held") + 1)

    monkeypatch.setattr(moving, "take_place", read_then_write)
    name = "places_are_never_oversold"
    constraint = next(c for c in Round._meta.constraints if c.name == name)
    with connection.schema_editor() as editor:
        editor.remove_constraint(Round, constraint)
    yield
    Round.objects.filter(places_held__gt=F("places")).update(places_held=0)
    with connection.schema_editor() as editor:
        editor.add_constraint(Round, constraint)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs PostgreSQL")
def test_control_without_lock_and_constraint_postgresql_sells_the_place_twice(
    queue: tuple, without_guards: None
) -> None:
    round_, eois, lead = queue

    _together([lambda eoi=eoi: deciding.offer(eoi_id=eoi.pk, by=lead, now=NOW) for eoi in eois])  # type: ignore[misc]

    assert _offered(round_) >= 2


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="needs SQLite")
def test_control_counting_and_writing_in_two_transactions_sqlite_sells_the_place_twice(queue: tuple) -> None:
    round_, eois, lead = queue

    def count_then_write(eoi: ExpressionOfInterest) -> None:
        with transaction.atomic():
            free = _offered(round_) < round_.places
        time.sleep(0.05)
        if free:
            with transaction.atomic():
                ExpressionOfInterest.objects.filter(pk=eoi.pk, state=State.SUBMITTED).update(
                    state=State.OFFERED, offered_at=NOW, answer_by=NOW, decided_by=lead, decided_at=NOW
                )

    _together([lambda eoi=eoi: count_then_write(eoi) for eoi in eois])  # type: ignore[misc]

    assert _offered(round_) >= 2


@pytest.mark.django_db
def test_the_counter_of_places_is_held_by_the_database_whatever_the_code_does() -> None:
    round_ = RoundFactory(places=1)

    with pytest.raises(Exception, match="places_are_never_oversold"), transaction.atomic():
        Round.objects.filter(pk=round_.pk).update(places_held=2)
