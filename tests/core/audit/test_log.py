"""Writing and reading the audit trail."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import User
from core.audit import log
from core.audit.models import Event
from tests.clock import NOW
from tests.factories.links import issue_link

pytestmark = pytest.mark.django_db


def test_a_record_names_the_thing_the_person_and_the_change():
    link, _ = issue_link()
    person = User.objects.create_user("lead@hub.example")
    hub = uuid4()

    event = log.record(
        "link.moved",
        link,
        by=person,
        at=NOW,
        before={"email": "a@b.example"},
        after={"email": "c@d.example"},
        scope=hub,
    )

    event.refresh_from_db()
    assert (event.label, event.object_id) == ("links.link", str(link.pk))
    assert (event.actor, event.acting_as, event.scope, event.at) == (person, None, hub, NOW)
    assert (event.before, event.after) == ({"email": "a@b.example"}, {"email": "c@d.example"})


def test_acting_for_another_names_both_people():
    link, _ = issue_link()
    person, other = User.objects.create_user("one@hub.example"), User.objects.create_user("two@hub.example")

    event = log.record("link.moved", link, by=person, acting_as=other, at=NOW)

    assert (event.actor, event.acting_as) == (person, other)


def test_history_is_of_one_thing_and_oldest_first():
    link, _ = issue_link()
    another, _ = issue_link()
    log.record("second", link, at=NOW + timedelta(minutes=1))
    log.record("first", link, at=NOW)
    log.record("elsewhere", another, at=NOW)

    assert list(log.history(link).values_list("action", flat=True)) == ["first", "second"]


def test_values_that_json_does_not_know_are_kept_as_text_and_rows_as_their_key():
    link, _ = issue_link()

    event = log.record("link.moved", link, at=NOW, after={"until": NOW, "link": link, "id": link.pk})

    event.refresh_from_db()
    assert event.after == {"until": "2027-03-18T10:42:00Z", "link": str(link.pk), "id": str(link.pk)}


def test_a_scope_reads_its_own_events_newest_first():
    link, _ = issue_link()
    hub = uuid4()
    log.record("old", link, at=NOW, scope=hub)
    log.record("new", link, at=NOW + timedelta(days=1), scope=hub)
    log.record("not theirs", link, at=NOW, scope=uuid4())

    assert list(Event.objects.in_scope(hub).values_list("action", flat=True)) == ["new", "old"]
