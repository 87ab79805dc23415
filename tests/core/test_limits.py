"""Counting how often something happens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import RequestFactory

from core import limits
from core.audit.models import Hit
from tests.clock import NOW

WINDOW = timedelta(minutes=10)


@pytest.mark.django_db
def test_the_event_past_the_limit_is_refused_and_not_counted():
    assert [limits.hit("code:a", 3, WINDOW, now=NOW) for _ in range(5)] == [True, True, True, False, False]
    assert Hit.objects.count() == 3


@pytest.mark.django_db
def test_keys_are_counted_apart():
    limits.hit("code:a", 1, WINDOW, now=NOW)

    assert limits.hit("code:b", 1, WINDOW, now=NOW)


@pytest.mark.django_db
def test_the_window_slides_by_the_second():
    limits.hit("code:a", 2, WINDOW, now=NOW)
    limits.hit("code:a", 2, WINDOW, now=NOW + timedelta(minutes=5))

    assert not limits.hit("code:a", 2, WINDOW, now=NOW + WINDOW - timedelta(seconds=1))
    assert limits.hit("code:a", 2, WINDOW, now=NOW + WINDOW)
    assert not limits.hit("code:a", 2, WINDOW, now=NOW + WINDOW)


@pytest.mark.django_db
def test_reached_looks_and_does_not_count():
    assert not limits.reached("code:a", 1, now=NOW)
    limits.hit("code:a", 1, WINDOW, now=NOW)

    assert limits.reached("code:a", 1, now=NOW)
    assert Hit.objects.count() == 1


@pytest.mark.django_db
def test_what_is_forgiven_counts_no_more():
    limits.hit("code:a", 1, WINDOW, now=NOW)
    limits.forgive("code:a")

    assert limits.hit("code:a", 1, WINDOW, now=NOW)


@pytest.mark.django_db
def test_the_table_never_shows_what_was_counted():
    limits.hit("address:192.0.2.7", 1, WINDOW, now=NOW)

    assert "192.0.2.7" not in str(list(Hit.objects.values()))


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_get_no_more_than_the_limit():
    def one(_: int) -> bool:
        try:
            return limits.hit("code:a", 7, WINDOW, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        allowed = list(pool.map(one, range(20)))

    assert sum(allowed) == 7


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [(0, "198.51.100.1", "127.0.0.1"), (1, "203.0.113.9, 198.51.100.1", "198.51.100.1"), (1, "", "127.0.0.1")],
)
def test_the_address_is_the_one_that_our_own_proxies_saw(settings, proxies, forwarded, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=forwarded)

    assert limits.address_of(request) == address
