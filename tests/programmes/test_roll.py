"""The roll: who reads it, what it shows, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import NationalRole
from applications.services import answering
from core.audit.models import Event
from hubs.models import Hub, HubRole
from programmes import services
from tests.clock import NOW
from tests.factories.accounts import NationalMembershipFactory, UserFactory
from tests.factories.applications import ExpressionOfInterestFactory
from tests.factories.hubs import HubFactory, HubMembershipFactory
from tests.factories.programmes import AdvocateFactory, EditionFactory, EnrolmentFactory
from tests.queries import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub() -> Hub:
    return HubFactory()


@pytest.fixture
def tfm_lead(client: Client, hub: Hub) -> Client:
    """A browser in which the TfM lead of the hub is signed in."""
    return signed_in(client, HubMembershipFactory(hub=hub, role=HubRole.TFM_LEAD).user)


def signed_in(client: Client, user: Any) -> Client:
    client.force_login(user)
    return client


def place(hub: Hub, name: str = "", *people: str, **fields: Any) -> Any:
    """A school on the roll, with its lead teachers by name."""
    made = EnrolmentFactory(hub=hub, **({"school__name": name} if name else {}), **fields)
    for number, person in enumerate(people):
        AdvocateFactory(enrolment=made, teacher__name=person, senior=number == 0)
    return made


def accepted_at(hub: Hub, **fields: Any) -> Any:
    """A form whose school has accepted its place."""
    eoi = ExpressionOfInterestFactory(offered=True, signed=True, round__hub=hub, **fields)
    answering.accept(
        eoi_id=eoi.pk,
        by=None,
        by_name="Helen Carter",
        now=NOW,
        trns={"lead_1": ("1234567", ""), "lead_2": ("", "none_yet")},
    )
    return eoi


def page_of(client: Client, hub: Hub, **query: str) -> str:
    response = client.get(reverse("programmes:roll", args=[hub.slug]), query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_place_is_read_with_school_authority_day_state_and_both_advocates(tfm_lead: Client, hub: Hub) -> None:
    made = place(hub, "Archway School", "Amira Khan", "Tom Ellis")

    page = page_of(tfm_lead, hub)

    for words in (
        "Archway School",
        made.school_id,
        "Gloucestershire",
        "1 July 2026",
        "Active",
        "Amira Khan",
        "Tom Ellis",
    ):
        assert words in page, words
    assert reverse("schools:detail", args=[made.school_id]) in page
    assert str(made.edition) in page


def test_the_roll_follows_the_edition_and_names_its_people_as_its_phase_does(tfm_lead: Client, hub: Hub) -> None:
    place(hub, "Archway School")
    place(hub, "Callowell School", edition=EditionFactory(primary=True, year=2026))

    secondary = page_of(tfm_lead, hub, edition="secondary-development-2026")
    primary = page_of(tfm_lead, hub, edition="primary-development-2026")

    assert ("Archway" in secondary, "Callowell" in secondary) == (True, False)
    assert ("Archway" in primary, "Callowell" in primary) == (False, True)
    assert "Mastery Advocates" in secondary and "Lead participants" in primary
    assert "2 places" in page_of(tfm_lead, hub, edition="no-such-edition")


def test_a_school_or_a_person_is_found_by_name(tfm_lead: Client, hub: Hub) -> None:
    place(hub, "Archway School", "Amira Khan")
    place(hub, "Maidenhill School", "Joanna Pryce")

    for words in ("archway", "amira khan", "khan archway"):
        page = page_of(tfm_lead, hub, q=words)
        assert ("Archway" in page, "Maidenhill" in page) == (True, False), words
    assert "Nobody on the roll fits that search" in page_of(tfm_lead, hub, q="nobody")


def test_who_gave_a_seat_up_is_not_named_and_who_left_with_the_school_is(tfm_lead: Client, hub: Hub) -> None:
    changed = place(hub, "Archway School", "Amira Khan")
    AdvocateFactory(enrolment=changed, teacher__name="Owen Bevan", until=NOW.date())
    left = place(hub, "Maidenhill School", "Joanna Pryce")
    services.withdraw(enrolment_id=left.pk, reason="Two colleagues leave.", by=None, now=NOW)

    page = page_of(tfm_lead, hub)

    assert "Amira Khan" in page and "Owen Bevan" not in page
    assert "Joanna Pryce" in page and "Withdrawn" in page


@pytest.mark.parametrize("role", [HubRole.LEAD, HubRole.ADMINISTRATOR])
def test_who_reads_the_bids_is_led_to_the_form_and_a_tfm_lead_is_not(client: Client, hub: Hub, role: HubRole) -> None:
    eoi = accepted_at(hub)
    form = reverse("applications:bid", args=[eoi.pk])

    assert form in page_of(signed_in(client, HubMembershipFactory(hub=hub, role=role).user), hub)
    assert form not in page_of(signed_in(client, HubMembershipFactory(hub=hub, role=HubRole.TFM_LEAD).user), hub)


def test_a_school_that_accepts_stands_on_the_roll_with_the_people_of_its_form(tfm_lead: Client, hub: Hub) -> None:
    accepted_at(hub, school__name="Archway School")

    page = page_of(tfm_lead, hub)

    assert "Archway School" in page and "Amira Khan" in page and "Tom Ellis" in page


def test_another_hubs_roll_is_not_there_and_its_schools_are_not_counted(tfm_lead: Client, hub: Hub) -> None:
    other = place(HubFactory(), "Archway School")

    assert tfm_lead.get(reverse("programmes:roll", args=[other.hub.slug])).status_code == 404
    assert tfm_lead.get(reverse("programmes:roll_csv", args=[other.hub.slug])).status_code == 404
    assert "No school is on the roll yet" in page_of(tfm_lead, hub)


def test_who_works_with_one_hub_is_led_to_its_roll_and_a_national_administrator_chooses(
    client: Client, tfm_lead: Client, hub: Hub
) -> None:
    place(hub), place(hub, completed=True)
    other = place(HubFactory())
    HubFactory()

    assert tfm_lead.get("/roll/")["Location"] == reverse("programmes:roll", args=[hub.slug])
    response = signed_in(Client(), NationalMembershipFactory().user).get("/roll/")
    assert response.context["totals"] == [2, 1, 0, 0]
    assert response.context["total"] == 3
    assert {(hub_, active, every) for hub_, (active, *_), every in response.context["rows"]} == {
        (hub, 1, 2),
        (other.hub, 1, 1),
    }
    assert "One other hub has no school on the roll." in response.content.decode()


def test_no_analyst_finance_officer_or_stranger_reads_a_name(hub: Hub) -> None:
    url = reverse("programmes:roll", args=[hub.slug])
    analyst = signed_in(Client(), NationalMembershipFactory(role=NationalRole.ANALYST).user)
    finance = signed_in(Client(), HubMembershipFactory(hub=hub, role=HubRole.FINANCE).user)
    anybody = signed_in(Client(), UserFactory())

    for who in (analyst, finance, anybody):
        assert who.get(url).status_code == 404
        assert who.get("/roll/").status_code == 403
    assert Client().get(url)["Location"].startswith("/sign-in")


@pytest.mark.parametrize("name", ["programmes:roll", "programmes:roll_csv"])
def test_one_place_and_thirty_cost_the_same_and_at_most_twelve_queries(tfm_lead: Client, hub: Hub, name: str) -> None:
    url = reverse(name, args=[hub.slug])
    place(hub, "", "Amira Khan", "Tom Ellis")
    tfm_lead.get(url)  # what a process reads once
    with queries(at_most=12) as one:
        tfm_lead.get(url)
    for _ in range(29):
        place(hub, "", "Priya Shah", "Beth Tolley")

    with queries(at_most=12) as thirty:
        tfm_lead.get(url)

    assert len(one) == len(thirty), thirty


def test_the_list_of_rolls_costs_the_same_for_one_hub_with_schools_and_for_thirty(client: Client) -> None:
    def cost(hubs: int) -> int:
        for _ in range(hubs):
            place(HubFactory())
        with queries(at_most=10) as asked:
            client.get("/roll/")
        return len(asked)

    signed_in(client, NationalMembershipFactory().user)
    HubFactory()

    assert cost(1) == cost(29)


def test_a_long_roll_has_pages(tfm_lead: Client, hub: Hub) -> None:
    for _ in range(51):
        place(hub)

    assert "51 to 51 of 51" in page_of(tfm_lead, hub, page="2")


def test_the_file_holds_what_is_shown_escapes_formulas_and_is_on_record(tfm_lead: Client, hub: Hub) -> None:
    made = place(hub, "=Sum School", "Amira Khan", "Tom Ellis")
    place(hub, edition=EditionFactory(primary=True, year=2026))

    response = tfm_lead.get(
        reverse("programmes:roll_csv", args=[hub.slug]), {"edition": "secondary-development-2026", "q": "sum"}
    )

    header, *lines = response.content.decode("utf-8-sig").splitlines()
    assert header.startswith("School,URN,Local authority,Town,Department,Programme,Year,On the roll since,State,Ended,")
    assert len(lines) == 1
    assert lines[0].startswith(
        f"'=Sum School,{made.school_id},Gloucestershire,Cheltenham,,Secondary Development,2026/27,2026-07-01,Active,,"
    )
    assert "Amira Khan,Key Stage 3 lead,yes," in lines[0] and "Tom Ellis,Key Stage 3 lead,no," in lines[0]
    event = Event.objects.get(action="roll.exported")
    assert (event.scope, event.after) == (hub.pk, {"edition": "secondary-development-2026", "rows": 1})


def test_the_hubs_page_leads_its_people_to_the_roll_and_tells_nobody_else(tfm_lead: Client, hub: Hub) -> None:
    place(hub)

    assert "one school in a programme now" in tfm_lead.get("/hubs/mine").content.decode()
    for path in ("/hubs/mine", reverse("hubs:detail", args=[hub.slug])):
        assert reverse("programmes:roll", args=[hub.slug]) in tfm_lead.get(path).content.decode()
    assert "/roll/" not in Client().get(reverse("hubs:detail", args=[hub.slug])).content.decode()


def test_who_works_for_two_hubs_chooses_between_them(client: Client, hub: Hub) -> None:
    user = HubMembershipFactory(hub=hub).user
    other = HubMembershipFactory(user=user).hub

    page = signed_in(client, user).get("/hubs/mine").content.decode()

    assert reverse("hubs:detail", args=[hub.slug]) in page and reverse("hubs:detail", args=[other.slug]) in page


def test_the_schools_own_page_says_since_when_it_is_on_the_roll_and_with_whom(client: Client, hub: Hub) -> None:
    eoi = accepted_at(hub)

    page = signed_in(client, eoi.begun_by).get(reverse("applications:task_list", args=[eoi.pk])).content.decode()

    assert "On the roll since 18 March 2027, with Amira Khan and Tom Ellis as Mastery Advocates." in page
