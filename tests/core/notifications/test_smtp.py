"""What each fault of a mail server means, against a real one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.mail import EmailMessage

from core.notifications.smtp import Backend, Result, send
from tests import smtp


@pytest.fixture
def backend(mail_server) -> Iterator[Backend]:
    """A backend to the scripted server."""
    backend = Backend()
    yield backend
    backend.close()


def mail(to: str, sender: str = "no-reply@hubportal.example") -> EmailMessage:
    return EmailMessage("A note", "Text", sender, [to])


@pytest.mark.parametrize(
    ("name", "result", "taken"),
    [
        ("plain", Result.SENT, 1),
        ("451-rcpt", Result.LATER, 0),
        ("421-rcpt", Result.LATER, 0),
        ("550-rcpt", Result.FAILED, 0),
        ("503-rcpt", Result.LATER, 0),
        ("451-data", Result.LATER, 0),
        ("451-text", Result.LATER, 0),
        ("554-text", Result.FAILED, 0),
        ("cut-rcpt", Result.LATER, 0),
        ("cut-data", Result.LATER, 0),
        ("cut-text", Result.IN_DOUBT, 1),
        ("hang-rcpt", Result.LATER, 0),
        ("hang-data", Result.LATER, 0),
        ("hang-text", Result.IN_DOUBT, 1),
    ],
)
def test_each_fault_by_its_phase(mail_server, backend, name, result, taken):
    outcome = send(backend, mail(f"{name}@school.example"))

    assert (outcome.result, outcome.reached, len(mail_server.taken)) == (result, True, taken)


@pytest.mark.parametrize(
    ("name", "result"), [("451-mail", Result.LATER), ("421-mail", Result.LATER), ("cut-mail", Result.LATER)]
)
def test_faults_before_any_recipient_is_named(backend, name, result):
    outcome = send(backend, mail("plain@school.example", sender=f"{name}@hubportal.example"))

    assert (outcome.result, outcome.reached) == (result, True)


def test_the_answer_is_kept_in_words(backend):
    outcome = send(backend, mail("550-rcpt@school.example"))

    assert outcome.answer == "550 5.1.1 No such person"


def test_a_port_where_nobody_listens_is_later_and_not_reached(settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.free_port()

    outcome = send(Backend(), mail("plain@school.example"))

    assert (outcome.result, outcome.reached) == (Result.LATER, False)


def test_a_server_that_never_greets_is_later_and_not_reached(settings):
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", silent.getsockname()[1], 0.3

        outcome = send(Backend(), mail("plain@school.example"))

    assert (outcome.result, outcome.reached) == (Result.LATER, False)


def test_a_refusal_leaves_the_connection_usable_and_a_cut_or_a_421_makes_a_new_one(mail_server, backend):
    for name in ("plain", "550-rcpt", "451-text", "plain", "cut-rcpt", "plain", "421-rcpt", "plain"):
        send(backend, mail(f"{name}@school.example"))

    assert len(mail_server.taken) == 4
    assert mail_server.connections == 3


def test_a_message_after_a_message_in_doubt_is_not_in_doubt_itself(backend):
    send(backend, mail("cut-text@school.example"))

    assert send(backend, mail("cut-rcpt@school.example")).result == Result.LATER
    assert send(backend, mail("plain@school.example")).result == Result.SENT
    assert send(backend, mail("hang-rcpt@school.example")).result == Result.LATER
