"""The public checker: the answer is the heading, every rule is shown, and there is one thing to do next."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from applications.rules import Code
from core.clock import london
from schools.models import RegisterImport
from tests.clock import NOW
from tests.factories.applications import ExpressionOfInterestFactory, RoundFactory
from tests.factories.hubs import HubFactory
from tests.factories.programmes import EditionFactory, EnrolmentFactory
from tests.factories.schools import LocalAuthorityFactory, RegisterImportFactory, SchoolFactory, SuccessionFactory
from tests.queries import queries

pytestmark = pytest.mark.django_db


def seen(client, school, **query) -> str:
    """The text of the page, as a reader has it."""
    response = client.get(reverse("applications:check", args=[school.pk]), query)
    assert response.status_code == 200
    text = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def heading(client, school, **query) -> str:
    response = client.get(reverse("applications:check", args=[school.pk]), query)
    found = re.search(r"<h1[^>]*>(.*?)</h1>", response.content.decode(), flags=re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def links(client, school, **query) -> list[str]:
    response = client.get(reverse("applications:check", args=[school.pk]), query)
    return [html.unescape(found) for found in re.findall(r'href="([^"]+)"', response.content.decode())]


def begins(client, school, **query) -> list[str]:
    return [link for link in links(client, school, **query) if link.startswith(reverse("applications:begin"))]


# --- It may apply -------------------------------------------------------------------------------------------------


def test_an_answer_from_an_old_copy_of_the_register_says_how_old_it_is(client):
    RoundFactory()
    school = SchoolFactory(name="Maidenhill School")
    RegisterImportFactory(as_of=date(2023, 11, 16))
    assert "Our copy of the national register is of 16 November 2023." in seen(client, school)

    RegisterImport.objects.update(as_of=date(2027, 3, 1))
    assert "Our copy of the national register" not in seen(client, school)


def test_a_good_school_may_apply_and_there_is_one_button(client):
    round_, school = RoundFactory(), SchoolFactory(name="Maidenhill School")

    text = seen(client, school)

    assert heading(client, school) == "Maidenhill School may apply"
    assert "Start an expression of interest" in text
    assert begins(client, school) == [
        f"{reverse('applications:begin')}?urn={school.pk}&edition={round_.edition_id}&round={round_.pk}"
    ]


def test_all_nine_rules_are_shown_with_their_reason(client):
    RoundFactory()

    response = client.get(reverse("applications:check", args=[SchoolFactory().pk]))

    assert len(response.context["checks"]) == len(Code) == 9
    assert all(check["rule"] and check["why"] for check in response.context["checks"])


def test_the_page_says_what_the_register_says_and_which_hub_is_the_schools(client):
    round_ = RoundFactory()

    text = seen(client, SchoolFactory())

    assert "Community school" in text and "Cheltenham, GL53 8QF" in text and "11 to 18" in text and "1,180" in text
    assert f"Your hub: {round_.hub.short_name}" in text
    assert "Schools in Gloucestershire usually join" in text
    assert "until Friday 28 May 2027, 11:59pm" in text


def test_a_school_about_which_the_hub_must_ask_may_apply_all_the_same(client):
    RoundFactory()
    special = SchoolFactory(special=True, high_age=None, name="Holly Lodge")

    assert heading(client, special) == "Holly Lodge may apply"
    assert "The hub will settle one question before it offers a place." in seen(client, special)
    assert len(begins(client, special)) == 1


# --- It may not ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("traits", "title", "said"),
    [
        ({"independent": True}, "cannot apply", "which the state does not fund"),
        ({"post_16": True}, "cannot apply", "Ask your hub about its programmes for post-16 teachers."),
        ({"in_england": False}, "cannot apply", "Maths Hubs work with schools in England only."),
        ({"phase": "1", "low_age": 3, "high_age": 5}, "cannot apply", "Phase on the register: nursery; ages: 3 to 5."),
        ({"closed": True}, "is closed", "The register names no open school that took its place."),
        ({"proposed": True, "opened_on": date(2027, 11, 1)}, "cannot apply", "It can apply for the year after."),
    ],
)
def test_a_school_that_may_not_apply_reads_why_and_gets_no_button(client, traits, title, said):
    RoundFactory()
    school = SchoolFactory(name="Wyvern School", **traits)

    assert heading(client, school) == f"Wyvern School {title}"
    assert said in seen(client, school)
    assert begins(client, school) == []


def test_a_school_that_the_register_gets_wrong_is_told_what_to_do(client):
    round_ = RoundFactory()

    text = seen(client, SchoolFactory(independent=True))

    assert "The register is wrong about us" in text
    assert round_.hub.email in text and "It cannot change the answer by itself." in text
    assert "The register is wrong about us" not in seen(client, SchoolFactory())


def test_a_closed_school_leads_to_the_one_that_followed_it(client):
    RoundFactory()
    old, new = SchoolFactory(closed=True, name="Severn High"), SchoolFactory(name="Severn Academy")
    SuccessionFactory(urn=old.pk, link_urn=new.pk)

    assert heading(client, old) == "Severn High is closed"
    assert f"Severn Academy, URN {new.pk}, took its place." in seen(client, old)
    assert reverse("applications:check", args=[new.pk]) in links(client, old)


def test_a_school_that_has_applied_is_told_where_its_form_is(client):
    eoi = ExpressionOfInterestFactory(signing=True, school__name="Wyvern School")

    assert heading(client, eoi.school) == "Wyvern School has applied already"
    assert eoi.round.hub.short_name in seen(client, eoi.school)
    assert begins(client, eoi.school) == []


def test_who_works_on_the_form_that_was_sent_is_led_to_it(client):
    eoi = ExpressionOfInterestFactory(signing=True, school__name="Wyvern School")

    text = seen(client, eoi.school)

    assert "See your forms" in text
    assert "Join that form" not in text
    assert reverse("applications:own_forms") in links(client, eoi.school)


def test_a_form_that_is_only_begun_is_not_said_to_be_none(client):
    eoi = ExpressionOfInterestFactory()

    assert "One that a colleague has only begun does not count." in seen(client, eoi.school)


def test_a_primary_school_outside_england_is_judged_by_primary_programmes(client):
    RoundFactory(), RoundFactory(edition=EditionFactory(primary=True))
    school = SchoolFactory(primary=True, in_england=False)

    text = seen(client, school)

    assert "Primary Development 2027/28" in text
    assert "Secondary Development" not in text


@pytest.mark.parametrize(
    "traits", [{"post_16": True}, {"in_england": False, "phase": "0", "low_age": None, "high_age": None}]
)
def test_a_school_that_fits_no_phase_is_told_so_and_measured_against_no_programme(client, traits):
    RoundFactory()
    school = SchoolFactory(name="Ysgol y Deri", **traits)

    text = seen(client, school)

    assert heading(client, school) == "Ysgol y Deri cannot apply"
    assert "By the register it fits neither the primary nor the secondary programmes" in text
    assert "Secondary Development" not in text
    assert "What we checked" in text
    assert "No round" not in text


def test_where_the_hub_is_not_known_no_hub_is_said_to_have_no_round(client):
    EditionFactory()
    school = SchoolFactory(la=LocalAuthorityFactory(code="878", name="Devon", gss_code="E10000008"))

    text = seen(client, school)

    assert "We know of no round for it" in text
    assert "its hub has announced" not in text.casefold()


def test_nothing_on_the_page_names_the_people_of_a_form(client):
    eoi = ExpressionOfInterestFactory(signing=True)

    text = seen(client, eoi.school)

    assert not [n for n in eoi.nominees.all() if n.name in text or n.email in text]
    assert eoi.reference not in text


def test_a_school_on_the_roll_has_its_place(client):
    round_ = RoundFactory()
    place = EnrolmentFactory(edition=round_.edition, school__name="Wyvern School")

    assert heading(client, place.school) == "Wyvern School has a place already"


def test_a_primary_school_that_took_development_is_pointed_to_sustaining(client):
    round_ = RoundFactory(edition=EditionFactory(primary=True))
    school = SchoolFactory(primary=True, name="Wyvern Primary")
    EnrolmentFactory(school=school, edition=EditionFactory(primary=True, year=2024), completed=True)

    assert heading(client, school) == f"Wyvern Primary cannot apply for {round_.edition}"
    assert "Look at Sustaining" in seen(client, school)


# --- The round ----------------------------------------------------------------------------------------------------


def test_a_round_that_is_announced_says_when_it_opens(client):
    RoundFactory(announced_only=True)
    school = SchoolFactory(name="Wyvern School")

    assert heading(client, school) == "Wyvern School may apply when the round opens"
    assert "opens about the end of March" in seen(client, school)
    assert begins(client, school) == []


def test_a_round_with_a_day_says_it_with_its_weekday(client):
    RoundFactory(opens_at=london(date(2027, 4, 12), 9))

    assert "opens on Monday 12 April 2027, 9am" in seen(client, SchoolFactory())


def test_a_round_that_has_closed_says_so(client):
    round_ = RoundFactory(closed=True)
    school = SchoolFactory(name="Wyvern School")

    assert heading(client, school, edition=round_.edition_id) == "The round for Wyvern School has closed"
    assert "closed on Friday 12 March 2027, 11:59pm" in seen(client, school)


def test_where_no_round_is_announced_the_page_says_so_and_shows_other_hubs(client):
    devon = LocalAuthorityFactory(code="878", name="Devon", gss_code="E10000008")
    HubFactory(area=devon, name="Jurassic Maths Hub")
    elsewhere = RoundFactory()
    school = SchoolFactory(la=devon, name="Wyvern School")

    assert heading(client, school) == "No round is open for Wyvern School"
    assert "Jurassic Maths Hub has announced no round for Secondary Development 2027/28." in seen(client, school)
    other = f"{reverse('applications:check', args=[school.pk])}?edition={elsewhere.edition_id}&round={elsewhere.pk}"
    assert other in links(client, school)
    assert heading(client, school, edition=elsewhere.edition_id, round=elsewhere.pk) == "Wyvern School may apply"


def test_a_hub_for_its_own_area_only_is_not_offered_to_others(client):
    devon = LocalAuthorityFactory(code="878", name="Devon", gss_code="E10000008")
    HubFactory(area=devon, name="Jurassic Maths Hub")
    own_only = RoundFactory(other_areas="no")
    school = SchoolFactory(la=devon, name="Wyvern School")

    assert "Other hubs with an open round" not in seen(client, school, edition=own_only.edition_id)
    asked = {"edition": own_only.edition_id, "round": own_only.pk}
    assert heading(client, school, **asked) == "Wyvern School may apply at another hub"
    assert "Choose Jurassic Maths Hub." in seen(client, school, **asked)


def test_without_any_edition_there_is_nothing_to_check(client):
    assert client.get(reverse("applications:check", args=[SchoolFactory().pk])).status_code == 404


def test_without_any_round_next_years_development_is_judged(client):
    EditionFactory()
    EditionFactory(primary=True)

    assert "Primary Development 2027/28" in seen(client, SchoolFactory(primary=True))
    assert "Secondary Development 2027/28" in seen(client, SchoolFactory())


# --- Several programmes, several hubs -----------------------------------------------------------------------------


def test_where_several_programmes_fit_the_school_says_which(client):
    secondary = RoundFactory()
    primary = RoundFactory(hub=secondary.hub, edition=EditionFactory(primary=True))
    school = SchoolFactory(all_through=True, name="Wyvern School")

    assert heading(client, school) == "Which programme do you want to check?"
    for round_ in (secondary, primary):
        address = f"{reverse('applications:check', args=[school.pk])}?edition={round_.edition_id}"
        assert address in links(client, school)
        assert heading(client, school, edition=round_.edition_id) == "Wyvern School may apply"


def test_each_row_of_the_choice_says_what_is_true_of_the_schools_own_hub(client):
    own = RoundFactory(closed=True)
    RoundFactory(edition=own.edition, hub=HubFactory(area=False, name="Severn Maths Hub"))
    RoundFactory(edition=EditionFactory(primary=True), hub=HubFactory(area=False, name="Avon Maths Hub"))
    school = SchoolFactory(all_through=True)

    text = seen(client, school)

    assert f"No round for a school like yours is open or announced at {own.hub.name}." in text
    assert "programmes are open or announced for a school like yours" not in text
    assert "Closed Friday 12 March 2027 closed One other hub takes schools of other areas: Severn Maths Hub." in text
    assert f"No round at {own.hub.name}. One other hub takes schools of other areas: Avon Maths Hub." in text


def test_a_secondary_school_is_not_asked_about_primary_programmes(client):
    secondary = RoundFactory()
    RoundFactory(hub=secondary.hub, edition=EditionFactory(primary=True))

    assert heading(client, SchoolFactory(name="Wyvern School")) == "Wyvern School may apply"


def test_a_closed_round_is_no_programme_to_choose(client):
    secondary = RoundFactory()
    RoundFactory(hub=secondary.hub, edition=EditionFactory(primary=True), closed=True)

    assert heading(client, SchoolFactory(all_through=True, name="Wyvern School")) == "Wyvern School may apply"


def test_hubs_that_share_an_authority_are_offered_side_by_side(client):
    early, late = RoundFactory(closing_soon=True), RoundFactory()
    school = SchoolFactory()

    text = seen(client, school)

    assert f"Hub: {late.hub.short_name}" in text  # of several that are open, the one closing last
    assert "The same goes for:" in text and early.hub.short_name in text
    address = f"{reverse('applications:check', args=[school.pk])}?edition={early.edition_id}&round={early.pk}"
    assert address in links(client, school)


# --- Addresses ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", [{"edition": "x"}, {"edition": uuid4()}, {"round": "x"}, {"round": uuid4()}])
def test_an_address_that_names_nothing_is_not_found(client, query):
    RoundFactory()

    assert client.get(reverse("applications:check", args=[SchoolFactory().pk]), query).status_code == 404


def test_a_round_of_another_edition_is_not_found(client):
    round_, other = RoundFactory(), RoundFactory(edition=EditionFactory(primary=True))

    address = reverse("applications:check", args=[SchoolFactory().pk])
    assert client.get(address, {"edition": round_.edition_id, "round": other.pk}).status_code == 404


def test_an_unknown_school_is_not_found(client):
    RoundFactory()

    assert client.get(reverse("applications:check", args=["999999"])).status_code == 404


def test_checking_changes_nothing_and_takes_no_post(client):
    RoundFactory()

    assert client.post(reverse("applications:check", args=[SchoolFactory().pk])).status_code == 405


def test_the_page_costs_the_same_number_of_queries_for_one_round_and_for_thirty(client):
    school = SchoolFactory()
    round_ = RoundFactory()

    def cost() -> int:
        with queries() as counted:
            seen(client, school, edition=round_.edition_id)
        return len(counted)

    one = cost()
    for _ in range(29):
        RoundFactory(edition=round_.edition, hub=HubFactory(area=False))
    assert cost() == one
    assert one <= 18


def test_the_words_of_a_primary_school_are_its_own(client):
    RoundFactory(edition=EditionFactory(primary=True))

    text = seen(client, SchoolFactory(primary=True))

    assert "Two lead participants" in text and "maths lead" in text
    assert not [word for word in ("department", "dvocate", "Key Stage 3") if word in text]


def test_a_round_that_closes_tonight_is_open_to_its_last_second(client, clock):
    RoundFactory(closes_at=NOW + timedelta(days=1))
    school = SchoolFactory(name="Wyvern School")

    clock.set(NOW + timedelta(days=1) - timedelta(seconds=1))
    assert heading(client, school) == "Wyvern School may apply"
    clock.on(seconds=1)
    assert heading(client, school) == "The round for Wyvern School has closed"
