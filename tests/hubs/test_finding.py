"""Find your hub."""

from datetime import date

import pytest

from hubs.finding import find
from tests.clock import TODAY
from tests.factories.hubs import HubAreaFactory, HubFactory
from tests.factories.schools import LocalAuthorityFactory, SchoolFactory
from tests.queries import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def hubs():
    devon = LocalAuthorityFactory(code="878", name="Devon", gss_code="E10000008")
    torbay = LocalAuthorityFactory(code="880", name="Torbay", gss_code="E06000027")
    glow = HubFactory(name="GLOW Maths Hub", short_name="GLOW", slug="glow")
    jurassic = HubFactory(name="Jurassic Maths Hub", short_name="Jurassic", slug="jurassic", area=devon)
    code = HubFactory(name="CODE Maths Hub", short_name="CODE", slug="code", area=devon)
    HubAreaFactory(hub=jurassic, la=torbay)
    SchoolFactory(urn="136377", name="Balcarras School", town="Cheltenham", postcode="GL53 8QF")
    SchoolFactory(urn="113001", name="Exeter School", town="Exeter", postcode="EX1 2AB", la=devon)
    SchoolFactory(urn="113002", name="Torre Academy", town="Torquay", postcode="TQ1 4AA", la=torbay)
    SchoolFactory(urn="113003", name="Moor School", town="Newton Abbot", postcode="TQ1 5AA", la=devon)
    return {"glow": glow, "jurassic": jurassic, "code": code}


def answers(question):
    return [(found.what, [hub.slug for hub in found.hubs]) for found in find(question, TODAY)]


def test_a_school_answers_with_its_hub(hubs):
    assert answers("Balcarras") == [("Balcarras School", ["glow"])]
    assert answers("136377") == [("Balcarras School", ["glow"])]


def test_an_authority_with_two_hubs_answers_with_both(hubs):
    assert answers("Devon")[0] == ("Devon", ["code", "jurassic"])


@pytest.mark.parametrize("question", ["GLOW", "glow maths hub", "Jurassic"])
def test_a_hub_is_found_by_its_own_name(hubs, question):
    assert find(question, TODAY)[0].what.lower().startswith(question.lower().split()[0])


def test_the_postcode_of_a_school_answers_with_the_school_first(hubs):
    assert answers("GL53 8QF") == [("Balcarras School", ["glow"]), ("GL53 8QF", ["glow"])]


def test_a_postcode_without_a_school_is_answered_by_the_schools_nearby(hubs):
    (found,) = find("gl53 8zz", TODAY)

    assert (found.what, [hub.slug for hub in found.hubs]) == ("GL53 8ZZ", ["glow"])
    assert found.how == "Schools in GL53 8 are in Gloucestershire."


def test_a_district_that_lies_in_two_authorities_names_both(hubs):
    assert answers("TQ1") == [("TQ1, Devon", ["code", "jurassic"]), ("TQ1, Torbay", ["jurassic"])]


def test_a_closed_school_says_nothing_about_its_postcode(hubs):
    SchoolFactory(postcode="ZE1 0AA", closed=True)

    assert answers("ZE1") == []


@pytest.mark.parametrize("question", ["", " ", "\x00", "%", "XX99 9XX", "no such place at all", "x" * 4000])
def test_nothing_fits_nothing(hubs, question):
    assert find(question, TODAY) == []


def test_an_area_that_has_ended_is_no_answer(hubs):
    hubs["glow"].areas.update(valid_to=date(2027, 1, 1))

    assert answers("Balcarras") == [("Balcarras School", [])]


@pytest.mark.parametrize("question", ["Cheltenham", "GL53 8QF", "Devon"])
def test_the_queries_are_bounded(hubs, question):
    SchoolFactory.create_batch(20, town="Cheltenham", postcode="GL53 8QF")

    with queries(at_most=12):
        find(question, TODAY)
