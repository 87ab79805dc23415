"""The start page and what a public service says of itself."""

from __future__ import annotations

import pytest

from tests.factories.applications import ExpressionOfInterestFactory, RoundFactory
from tests.factories.hubs import HubFactory
from tests.factories.programmes import EditionFactory
from tests.queries import queries

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_start_page_asks_for_the_school_and_works_as_a_plain_form(client):
    page = text(client.get("/"))

    assert '<form class="app-ask" method="get" action="/schools/" role="search">' in page
    assert 'name="q"' in page


def test_rounds_that_are_open_stand_by_their_closing_day_with_its_weekday(client):
    edition = EditionFactory()
    RoundFactory(edition=edition, hub__name="Late", places=12)
    RoundFactory(edition=edition, hub__name="Soon", closing_soon=True)
    RoundFactory(edition=edition, hub__name="Closed already", closed=True)
    RoundFactory(edition=edition, hub__name="Announced", announced_only=True)

    page = text(client.get("/"))

    assert "Closed already" not in page and "Announced" not in page
    assert page.index("Soon") < page.index("Late")
    assert "Friday 26 March 2027" in page and "closing soon" in page
    assert "Friday 28 May 2027" in page


def test_a_round_whose_places_are_held_says_so(client):
    round_ = RoundFactory(places=1)
    ExpressionOfInterestFactory(round=round_, offered=True)

    assert "full: reserves only" in text(client.get("/"))


def test_without_an_open_round_the_page_says_what_to_do(client):
    assert "No hub takes applications today" in text(client.get("/"))


def test_the_page_costs_the_same_for_one_round_and_for_thirty(client):
    edition = EditionFactory()
    RoundFactory(edition=edition)
    with queries() as one:
        client.get("/")
    for _ in range(29):
        RoundFactory(edition=edition)

    with queries(at_most=len(one)):
        page = text(client.get("/"))

    assert "All open rounds" in page


@pytest.mark.parametrize("path", ["/accessibility", "/privacy", "/contact"])
def test_pages_about_the_service_are_open_to_everybody(client, path):
    HubFactory()

    assert client.get(path).status_code == 200


def test_each_hub_has_its_privacy_notice(client):
    own = HubFactory(privacy_notice="We keep visit notes for <b>three</b> years.")
    plain = HubFactory()

    page = text(client.get(f"/hubs/{own.slug}/privacy"))

    assert "We keep visit notes for &lt;b&gt;three&lt;/b&gt; years." in page
    assert f"Privacy notice of {plain.name}" in text(client.get(f"/hubs/{plain.slug}/privacy"))
    assert client.get("/hubs/no-such-hub/privacy").status_code == 404
