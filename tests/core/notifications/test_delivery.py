"""The drain, against a real mail server: never lost, at most two copies, the second only after a crash or a cut."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from core import clock as portal_clock
from core.notifications import delivery, kinds, preferences, tasks
from core.notifications.delivery import drain
from core.notifications.models import Message, State
from core.notifications.outbox import Mail, post
from core.notifications.smtp import Outcome, Result
from core.secrets import encrypt
from tests import smtp
from tests.clock import NOW
from tests.factories.notifications import FIRST, KIND, OPTIONAL, MessageFactory

LATER = Outcome(Result.LATER, "451")


def lapse(message: Message) -> None:
    """The lease of a message is over, by real time."""
    over = portal_clock.real_now() - timedelta(seconds=1)
    assert Message.objects.filter(pk=message.pk, state=State.LEASED).update(leased_until=over) == 1


@pytest.mark.django_db
def test_what_is_due_is_sent_and_what_is_not_waits(mail_server):
    due = MessageFactory()
    later = MessageFactory(due_at=NOW + timedelta(seconds=1))

    told = drain()

    due.refresh_from_db(), later.refresh_from_db()
    assert told == {State.SENT: 1}
    assert (due.state, due.sent_at, due.sent_as, due.attempts, due.lease) == (State.SENT, NOW, due.pk, 1, None)
    assert (later.state, later.attempts) == (State.WAITING, 0)
    assert mail_server.ids() == {f"<outbox.{due.pk}@hubportal.example>": 1}


@pytest.mark.django_db
def test_what_somebody_waits_for_at_a_screen_overtakes_all_that_is_due(mail_server):
    for hours in (2, 1):
        MessageFactory(subject=f"Due {hours} hours", due_at=NOW - timedelta(hours=hours))
    MessageFactory(kind=FIRST.name, subject="A code", due_at=NOW)
    MessageFactory(kind=FIRST.name, subject="A code for later", due_at=NOW + timedelta(seconds=1))

    drain()

    assert [mail["Subject"] for mail in mail_server.taken] == ["A code", "Due 2 hours", "Due 1 hours"]
    assert "accounts.sign_in_code" in kinds.overtaking()


@pytest.mark.django_db
def test_the_mail_comes_in_the_hubs_name_with_text_and_html_of_the_same_words(mail_server, settings):
    MessageFactory(reply_to=["head@school.example", "office@hub.example"], to_name="Zoë O’Hara, BA")

    drain()

    (mail,) = mail_server.taken
    assert mail["From"].addresses[0].display_name == "GLOW Maths Hub"
    assert mail["From"].addresses[0].addr_spec == settings.DEFAULT_FROM_EMAIL
    assert mail["To"].addresses[0].display_name == "Zoë O’Hara, BA"
    assert mail["Reply-To"] == "head@school.example, office@hub.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOW.replace(microsecond=0)
    assert "List-Unsubscribe" not in mail
    assert mail.get_content_type() == "multipart/alternative"
    assert "This is a note." in mail.get_body(("plain",)).get_content()
    assert "This is a note.</p>" in mail.get_body(("html",)).get_content()


@pytest.mark.django_db
def test_the_secret_is_in_the_mail_alone_and_emptied_from_the_row(mail_server):
    mail = Mail(
        KIND.name,
        "Helen",
        "h@school.example",
        "Sign",
        "Sign the commitments:\n((personal link))\n",
        secret="https://portal.example/l/TOKEN",
    )
    message = post(mail, key="a", now=NOW)

    drain()

    message.refresh_from_db()
    assert (message.state, message.secret) == (State.SENT, "")
    assert "((personal link))" in message.text
    (taken,) = mail_server.taken
    assert taken.get_body(("plain",)).get_content().splitlines() == [
        "Sign the commitments:",
        "https://portal.example/l/TOKEN",
    ]
    assert taken.get_body(("html",)).get_content().count('href="https://portal.example/l/TOKEN"') == 2


@pytest.mark.django_db
def test_a_refused_address_fails_at_once_with_its_answer_and_without_its_secret(mail_server):
    message = MessageFactory(to_email="550-rcpt@school.example", secret=encrypt("493817"))

    drain()

    message.refresh_from_db()
    assert (message.state, message.secret) == (State.FAILED, "")
    assert message.last_answer == "550 5.1.1 No such person"


@pytest.mark.django_db
def test_a_passing_refusal_is_tried_after_1_5_15_60_minutes_then_hourly_for_72_hours_then_fails(mail_server, clock):
    message = MessageFactory(to_email="451-rcpt@school.example")
    waits = []
    while True:
        drain()
        message.refresh_from_db()
        if message.state != State.WAITING:
            break
        waits.append((message.due_at - clock.now).total_seconds() / 60)
        clock.set(message.due_at)

    assert waits[:6] == [1, 5, 15, 60, 60, 60]
    assert set(waits[4:]) == {60}
    assert message.state == State.FAILED
    assert timedelta(hours=72) <= clock.now - NOW < timedelta(hours=73)
    assert message.attempts == len(waits) + 1


@pytest.mark.django_db
def test_a_cut_after_the_text_is_in_doubt_and_sent_once_more_under_the_same_id(mail_server, clock):
    message = MessageFactory(to_email="cut-text.once@school.example")

    drain()
    message.refresh_from_db()
    assert (message.state, message.doubts, message.due_at) == (State.IN_DOUBT, 1, NOW + timedelta(minutes=1))
    assert drain() == {}

    clock.on(minutes=1)
    drain()
    message.refresh_from_db()
    assert message.state == State.SENT
    assert mail_server.ids() == {f"<outbox.{message.pk}@hubportal.example>": 2}


@pytest.mark.django_db
def test_a_message_that_is_cut_twice_is_never_sent_a_third_time(mail_server, clock):
    message = MessageFactory(to_email="cut-text@school.example")
    for _ in range(100):
        drain()
        clock.on(hours=1)

    message.refresh_from_db()
    assert (message.state, message.doubts, message.last_answer) == (State.FAILED, 2, delivery.TWICE_IN_DOUBT)
    assert len(mail_server.taken) == 2


@pytest.mark.django_db
def test_a_message_in_doubt_that_is_then_put_off_stays_in_doubt_and_still_goes_out_once_more(mail_server, clock):
    message = MessageFactory(
        state=State.IN_DOUBT, doubts=1, attempts=1, first_tried_at=NOW, to_email="451-rcpt.once@school.example"
    )

    drain()
    message.refresh_from_db()
    assert (message.state, message.doubts, message.due_at) == (State.IN_DOUBT, 1, NOW + timedelta(minutes=5))

    clock.set(message.due_at)
    drain()
    message.refresh_from_db()
    assert message.state == State.SENT


@pytest.mark.django_db
def test_a_lease_that_ran_out_leaves_its_message_in_doubt_and_it_goes_once_more(mail_server):
    message = MessageFactory(lapsed=True)

    drain()

    message.refresh_from_db()
    assert (message.state, message.doubts, message.attempts) == (State.SENT, 1, 2)


@pytest.mark.django_db
def test_a_second_lease_that_runs_out_ends_it(mail_server):
    message = MessageFactory(lapsed=True, doubts=1, secret="gAAA")

    told = drain()

    message.refresh_from_db()
    assert told == {State.FAILED: 1}
    assert (message.state, message.doubts, message.secret, message.lease) == (State.FAILED, 2, "", None)
    assert mail_server.taken == []


@pytest.mark.django_db
def test_a_message_that_another_drain_holds_is_left_alone(mail_server):
    MessageFactory(leased=True)

    assert drain() == {}
    assert mail_server.taken == []


@pytest.mark.django_db
def test_who_comes_back_after_the_lease_was_lost_changes_nothing(mail_server):
    message = MessageFactory()
    slow = delivery.claim(now=NOW)
    lapse(message)
    quick = delivery.claim(now=NOW)

    delivery.settle(slow, LATER, now=NOW)
    message.refresh_from_db()
    assert (message.state, message.lease) == (State.LEASED, quick.lease)

    delivery.settle(quick, Outcome(Result.SENT, "250"), now=NOW)
    message.refresh_from_db()
    assert message.state == State.SENT


@pytest.mark.django_db
def test_what_is_no_longer_wanted_is_dropped_without_a_mail(mail_server):
    asked = []
    kinds.register(
        kind := kinds.Kind(f"tests.{uuid4()}", True, lambda message, now: bool(asked.append((message.pk, now))))
    )
    message = MessageFactory(kind=kind.name, secret="gAAA")

    told = drain()

    message.refresh_from_db()
    assert told == {State.DROPPED: 1}
    assert (message.state, message.secret, asked) == (State.DROPPED, "", [(message.pk, NOW)])
    assert mail_server.taken == []


@pytest.mark.django_db
def test_a_message_in_doubt_is_asked_again_whether_it_is_wanted(mail_server):
    kinds.register(kind := kinds.Kind(f"tests.{uuid4()}", True, lambda message, now: False))
    message = MessageFactory(lapsed=True, kind=kind.name)

    drain()

    message.refresh_from_db()
    assert message.state == State.DROPPED


@pytest.mark.django_db
def test_a_dead_server_puts_nothing_off_and_everything_goes_when_it_is_back(settings, mail_server, clock):
    for _ in range(3):
        MessageFactory()
    MessageFactory(state=State.IN_DOUBT, doubts=1, attempts=2, first_tried_at=NOW, due_at=NOW - timedelta(hours=1))
    settings.EMAIL_PORT = smtp.free_port()

    assert drain() == {"not reached": 1}
    assert sorted(Message.objects.values_list("state", "attempts", "due_at")) == [
        (State.IN_DOUBT, 2, NOW - timedelta(hours=1)),
        *[(State.WAITING, 0, NOW)] * 3,
    ]

    settings.EMAIL_PORT = mail_server.port
    clock.on(hours=100)
    assert drain() == {State.SENT: 4}


@pytest.mark.django_db
def test_hours_without_a_server_do_not_count_as_hours_of_refusal(settings, mail_server, clock):
    message = MessageFactory(to_email="451-rcpt.once@school.example")
    settings.EMAIL_PORT = smtp.free_port()
    drain()
    clock.on(hours=100)
    settings.EMAIL_PORT = mail_server.port

    drain()

    message.refresh_from_db()
    assert (message.state, message.first_tried_at) == (State.WAITING, clock.now)


@pytest.mark.django_db
def test_a_row_that_cannot_be_made_holds_up_nobody_and_its_address_stays_out_of_the_logs(mail_server, caplog):
    def broken(message: Message, now: object) -> bool:
        raise ValueError(message.to_email)

    kinds.register(kind := kinds.Kind(f"tests.{uuid4()}", True, broken))
    bad = MessageFactory(kind=kind.name, to_email="canary@school.example", due_at=NOW - timedelta(days=1))
    missing = MessageFactory(documents=[str(uuid4())])
    good = MessageFactory()

    with caplog.at_level(logging.DEBUG):
        drain()

    for message in (bad, missing, good):
        message.refresh_from_db()
    assert (bad.state, bad.due_at, bad.last_answer) == (
        State.WAITING,
        NOW + timedelta(minutes=1),
        "It could not be made: ValueError",
    )
    assert (missing.state, missing.last_answer) == (State.WAITING, "It could not be made: DocumentMissing")
    assert good.state == State.SENT
    assert str(bad.pk) in caplog.text
    assert "canary" not in caplog.text


@pytest.mark.django_db
def test_a_drain_uses_one_connection(mail_server):
    for _ in range(5):
        MessageFactory()

    drain()

    assert (len(mail_server.taken), mail_server.connections) == (5, 1)


@pytest.mark.django_db
def test_a_drain_stops_at_its_limit_and_the_longest_due_go_first(mail_server):
    second = MessageFactory(due_at=NOW - timedelta(hours=1))
    first = MessageFactory(due_at=NOW - timedelta(hours=2))
    MessageFactory()

    drain(limit=2)

    assert [mail["Message-ID"] for mail in mail_server.taken] == [
        f"<outbox.{first.pk}@hubportal.example>",
        f"<outbox.{second.pk}@hubportal.example>",
    ]


@pytest.mark.django_db
def test_what_is_not_essential_says_how_to_stop_it_in_its_headers_and_its_text(mail_server, client):
    message = MessageFactory(kind=OPTIONAL.name)

    drain()

    (mail,) = mail_server.taken
    stop = preferences.stop_address(message)
    assert mail["List-Unsubscribe"].strip().startswith(f"<{stop}>, <mailto:")
    assert mail["List-Unsubscribe-Post"].strip() == "List-Unsubscribe=One-Click"
    assert stop in mail.get_body(("plain",)).get_content()


@pytest.mark.django_db
def test_an_address_that_stopped_a_kind_gets_no_more_of_it_but_everything_else(mail_server):
    message = MessageFactory(kind=OPTIONAL.name)
    preferences.stop(message=MessageFactory(kind=OPTIONAL.name, sent=True, to_email="H.Carter@school.example"), now=NOW)
    essential = MessageFactory()
    another = MessageFactory(kind=OPTIONAL.name, to_email="j.marsh@school.example")

    drain()

    states = [Message.objects.get(pk=each.pk).state for each in (message, essential, another)]
    assert states == [State.DROPPED, State.SENT, State.SENT]


def _drain_in_a_thread(_: int) -> int:
    try:
        return drain()[State.SENT]
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_twenty_drains_at_once_send_each_message_exactly_once(mail_server):
    messages = [MessageFactory() for _ in range(100)]

    with ThreadPoolExecutor(20) as pool:
        sent = list(pool.map(_drain_in_a_thread, range(20)))

    assert sum(sent) == 100
    assert mail_server.ids() == {f"<outbox.{each.pk}@hubportal.example>": 1 for each in messages}
    assert set(Message.objects.values_list("state", "attempts", "doubts")) == {(State.SENT, 1, 0)}


@pytest.mark.django_db(transaction=True)
def test_without_the_lease_twenty_drains_send_copies(mail_server, monkeypatch):
    """The control of the test above: a claim that only reads lets two drains take one message."""
    mail_server.pause = 0.02
    for _ in range(20):
        MessageFactory()

    def claim(*, now: object) -> Message | None:
        found = Message.objects.takeable(now=now, real_now=portal_clock.real_now()).order_by("due_at").first()
        if found is not None:
            found.state = State.LEASED
        return found

    def settle(message: Message, outcome: Outcome, *, now: object) -> str:
        Message.objects.filter(pk=message.pk).update(state=State.SENT, sent_at=now, sent_as=message.pk)
        return State.SENT

    monkeypatch.setattr(delivery, "claim", claim)
    monkeypatch.setattr(delivery, "settle", settle)
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(_drain_in_a_thread, range(20)))

    assert max(mail_server.ids().values()) > 1


@pytest.mark.django_db(transaction=True)
def test_the_task_may_run_twice(mail_server):
    MessageFactory()

    tasks.drain()
    tasks.drain()

    assert len(mail_server.taken) == 1
