"""The home of the national team: every hub's rounds in figures, and the file of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import NationalRole
from tests.factories.accounts import NationalMembershipFactory, UserFactory
from tests.factories.applications import ExpressionOfInterestFactory, RoundFactory
from tests.factories.hubs import HubFactory, HubMembershipFactory
from tests.factories.programmes import EditionFactory, EnrolmentFactory
from tests.queries import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(NationalMembershipFactory().user)
    return client


@pytest.fixture
def analyst() -> Client:
    client = Client()
    client.force_login(NationalMembershipFactory(role=NationalRole.ANALYST).user)
    return client


def overview_of(client: Client, **query: str) -> dict[str, Any]:
    return client.get("/home", query).context["national"]


def text_of(client: Client, **query: str) -> str:
    return " ".join(client.get("/home", query).content.decode().split())


def a_round_with_forms() -> Any:
    """One form of each: begun, returned, being signed, ready, accepted."""
    round_ = RoundFactory(places=12)
    ExpressionOfInterestFactory(round=round_)
    ExpressionOfInterestFactory(round=round_, signing=True)
    ExpressionOfInterestFactory(round=round_, submitted=True)
    ExpressionOfInterestFactory(round=round_, accepted=True, signed=True)
    EnrolmentFactory(edition=round_.edition, hub=round_.hub)
    return round_


def test_a_round_is_read_with_its_places_and_how_far_its_forms_are(administrator: Client) -> None:
    round_ = a_round_with_forms()

    (row,) = overview_of(administrator)["rows"]

    assert row.round == round_ and row.state == "open"
    figures = row.figures
    assert (figures.places, figures.held, figures.begun, figures.sent) == (12, 1, 1, 3)
    assert (figures.signed, figures.accepted, figures.on_roll) == (2, 1, 1)


def test_the_rows_add_up_to_the_total_of_the_country(administrator: Client) -> None:
    first = a_round_with_forms()
    ExpressionOfInterestFactory(round=RoundFactory(edition=first.edition, places=3), signing=True)
    HubFactory()

    found = overview_of(administrator)

    assert (found["total"].places, found["total"].sent) == (15, 4)
    assert "Two of 3 hubs have rounds for 2027/28. Two rounds are open." in text_of(administrator)


def test_a_year_is_chosen_by_its_chip(administrator: Client) -> None:
    RoundFactory(), RoundFactory(edition=EditionFactory(year=2026), closed=True)

    assert [row.round.edition.year for row in overview_of(administrator)["rows"]] == [2027]
    assert [row.round.edition.year for row in overview_of(administrator, year="2026")["rows"]] == [2026]
    for nonsense in ("1999", "x", "²"):
        assert overview_of(administrator, year=nonsense)["year"] == 2027


def test_the_roll_of_all_hubs_is_counted_by_edition(analyst: Client) -> None:
    EnrolmentFactory(), EnrolmentFactory(completed=True), EnrolmentFactory(withdrawn=True)

    assert overview_of(analyst)["roll"] == [
        {"programme": "Secondary Development", "year": 2026, "active": 1, "completed": 1, "ended": 1}
    ]


def test_an_administrator_is_led_to_forms_and_rolls_and_an_analyst_to_public_pages_only(
    administrator: Client, analyst: Client
) -> None:
    round_ = a_round_with_forms()
    private = [
        reverse("applications:queue", args=[round_.pk]),
        f"{reverse('programmes:roll', args=[round_.hub.slug])}?edition=secondary-development-2027",
    ]

    for url in private:
        assert url in text_of(administrator)
        assert url not in text_of(analyst)
    for client in (administrator, analyst):
        assert reverse("hubs:detail", args=[round_.hub.slug]) in text_of(client)
        assert "Nothing waits for you" not in text_of(client)


def test_no_person_and_no_school_is_named_to_an_analyst(analyst: Client) -> None:
    round_ = a_round_with_forms()
    names = {eoi.school.name for eoi in round_.eois.select_related("school")}
    page = text_of(analyst) + analyst.get(reverse("reports:figures_csv")).content.decode()

    assert [name for name in {*names, "Amira Khan", "Jo Marsh"} if name in page] == []


def test_the_file_has_a_line_a_round_with_the_same_figures(analyst: Client) -> None:
    round_ = a_round_with_forms()

    header, *lines = (
        analyst.get(reverse("reports:figures_csv"), {"year": "2027"}).content.decode("utf-8-sig").splitlines()
    )

    assert header.endswith('Places,Places held,"Begun, not sent",Sent,All signed,Accepted,On the roll')
    assert lines == [
        f"{round_.hub.name},South West,Secondary Development,Secondary,Development,2027/28,,open,2027-03-01,2027-05-28,"
        "12,1,1,3,2,1,1"
    ]


def test_nobody_else_gets_the_file(client: Client) -> None:
    url = reverse("reports:figures_csv")

    for user in (UserFactory(), HubMembershipFactory().user):
        client.force_login(user)
        assert client.get(url).status_code == 403
    assert Client().get(url)["Location"].startswith("/sign-in")


def test_one_round_and_thirty_cost_the_same_and_at_most_twelve_queries(administrator: Client) -> None:
    a_round_with_forms()
    administrator.get("/home")
    with queries(at_most=12) as one:
        administrator.get("/home")
    for _ in range(29):
        RoundFactory(edition=EditionFactory())

    with queries(at_most=12) as thirty:
        administrator.get("/home")

    assert len(one) == len(thirty), thirty


def test_a_long_table_has_pages_and_the_total_of_all(administrator: Client) -> None:
    for _ in range(51):
        RoundFactory(places=2)

    found = overview_of(administrator, page="2")

    assert len(found["rows"]) == 1
    assert found["total"].places == 102
