"""A national administrator reads every hub's rounds and forms, and changes none; an analyst reads no form."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import NationalRole
from tests.factories.accounts import NationalMembershipFactory
from tests.factories.applications import ExpressionOfInterestFactory, RoundFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(NationalMembershipFactory().user)
    return client


def _text(client: Client, name: str, *args: object) -> str:
    response = client.get(reverse(f"applications:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def test_the_rounds_of_every_hub_stand_in_one_list_without_a_way_to_change_them(administrator: Client) -> None:
    first = RoundFactory()
    second = RoundFactory(edition=first.edition)

    page = _text(administrator, "own_rounds")

    assert first.hub.short_name in page and second.hub.short_name in page
    assert "Announce a round" not in page and "/edit/" not in page


def test_a_queue_and_a_bid_are_read_whole_and_offer_nothing_to_do(administrator: Client) -> None:
    eoi = ExpressionOfInterestFactory(submitted=True)

    queue, bid = _text(administrator, "queue", eoi.round_id), _text(administrator, "bid", eoi.pk)

    assert eoi.school.name in queue and "Only the hub changes and decides" in queue
    assert "/edit/" not in queue and 'name="eoi"' not in queue
    assert "Amira Khan" in bid
    assert "Add note" not in bid and f"/bids/{eoi.pk}/decide/" not in bid


def test_every_step_is_refused(administrator: Client) -> None:
    eoi = ExpressionOfInterestFactory(submitted=True)

    asked = {
        name: administrator.post(reverse(f"applications:{name}", args=args)).status_code
        for name, args in (
            ("note", [eoi.pk]),
            ("settle", [eoi.pk, "phase"]),
            ("decide", [eoi.pk, "offer"]),
            ("let_lapse", [eoi.pk]),
            ("reopen", [eoi.pk]),
            ("decide_many", [eoi.round_id]),
            ("round_edit", [eoi.round_id]),
            ("more_time", [eoi.round_id]),
            ("withdraw", [eoi.pk]),
            ("answer", [eoi.pk]),
        )
    }

    assert set(asked.values()) == {403}, asked


def test_a_draft_stays_the_schools_own(administrator: Client) -> None:
    draft = ExpressionOfInterestFactory()

    assert administrator.get(reverse("applications:bid", args=[draft.pk])).status_code == 404
    assert "Amira Khan" not in _text(administrator, "drafts", draft.round_id)


def test_an_analyst_finds_no_round_and_no_form(client: Client) -> None:
    eoi = ExpressionOfInterestFactory(submitted=True)
    client.force_login(NationalMembershipFactory(role=NationalRole.ANALYST).user)

    for name, key in (("queue", eoi.round_id), ("queue_csv", eoi.round_id), ("bid", eoi.pk), ("task_list", eoi.pk)):
        assert client.get(reverse(f"applications:{name}", args=[key])).status_code == 404
    assert client.get(reverse("applications:own_rounds")).status_code == 403


def test_a_role_that_has_ended_opens_nothing(client: Client) -> None:
    eoi = ExpressionOfInterestFactory(submitted=True)
    membership = NationalMembershipFactory()
    membership.ended_at = membership.since
    membership.save()
    client.force_login(membership.user)

    assert client.get(reverse("applications:bid", args=[eoi.pk])).status_code == 404
