"""Stopping a kind of message from the mail itself."""

from __future__ import annotations

import pytest
from django.test import Client

from core.notifications import preferences
from core.notifications.models import Stopped
from tests.factories.notifications import OPTIONAL, MessageFactory

pytestmark = pytest.mark.django_db


def path_of(message) -> str:
    return "/" + preferences.stop_address(message).split("/", 3)[3]


def test_the_address_names_nobody():
    message = MessageFactory(kind=OPTIONAL.name)

    assert "carter" not in preferences.stop_address(message)


def test_opening_it_changes_nothing_and_offers_a_button(client):
    message = MessageFactory(kind=OPTIONAL.name)

    response = client.get(path_of(message))

    assert response.status_code == 200
    assert "no more reminders to the address" in response.content.decode()
    assert not Stopped.objects.exists()


def test_a_mail_program_stops_it_by_one_post_without_session_or_token():
    message = MessageFactory(kind=OPTIONAL.name)

    response = Client(enforce_csrf_checks=True).post(path_of(message), {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    assert preferences.stopped(message)
    assert "h.carter" not in str(list(Stopped.objects.values()))


def test_stopping_twice_is_stopping_once_and_it_can_be_allowed_again(client):
    message = MessageFactory(kind=OPTIONAL.name)
    client.post(path_of(message))
    client.post(path_of(message))
    assert Stopped.objects.count() == 1

    client.post(path_of(message), {"again": "1"})

    assert not preferences.stopped(message)


def test_what_is_essential_cannot_be_stopped(client):
    message = MessageFactory()

    response = client.post(path_of(message))

    assert response.status_code == 200
    assert not Stopped.objects.exists()


@pytest.mark.parametrize("sealed", ["forged", "0" * 32 + ":abc"])
def test_a_forged_address_is_not_ours(client, sealed):
    assert client.get(f"/mail/stop/{sealed}").status_code == 404
