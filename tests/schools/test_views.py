"""The public pages about schools."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from core.calendar import plain_date
from schools.models import RegisterImport
from tests.clock import TODAY
from tests.factories.hubs import HubFactory
from tests.factories.schools import RegisterImportFactory, SchoolFactory, SuccessionFactory
from tests.queries import queries

pytestmark = pytest.mark.django_db


def page(client, url, **query):
    response = client.get(url, query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_search_page_asks_before_it_answers(client):
    assert "Find your school" in page(client, reverse("schools:search"))


def test_a_school_is_found_and_leads_to_the_checker(client):
    SchoolFactory(urn="136377", name="Balcarras School")

    text = page(client, reverse("schools:search"), q="balcaras")

    assert f'href="{reverse("applications:check", args=["136377"])}"' in text


def test_a_closed_school_is_shown_with_what_it_became(client):
    SchoolFactory(urn="115001", name="Old Larkhill", closed=True)
    SchoolFactory(urn="136001", name="Larkhill Academy")
    SuccessionFactory(urn="115001", link_urn="136001", older="115001", newer="136001")

    text = page(client, reverse("schools:search"), q="old larkhill")

    assert "closed" in text
    assert "Larkhill Academy" in text


def test_a_question_without_answer_says_what_to_try(client):
    assert "The register has no school like that" in page(client, reverse("schools:search"), q="xyzzy plugh")


def test_what_was_typed_is_shown_as_text(client):
    text = page(client, reverse("schools:search"), q="<script>alert(1)</script>")

    assert "<script>alert" not in text


def test_at_most_forty_schools_are_shown_and_the_page_says_so(client):
    SchoolFactory.create_batch(45, name="Larkhill School", town="Stroud")

    text = page(client, reverse("schools:search"), q="larkhill")

    assert text.count("app-results__link") == 40
    assert "These are the first 40" in text


def test_the_search_page_takes_as_few_queries_for_thirty_schools_as_for_one(client):
    def counted():
        with queries(at_most=8) as found:
            page(client, reverse("schools:search"), q="larkhill")
        return len(found)

    def closed(number):
        for school in SchoolFactory.create_batch(number, name="Larkhill School", closed=True):
            SuccessionFactory(urn=school.urn, link_urn="136001", older=school.urn, newer="136001", link_name="Larkhill")

    closed(1)
    one = counted()
    closed(29)

    assert counted() == one


def test_suggestions_are_json_with_what_tells_schools_apart(client):
    SchoolFactory(urn="136377", name="Balcarras School", town="Cheltenham", postcode="GL53 8QF")
    SchoolFactory(urn="115001", name="Balcarras Infants", town="Cheltenham", postcode="GL53 8QG", closed=True)

    response = client.get(reverse("schools:suggest"), {"q": "balcarras"})

    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == [
        {"urn": "136377", "name": "Balcarras School", "town": "Cheltenham", "postcode": "GL53 8QF"},
        {"urn": "115001", "name": "Balcarras Infants (closed)", "town": "Cheltenham", "postcode": "GL53 8QG"},
    ]


@pytest.mark.parametrize("question", ["", "%", "🙂", "x" * 3000])
def test_odd_suggestions_are_an_empty_list(client, question):
    assert client.get(reverse("schools:suggest"), {"q": question}).json() == []


@pytest.mark.parametrize("name", ["schools:search", "schools:suggest", "hubs:find"])
def test_control_characters_are_refused_before_any_query(client, name):
    with queries(at_most=0):
        assert client.get(reverse(name), {"q": "a\x00b"}).status_code == 400


def test_a_schools_page_says_what_the_register_says_and_of_which_day(client):
    RegisterImportFactory(as_of=date(2026, 11, 16))
    SchoolFactory(
        urn="136377",
        name="Balcarras School",
        pupils=1360,
        trust_name="Balcarras Trust",
        website="www.balcarras.example",
    )

    text = page(client, reverse("schools:detail", args=["136377"]))

    for said in ("Balcarras School", "Community school", "11 to 18", "1360", "Gloucestershire", "Balcarras Trust"):
        assert said in text
    assert "From the register of schools of 16 November 2026." in text
    assert "Contains public sector information licensed under the" in text
    assert "Contains OS data © Crown copyright and database right 2024." in text
    assert 'href="http://www.balcarras.example"' in text


def test_a_copy_of_the_register_that_is_more_than_a_hundred_days_old_is_said_to_be_old(client):
    school = SchoolFactory(name="Balcarras School")
    pages = (reverse("schools:detail", args=[school.pk]), f"{reverse('schools:search')}?q=balcarras")
    copy = RegisterImportFactory(as_of=TODAY - timedelta(days=101))
    for address in pages:
        assert f"Our copy of the national register is of {plain_date(copy.as_of)}." in page(client, address)

    RegisterImport.objects.update(as_of=TODAY - timedelta(days=100))
    for address in pages:
        assert "Our copy of the national register" not in page(client, address)


def test_the_licence_is_named_once_a_page(client):
    SchoolFactory(name="Balcarras School")

    assert page(client, f"{reverse('schools:search')}?q=balcarras").count("Open Government Licence") == 1


@pytest.mark.parametrize("website", ["javascript:alert(1)", "not a site", "http://", ""])
def test_a_website_that_is_none_is_no_link(client, website):
    SchoolFactory(urn="136377", website=website)

    text = page(client, reverse("schools:detail", args=["136377"]))

    assert 'href="javascript' not in text
    assert f'href="{website}"' not in text or not website


def test_a_schools_page_leads_to_its_hub_and_to_the_checker(client):
    hub = HubFactory()
    SchoolFactory(urn="136377")

    text = page(client, reverse("schools:detail", args=["136377"]))

    assert reverse("hubs:detail", args=[hub.slug]) in text
    assert reverse("applications:check", args=["136377"]) in text


def test_a_closed_schools_page_leads_on_and_not_to_the_checker(client):
    SchoolFactory(urn="115001", closed=True)
    SchoolFactory(urn="136001", name="Larkhill Academy")
    SuccessionFactory(urn="115001", link_urn="136001", older="115001", newer="136001")

    text = page(client, reverse("schools:detail", args=["115001"]))

    assert "Closed on 31 August 2025." in text
    assert f'href="{reverse("schools:detail", args=["136001"])}">Larkhill Academy' in text
    assert reverse("applications:check", args=["115001"]) not in text


def test_an_academy_shows_whose_history_it_carries(client):
    SchoolFactory(urn="136001", name="Larkhill Academy")
    SchoolFactory(urn="115001", name="Old Larkhill", closed=True)
    SuccessionFactory(urn="115001", link_urn="136001", older="115001", newer="136001")

    text = page(client, reverse("schools:detail", args=["136001"]))

    assert "counts for Larkhill Academy" in text


def test_a_blank_of_the_register_is_said_to_be_one_and_a_missing_telephone_or_website_is_left_out(client):
    SchoolFactory(urn="136377", pupils=None, telephone="", website="", low_age=None, high_age=None)

    text = page(client, reverse("schools:detail", args=["136377"]))

    assert text.count("Not on the register") == 2  # ages and pupils, which decide what it may apply for
    assert "Telephone" not in text and "Website" not in text


@pytest.mark.parametrize("path", ["/schools/999999/", "/schools/12345/", "/schools/1234567/", "/schools/١٢٣٤٥٦/"])
def test_a_number_that_is_nobodys_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_a_schools_page_takes_a_bounded_number_of_queries(client):
    school = SchoolFactory(urn="136001")
    HubFactory()
    for n in range(20):
        SchoolFactory(urn=str(115001 + n), closed=True)
        SuccessionFactory(urn=str(115001 + n), link_urn=school.urn, older=str(115001 + n), newer=school.urn)

    with queries(at_most=10):
        page(client, reverse("schools:detail", args=["136001"]))
