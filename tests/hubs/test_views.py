"""The public pages about hubs."""

import pytest
from django.urls import reverse

from hubs import services
from schools.services import load_reference
from tests.factories.hubs import HubFactory
from tests.factories.schools import SchoolFactory
from tests.queries import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def reference():
    load_reference()
    services.load_reference()


def page(client, url, **query):
    response = client.get(url, query)
    assert response.status_code == 200
    return response.content.decode()


def test_all_hubs_are_listed_by_region_with_their_areas(client, reference):
    text = page(client, reverse("hubs:index"))

    assert "40 Maths Hubs" in text
    assert text.count('class="govuk-link app-results__link"') == 40
    assert "East of England" in text
    assert "Devon (part)" in text


def test_the_list_of_hubs_takes_a_fixed_number_of_queries(client, reference):
    with queries(at_most=4):
        page(client, reverse("hubs:index"))


def test_a_hubs_page_says_where_it_works_and_whom_a_school_near_its_edge_asks(client, reference):
    text = page(client, reverse("hubs:detail", args=["jurassic"]))

    assert "Bournemouth, Christchurch and Poole, Devon (part), Dorset, Somerset (part), Torbay" in text
    assert "Near the edge of this area another hub may serve your school:" in text
    assert "The Woodroffe School, Lyme Regis" in text
    assert "No applications now" in text


def test_a_hub_whose_whole_area_is_known_says_nothing_of_its_edge(client, reference):
    assert "Near the edge" not in page(client, reverse("hubs:detail", args=["glow"]))


def test_a_hub_that_has_confirmed_its_area_is_shown_without_doubt(client, reference):
    from hubs.models import Hub

    Hub.objects.filter(slug="jurassic").update(area_confirmed=True)

    assert "Near the edge" not in page(client, reverse("hubs:detail", args=["jurassic"]))


def test_a_lead_school_of_long_ago_is_not_told_as_todays(client, reference):
    assert "Led by" not in page(client, reverse("hubs:detail", args=["london-central-and-west"]))


def test_a_hub_that_is_none_is_not_found(client):
    assert client.get(reverse("hubs:detail", args=["nowhere"])).status_code == 404


def test_a_question_with_one_answer_is_headed_by_the_hub(client):
    hub = HubFactory()
    SchoolFactory(urn="136377", name="Balcarras School")

    text = page(client, reverse("hubs:find"), q="136377")

    assert f"{hub.name}</h1>" in text
    assert "It serves Balcarras School." in text


def test_an_authority_with_a_choice_says_so(client, reference):
    text = page(client, reverse("hubs:find"), la="878")

    assert "Devon has two hubs</h1>" in text
    assert "A school may join either of them." in text


@pytest.mark.parametrize("query", [{"la": "abc"}, {"la": "99999"}, {"q": "no such place"}, {"la": "²"}])
def test_what_fits_nothing_is_answered_with_what_to_try(client, reference, query):
    response = client.get(reverse("hubs:find"), query)

    assert response.status_code == 200


def test_the_rounds_of_a_hub_are_on_its_page(client):
    from datetime import timedelta

    from tests.clock import NOW
    from tests.factories.applications import RoundFactory

    hub = HubFactory()
    RoundFactory(hub=hub, opens_at=NOW - timedelta(days=5), closes_at=NOW + timedelta(days=40))

    text = page(client, reverse("hubs:detail", args=[hub.slug]))

    assert "Applications" in text
    assert "open</strong>" in text
