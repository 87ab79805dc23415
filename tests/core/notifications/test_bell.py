"""The bell: on commit, at most once a second, and never a page's misfortune."""

from __future__ import annotations

import json
import socket
import threading
import time
import uuid

import pytest
import redis
from django.conf import settings as portal_settings
from django.db import connection, transaction

from core.documents import jobs
from core.notifications import bell
from core.notifications.outbox import Mail, post
from tests import smtp
from tests.clock import NOW
from tests.factories.documents import KIND as DOCUMENT
from tests.factories.notifications import KIND
from tests.processes import child

NOTE = Mail(KIND.name, "Helen", "h@school.example", "A note", "A note.")
TIMED = """
import json, time
import django
import kombu.transport.redis  # loaded once a process, and slowly on a busy machine: not what is timed here
django.setup()
from core.notifications import bell
told = []
for _ in range(3):
    began = time.monotonic()
    rang = bell.ring_now()
    told.append([rang, time.monotonic() - began])
print(json.dumps([told, bell.failures()]))
"""


def rings() -> list[str]:
    """What lies in the broker unheard: in its folder, or on PostgreSQL's side in its list in Redis."""
    if portal_settings.REDIS_URL:
        with redis.Redis.from_url(portal_settings.REDIS_URL, decode_responses=True) as server:
            return server.lrange("portal", 0, -1)
    return [each.read_text() for each in (portal_settings.BELL_DIR / "queue").glob("*.msg")]


def silence() -> None:
    """Take away what lies there."""
    if portal_settings.REDIS_URL:
        with redis.Redis.from_url(portal_settings.REDIS_URL) as server:
            server.delete("portal")
    for each in (portal_settings.BELL_DIR / "queue").glob("*.msg"):
        each.unlink()


@pytest.fixture(autouse=True)
def quiet():
    """No ring left over, and none held back by the test before."""
    bell._bell = bell._Bell()
    silence()
    yield
    bell._bell = bell._Bell()


@pytest.mark.django_db(transaction=True)
def test_it_rings_when_the_act_is_committed_and_not_before():
    with transaction.atomic():
        post(NOTE, key="a", now=NOW)
        assert rings() == []

    assert len(rings()) == 1
    assert "core.notifications.tasks.drain" in rings()[0]


@pytest.mark.django_db(transaction=True)
def test_an_act_that_is_rolled_back_rings_nothing():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        post(NOTE, key="a", now=NOW)
        raise ZeroDivisionError

    assert rings() == []


@pytest.mark.django_db(transaction=True)
def test_many_acts_within_a_second_ring_once():
    for number in range(5):
        post(NOTE, key=str(number), now=NOW)

    assert len(rings()) == 1


@pytest.mark.django_db(transaction=True)
def test_mail_and_document_of_one_act_ring_each_for_itself():
    with transaction.atomic():
        post(NOTE, key="a", now=NOW)
        jobs.want(kind=DOCUMENT.name, subject_id=uuid.uuid4(), key="a", now=NOW)

    assert sorted("make_documents" in ring for ring in rings()) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_a_message_for_later_rings_nothing():
    post(NOTE, key="a", now=NOW, due_at=NOW.replace(hour=18))

    assert rings() == []


def test_it_rings_from_any_thread_of_the_web_server():
    thread = threading.Thread(target=bell.ring_now)
    thread.start()
    thread.join()

    assert len(rings()) == 1


@pytest.mark.django_db(transaction=True)
def test_what_it_carries_names_nobody():
    post(NOTE, key="a", now=NOW)

    carried = json.dumps(json.loads(rings()[0]))
    assert "school.example" not in carried
    assert "Helen" not in carried


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("silent", [False, True])
def test_a_dead_or_silent_redis_costs_at_most_two_and_a_half_seconds_once(silent):
    with socket.socket() as listener:
        port = smtp.free_port()
        if silent:
            listener.bind(("127.0.0.1", port))
            listener.listen()
        with child("-c", TIMED, REDIS_URL=f"redis://127.0.0.1:{port}/0") as process:
            told, wrong = process.communicate(timeout=60)

    (first, second, third), failures = json.loads(told.splitlines()[-1])
    assert (first[0], second[0], third[0], failures) == (False, False, False, 1), wrong
    assert first[1] < 2.5
    assert second[1] + third[1] < 0.05
    assert connection.vendor in ("sqlite", "postgresql")


def test_after_a_failure_it_is_not_tried_for_thirty_seconds():
    bell._bell.quiet_until = time.monotonic() + bell.AFTER_FAILURE

    assert bell.ring_now() is False
    assert bell.AFTER_FAILURE == 30
