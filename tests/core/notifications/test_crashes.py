"""A drain that is killed outright, in a process of its own."""

from __future__ import annotations

import time

import pytest

from core.notifications.delivery import drain
from core.notifications.models import Message, State
from tests.factories.notifications import MessageFactory
from tests.processes import child

# The command itself, once the kinds of the tests are known.
DRAIN = """
import django
django.setup()
import tests.factories.notifications
from django.core.management import call_command
call_command("drain")
"""

pytestmark = pytest.mark.django_db(transaction=True)


def drain_until(state: str, message: Message, seconds: float = 15.0) -> Message:
    """Drain as the worker does, until a message is in a state."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        drain()
        message.refresh_from_db()
        if message.state == state:
            return message
        time.sleep(0.3)
    raise AssertionError(f"{message.state} after {seconds} s")


def test_killed_between_the_text_and_the_answer_the_message_goes_once_more_under_the_same_id(mail_server):
    message = MessageFactory()
    mail_server.pause = 30
    with child("-c", DRAIN, mail_server=mail_server) as process:
        mail_server.wait_for(1, seconds=30)
        process.kill()
        process.wait()
    mail_server.pause = 0

    assert drain() == {}, "the dead drain's lease still holds"
    sent = drain_until(State.SENT, message)

    assert (sent.doubts, sent.attempts) == (1, 2)
    assert mail_server.ids() == {f"<outbox.{message.pk}@hubportal.example>": 2}


def test_killed_before_the_text_the_message_comes_once(mail_server):
    message = MessageFactory(to_email="hang-rcpt.once@school.example")
    with child("-c", DRAIN, mail_server=mail_server) as process:
        until = time.monotonic() + 30
        while not mail_server.played and time.monotonic() < until:
            time.sleep(0.05)
        process.kill()
        process.wait()

    drain_until(State.SENT, message)

    assert mail_server.ids() == {f"<outbox.{message.pk}@hubportal.example>": 1}


def test_the_command_says_what_became_of_the_messages(mail_server):
    MessageFactory()
    MessageFactory(to_email="550-rcpt@school.example")

    with child("-c", DRAIN, mail_server=mail_server) as process:
        told, _ = process.communicate(timeout=60)

    assert told.strip() == "1 failed, 1 sent"
