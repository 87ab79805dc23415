"""A link's life: issued, opened, used or ended."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from core.links import services
from core.links.models import Link
from core.links.services import LinkEnded
from tests.clock import NOW
from tests.factories.links import issue_link

pytestmark = pytest.mark.django_db


def test_the_token_is_long_and_only_its_hash_is_kept(settings):
    link, url = services.issue(
        kind="tests.paper",
        subject_id=uuid4(),
        name="Helen Carter",
        email="h.carter@school.example",
        valid_until=NOW + timedelta(days=1),
        now=NOW,
    )

    token = url.removeprefix(f"{settings.SITE_URL}/l/")
    assert len(token) == 43
    assert link.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(Link.objects.values().get())


def test_a_kind_that_no_room_registered_has_no_links():
    with pytest.raises(services.UnknownKind):
        issue_link(kind="tests.nobody")


def test_it_opens_until_its_last_moment_and_not_at_it():
    link, token = issue_link(valid_until=NOW + timedelta(days=1))

    assert services.opened(token=token, now=NOW + timedelta(days=1, seconds=-1)) == link
    with pytest.raises(LinkEnded):
        services.opened(token=token, now=NOW + timedelta(days=1))


def test_openings_are_counted_and_the_first_is_kept():
    link, token = issue_link()

    services.opened(token=token, now=NOW)
    services.opened(token=token, now=NOW + timedelta(hours=1))

    link.refresh_from_db()
    assert (link.first_opened_at, link.opened_count) == (NOW, 2)
    assert (link.ended_at, link.continued_at) == (None, None)


def test_an_unknown_token_opens_nothing():
    with pytest.raises(LinkEnded):
        services.opened(token="x" * 43, now=NOW)


def test_a_link_that_was_ended_opens_nothing_and_keeps_why():
    link, token = issue_link()

    assert services.end(links=Link.objects.filter(pk=link.pk), why="issued anew", now=NOW) == 1

    link.refresh_from_db()
    assert (link.ended_at, link.ended_why) == (NOW, "issued anew")
    with pytest.raises(LinkEnded):
        services.opened(token=token, now=NOW)


def test_ending_twice_keeps_the_first_reason():
    link, _ = issue_link()
    services.end(links=Link.objects.all(), why="withdrawn", now=NOW)

    assert services.end(links=Link.objects.all(), why="issued anew", now=NOW + timedelta(days=1)) == 0

    link.refresh_from_db()
    assert (link.ended_at, link.ended_why) == (NOW, "withdrawn")


def test_a_used_link_shows_the_receipt_for_thirty_days_and_nothing_else():
    link, token = issue_link()

    services.use(link=link, now=NOW)

    assert (link.is_open(NOW), link.shows_receipt(NOW)) == (False, True)
    assert services.opened(token=token, now=NOW + timedelta(days=30, seconds=-1)) == link
    with pytest.raises(LinkEnded):
        services.opened(token=token, now=NOW + timedelta(days=30))


def test_the_receipt_outlives_the_deadline():
    link, token = issue_link(valid_until=NOW + timedelta(days=1))
    services.use(link=link, now=NOW)

    assert services.opened(token=token, now=NOW + timedelta(days=20)) == link


def test_a_link_is_used_once():
    link, _ = issue_link()
    services.use(link=link, now=NOW)

    with pytest.raises(LinkEnded):
        services.use(link=link, now=NOW)


def test_a_link_out_of_time_cannot_be_used():
    link, _ = issue_link(valid_until=NOW)

    with pytest.raises(LinkEnded):
        services.use(link=link, now=NOW)


def test_ending_takes_the_receipt_away_too():
    link, token = issue_link()
    services.use(link=link, now=NOW)

    assert services.end(links=Link.objects.all(), why="withdrawn", now=NOW) == 1

    with pytest.raises(LinkEnded):
        services.opened(token=token, now=NOW)


def test_a_deadline_moves_for_links_that_stand_only():
    link, token = issue_link()
    ended, _ = issue_link()
    services.end(links=Link.objects.filter(pk=ended.pk), why="withdrawn", now=NOW)

    assert services.extend(links=Link.objects.all(), valid_until=NOW + timedelta(days=60)) == 1
    assert services.opened(token=token, now=NOW + timedelta(days=59)) == link


def test_continue_keeps_its_first_press_and_browser():
    link, _ = issue_link()

    services.go_on(link=link, browser="a" * 64, now=NOW)
    services.go_on(link=link, browser="b" * 64, now=NOW + timedelta(minutes=5))

    link.refresh_from_db()
    assert (link.continued_at, link.continued_browser) == (NOW, "a" * 64)


@pytest.mark.parametrize(
    "half",
    [
        {"ended_at": NOW},
        {"ended_why": "withdrawn"},
        {"receipt_until": NOW},
        {"continued_at": NOW},
        {"continued_browser": "a"},
    ],
)
def test_the_database_refuses_half_an_end_and_half_a_continue(half):
    link, _ = issue_link()

    with pytest.raises(IntegrityError), transaction.atomic():
        Link.objects.filter(pk=link.pk).update(**half)
