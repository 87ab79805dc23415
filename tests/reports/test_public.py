"""The start page and what a public service says of itself."""

from __future__ import annotations

import pytest
from django.conf import settings

from accounts import devices
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


@pytest.mark.parametrize("path", ["/accessibility", "/privacy", "/contact", "/help", "/cookies"])
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


def test_contact_leads_to_the_own_hub_first_and_then_lists_every_hub_that_can_be_reached(client):
    reached = [HubFactory(email=f"office@hub{number}.example") for number in range(60)]
    silent = HubFactory(email="", telephone="")

    page = text(client.get("/contact"))

    assert page.index('action="/hubs/find"') < page.index(reached[0].email)
    assert all(hub.email in page for hub in reached)
    assert silent.name not in page


def test_a_hub_that_cannot_be_reached_says_nothing_of_missing_addresses_or_areas(client):
    silent = HubFactory(email="", telephone="", area=False)

    page = text(client.get(f"/hubs/{silent.slug}/"))

    assert "Reach the hub" not in page and "Where it works" not in page
    assert "not entered" not in page and "not known" not in page


def test_help_says_what_to_do_when_no_code_comes_when_a_link_has_ended_and_whom_to_ask(client):
    page = text(client.get("/help"))

    for heading in ("No code comes", "A link has ended", "Whom to ask"):
        assert f">{heading}</h2>" in page
    assert settings.DEFAULT_FROM_EMAIL in page and "for 10 minutes" in page


def test_cookies_names_every_cookie_that_signing_in_sets(client):
    page = text(client.get("/cookies"))

    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, devices.COOKIE):
        assert f'<th scope="row">{name}</th>' in page
    assert "12 hours at most; 60 minutes without a page end it" in page


@pytest.mark.parametrize("path", ["/", "/contact", "/hubs/"])
def test_help_and_cookies_stand_at_the_foot_of_every_page(client, path):
    page = text(client.get(path))

    assert 'href="/help">Help</a>' in page and 'href="/cookies">Cookies</a>' in page


def test_the_privacy_notice_names_the_controller_and_how_to_reach_it(client, settings):
    settings.CONTROLLER = "the Office of the Example"

    page = text(client.get("/privacy"))

    assert "the controller is the Office of the Example:" in page and f"mailto:help@{settings.MAIL_DOMAIN}" in page


def test_the_accessibility_statement_says_when_it_was_prepared_and_when_it_is_looked_at_again(client):
    page = text(client.get("/accessibility"))

    assert "It was prepared on 25 November 2026" in page and "We review it again by 25 November 2027" in page
