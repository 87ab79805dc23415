"""Posting: a row in the transaction of the act, one for each occasion."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from core import clock
from core.notifications import kinds, outbox
from core.notifications.models import Message, State
from core.notifications.outbox import Mail, compose, oldest_waiting_seconds, post
from core.secrets import decrypt
from tests.clock import NOW
from tests.factories.notifications import KIND, MessageFactory

NOTE = Mail(KIND.name, "Helen Carter", "h.carter@school.example", "A note", "Dear Helen,\n\nA note.\n")


@pytest.mark.django_db
def test_a_message_waits_from_now_unless_a_time_is_given():
    at_once = post(NOTE, key="a", now=NOW)
    later = post(NOTE, key="b", now=NOW, due_at=NOW + timedelta(days=1))

    assert (at_once.state, at_once.due_at, at_once.created_at) == (State.WAITING, NOW, NOW)
    assert later.due_at == NOW + timedelta(days=1)


@pytest.mark.django_db
def test_an_occasion_has_one_message_whoever_comes_second():
    assert post(NOTE, key="a", now=NOW) is not None
    assert post(replace(NOTE, subject="Another"), key="a", now=NOW) is None
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_make_one_message_of_an_occasion():
    def one(_: int) -> bool:
        try:
            with transaction.atomic():
                return post(NOTE, key="a", now=NOW) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        made = list(pool.map(one, range(20)))

    assert (sum(made), Message.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_an_act_that_is_rolled_back_leaves_no_message():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        post(NOTE, key="a", now=NOW)
        raise ZeroDivisionError

    assert not Message.objects.exists()


@pytest.mark.django_db
def test_the_secret_is_kept_encrypted_and_the_text_shows_its_place_only():
    message = post(
        replace(NOTE, text="Sign:\n((personal link))\n", secret="https://portal.example/l/TOKEN"), key="a", now=NOW
    )

    row = Message.objects.filter(pk=message.pk).values().get()
    assert "TOKEN" not in str(row)
    assert decrypt(row["secret"]) == "https://portal.example/l/TOKEN"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "123456"},
        {"text": "Your code is ((code))"},
        {"to_email": ""},
        {"to_email": "h.carter"},
        {"to_email": "a@b.example\r\nBcc: c@d.example"},
        {"to_email": "h.cärter@school.example"},
    ],
)
def test_a_mail_that_could_never_be_sent_right_is_refused(wrong):
    with pytest.raises(ValueError):
        post(replace(NOTE, **wrong), key="a", now=NOW)


@pytest.mark.django_db
def test_a_key_too_long_for_its_column_is_refused_on_either_database():
    with pytest.raises(ValueError, match="too long"):
        post(NOTE, key="a" * 256, now=NOW)


@pytest.mark.django_db
def test_a_kind_that_no_room_registered_is_refused():
    with pytest.raises(kinds.UnknownKind):
        post(replace(NOTE, kind="tests.nobody"), key="a", now=NOW)


@pytest.mark.django_db
def test_line_breaks_and_unseen_signs_never_reach_a_header():
    message = post(
        replace(
            NOTE,
            subject="One\r\nBcc: two@school.example",
            to_name="Helen\u202e\nCarter\x0b",
            from_name="GLOW\u2028Hub",
            reply_to=("a@school.example\r\nX: y",),
        ),
        key="a",
        now=NOW,
    )

    assert message.subject == "One Bcc: two@school.example"
    assert (message.to_name, message.from_name) == ("Helen Carter", "GLOW Hub")
    assert message.reply_to == ["a@school.example X: y"]


@pytest.mark.django_db
def test_the_messages_about_a_thing_are_found_newest_first():
    subject = uuid4()
    old = MessageFactory(subject_label="tests.paper", subject_id=subject)
    new = MessageFactory(subject_label="tests.paper", subject_id=subject, created_at=NOW + timedelta(hours=1))
    MessageFactory(subject_label="tests.paper", subject_id=uuid4())
    MessageFactory(subject_label="tests.other", subject_id=subject)

    assert list(Message.objects.about("tests.paper", subject)) == [new, old]


def test_a_template_gives_the_subject_on_its_first_line_and_the_text_below(settings, tmp_path):
    (tmp_path / "note.txt").write_text(
        "A note for {{ name }}\n\nDear {{ name }},\n\n{% if more %}\n- more\n{% endif %}\n\n\n\nO'Hara & Sons\n"
    )
    for engine in (engines := [dict(each) for each in settings.TEMPLATES]):
        engine["DIRS"] = [tmp_path, *engine["DIRS"]]
    settings.TEMPLATES = engines

    subject, text = compose("note.txt", {"name": "Aoife O'Brien", "more": True})

    assert subject == "A note for Aoife O'Brien"
    assert text == "Dear Aoife O'Brien,\n\n- more\n\nO'Hara & Sons\n"


@pytest.mark.django_db
def test_the_longest_wait_is_that_of_the_oldest_due_message_that_no_drain_has_taken():
    assert oldest_waiting_seconds(NOW) == 0
    MessageFactory(due_at=NOW + timedelta(hours=1))
    MessageFactory(sent=True, due_at=NOW - timedelta(days=1))
    MessageFactory(leased=True, due_at=NOW - timedelta(days=1))
    assert oldest_waiting_seconds(NOW) == 0

    MessageFactory(due_at=NOW - timedelta(seconds=90))
    MessageFactory(due_at=NOW - timedelta(seconds=30), state=State.IN_DOUBT, doubts=1)
    assert oldest_waiting_seconds(NOW) == 90


@pytest.mark.django_db
def test_a_message_whose_lease_ran_out_waits_from_then():
    MessageFactory(lapsed=True, leased_until=clock.real_now() - timedelta(seconds=50))

    assert 50 <= oldest_waiting_seconds(NOW) < 60


@pytest.mark.django_db
def test_the_portal_is_not_ready_when_a_due_message_has_waited_for_more_than_five_minutes(client, clock):
    MessageFactory(due_at=NOW)

    clock.on(minutes=5)
    assert client.get("/readyz").status_code == 200

    clock.on(seconds=1)
    assert client.get("/readyz").status_code == 503


def test_the_places_for_secrets_are_two():
    assert outbox.PLACES == ("((personal link))", "((code))")
