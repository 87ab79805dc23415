"""Fixtures that every room needs: the clock, and a database that is whole again after each test."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

hypothesis.settings.register_profile("house", deadline=None, database=None, derandomize=True)
hypothesis.settings.load_profile("house")

STARTED_BY_US = int(os.environ.setdefault("PORTAL_TEST_RUN_OWNER", str(os.getpid()))) == os.getpid()


def pytest_configure(config: pytest.Config) -> None:
    """Runs that were killed leave their folder behind: those a day old go now."""
    runs = Path(__file__).resolve().parent.parent / "var" / "test"
    if not STARTED_BY_US or not runs.is_dir():
        return
    for folder in runs.iterdir():
        if folder.is_dir() and folder.stat().st_mtime < time.time() - 86_400:
            shutil.rmtree(folder, ignore_errors=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The run that made the folder takes it away, unless `PORTAL_TEST_KEEP` asks to look at it."""
    if STARTED_BY_US and "PORTAL_TEST_KEEP" not in os.environ:
        from django.conf import settings

        shutil.rmtree(settings.RUN_DIR, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with a browser come last: playwright leaves an event loop running in its thread, and what runs one of its
    own there, as the seal does, is refused."""
    items.sort(key=lambda item: "chromium" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """What migrations put into the tables is there again after a test that commits."""
    from django.db import connection

    from tests.database import keep_what_migrations_made

    with django_db_blocker.unblock():
        keep_what_migrations_made(connection)


@pytest.fixture(autouse=True)
def _clean_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that commits leaves its rate limits in the cache's table, which no model owns: empty it."""
    yield
    if {"transactional_db", "live_server"} & set(request.fixturenames):
        from django.core.cache import cache

        cache.clear()


@pytest.fixture(autouse=True)
def clock() -> Iterator:
    """The test's clock: Thursday 18 March 2027, 10:42am; `clock.at(day, hour)`, `clock.on(days=1)` move it."""
    from tests.clock import Clock

    clock = Clock()
    clock.reset()
    yield clock
    clock.reset()
