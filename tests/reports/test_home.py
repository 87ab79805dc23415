"""Home: what needs this person now."""

from __future__ import annotations

import re
from datetime import date, timedelta

import lxml.html
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import NationalRole
from applications.models import Round
from core.clock import london
from core.notifications.models import Message
from core.signing import services as signing
from core.signing.models import SignatureRequest
from hubs.models import HubRole
from tests.clock import NOW
from tests.factories.accounts import NationalMembershipFactory, UserFactory
from tests.factories.applications import EditorFactory, ExpressionOfInterestFactory, RoundFactory
from tests.factories.hubs import HubMembershipFactory
from tests.factories.programmes import EditionFactory, EnrolmentFactory
from tests.factories.schools import SchoolMembershipFactory
from tests.queries import queries

pytestmark = pytest.mark.django_db


def home_of(user) -> str:
    client = Client()
    client.force_login(user)
    return " ".join(client.get("/home").content.decode().split())


def lead_of(round_, role=HubRole.LEAD):
    return HubMembershipFactory(hub=round_.hub, role=role).user


def refuse(eoi, reason="We cannot release two teachers.") -> SignatureRequest:
    request = SignatureRequest.objects.get(subject_id=eoi.pk, email=f"head@s{eoi.school_id}.example")
    signing.refuse(request_id=request.pk, reason=reason, now=NOW)
    return request


def test_who_is_new_is_told_where_to_begin():
    page = home_of(UserFactory())

    assert "You have no form yet" in page and "Find your school" in page


def test_a_draft_waits_for_its_school_with_the_closing_moment():
    eoi = ExpressionOfInterestFactory(school__name="Thomas Keble School")

    page = home_of(eoi.begun_by)

    assert f"Finish and send your form for {eoi.edition}" in page
    assert "Applications close Friday 28 May 2027, 11:59pm" in page
    assert "in 71 days" in page
    assert f'href="/forms/{eoi.pk}/"' in page


def test_a_draft_whose_round_has_closed_asks_for_nothing():
    eoi = ExpressionOfInterestFactory(round__closed=True)

    assert "Finish and send" not in home_of(eoi.begun_by)


def test_a_no_waits_for_the_school_by_name_and_for_the_hub_with_its_reason():
    eoi = ExpressionOfInterestFactory(signing=True, school__name="Thomas Keble School")
    refuse(eoi)

    assert "Thomas Keble School: Secondary Development 2027/28: Helen Carter said no" in home_of(eoi.begun_by)
    hub = home_of(lead_of(eoi.round))
    assert "Thomas Keble School: Helen Carter said no" in hub
    assert "“We cannot release two teachers.” The school has been told." in hub


def test_an_offer_waits_for_the_coordinator_until_its_answer_by_moment():
    eoi = ExpressionOfInterestFactory(offered=True, signed=True)
    coordinator = SchoolMembershipFactory(school=eoi.school).user

    page = home_of(coordinator)

    assert "Accept or refuse your place" in page
    assert "Answer by Friday 2 July 2027, 11:59pm" in page


def test_a_hub_lead_reads_how_many_bids_wait_and_by_when():
    round_ = RoundFactory()
    for _ in range(2):
        ExpressionOfInterestFactory(round=round_, submitted=True)

    page = home_of(lead_of(round_))

    assert "Decide 2 bids for Secondary Development 2027/28" in page
    assert "Panel on Friday 18 June 2027" in page
    assert "How far the forms are" in page


def test_a_hub_administrator_reads_what_waits_as_a_leads_to_decide():
    round_ = RoundFactory()
    for _ in range(2):
        ExpressionOfInterestFactory(round=round_, submitted=True)
    ExpressionOfInterestFactory(round=round_, signing=True)
    ExpressionOfInterestFactory(round=round_, reserve=True)
    passed = london(date(2027, 3, 17), 0)
    Round.objects.filter(pk=round_.pk).update(closes_at=passed, signing_deadline_at=passed)

    page = home_of(lead_of(round_, HubRole.ADMINISTRATOR))

    assert "2 bids wait for a lead to decide: Secondary Development 2027/28" in page
    assert "A lead gives more time or lets it lapse." in page
    assert "A lead offers a place to the first in reserve." in page
    assert "Decide 2 bids" not in page


def test_missing_signatures_lead_to_the_page_that_gives_more_time():
    round_ = RoundFactory(closed=True, signing_deadline_at=london(date(2027, 3, 17), 0))
    ExpressionOfInterestFactory(round=round_, signing=True)

    page = home_of(lead_of(round_))

    assert reverse("applications:more_time", args=[round_.pk]) in page
    assert "Give more time, or let it lapse." in page

    ExpressionOfInterestFactory(round=round_, signing=True)

    assert "Give more time, or let them lapse." in home_of(lead_of(round_))


def test_what_is_late_stands_on_top():
    round_ = RoundFactory()
    ExpressionOfInterestFactory(round=round_, submitted=True)
    late = ExpressionOfInterestFactory(round=round_, signing=True)
    refuse(late)

    page = home_of(lead_of(round_))

    assert page.index("said no") < page.index("Decide 1 bid for")


def test_after_the_signing_deadline_the_hub_reads_which_forms_lack_signatures():
    round_ = RoundFactory(closed=True, signing_deadline_at=london(date(2027, 3, 17), 0))
    ExpressionOfInterestFactory(round=round_, signing=True)

    page = home_of(lead_of(round_))

    assert "1 bid for Secondary Development 2027/28 lack signatures" not in page
    assert "1 bid for Secondary Development 2027/28 lacks signatures" in page
    assert "since Tuesday 16 March 2027" in page


def test_a_free_place_and_a_reserve_make_a_line():
    round_ = RoundFactory(places=3)
    ExpressionOfInterestFactory(round=round_, reserve=True)

    assert "3 places free, 1 in reserve: Secondary Development 2027/28" in home_of(lead_of(round_))


def test_an_offer_that_lapses_soon_is_worth_a_call():
    eoi = ExpressionOfInterestFactory(offered=True, offered__answer_by=NOW + timedelta(days=3))

    assert f"{eoi.school.name} has not answered its offer" in home_of(lead_of(eoi.round))


def test_a_mail_that_did_not_arrive_is_shown_to_its_hub_only():
    eoi = ExpressionOfInterestFactory(signing=True)
    Message.objects.create(
        key="k", kind="k", subject_label="applications.expressionofinterest", subject_id=eoi.pk, scope=eoi.round.hub_id,
        to_name="Jo Marsh", to_email="j.marsh@school.example", subject="s", text="t", created_at=NOW, due_at=NOW,
        state="failed",
    )  # fmt: skip

    assert "a mail to Jo Marsh did not arrive" in home_of(lead_of(eoi.round))
    assert "did not arrive" not in home_of(lead_of(RoundFactory(edition=eoi.edition)))


def test_another_hubs_bids_are_not_counted():
    eoi = ExpressionOfInterestFactory(submitted=True)

    page = home_of(lead_of(RoundFactory(edition=eoi.edition)))

    assert "Decide" not in page and eoi.school.name not in page


def test_an_administrator_reads_what_waits_and_a_finance_officer_that_nothing_waits():
    round_ = RoundFactory()
    ExpressionOfInterestFactory(round=round_, submitted=True)

    assert "1 bid waits for a lead to decide" in home_of(lead_of(round_, HubRole.ADMINISTRATOR))
    assert "Your part begins when schools have their places" in home_of(lead_of(round_, HubRole.FINANCE))


def test_a_hub_lead_reads_the_hubs_name_and_the_schools_on_its_roll():
    round_ = RoundFactory()
    EnrolmentFactory(hub=round_.hub)

    page = home_of(lead_of(round_))

    assert round_.hub.name in page
    assert f'href="/roll/{round_.hub.slug}/?edition=secondary-development-2026"' in page


def test_a_tfm_lead_reads_the_roll_and_the_first_meetings_of_the_own_hub_only():
    round_ = RoundFactory()
    EnrolmentFactory(hub=round_.hub), EnrolmentFactory(hub=round_.hub, completed=True)
    other = RoundFactory(edition=round_.edition, first_meeting_at=london(date(2027, 9, 30), 9))
    EnrolmentFactory(hub=other.hub, edition=EditionFactory(embedding=True))
    RoundFactory(hub=round_.hub, edition=EditionFactory(primary=True), first_meeting_at=NOW - timedelta(days=1))

    page = home_of(lead_of(round_, HubRole.TFM_LEAD))

    assert 'Secondary Development 2026/27</a></th> <td class="app-table__num" data-label="Active">1</td>' in page
    assert page.count("Thursday 23 September 2027, 1pm") == 1
    assert "Embedding" not in page and "30 September" not in page and "Wednesday 17 March 2027" not in page
    assert "bids" not in page


def menu_of(user) -> list[str]:
    page = lxml.html.fromstring(home_of(user))
    return [link.text_content() for link in page.xpath("//nav[@aria-label='Service']//a")]


def test_the_menu_of_each_role_leads_where_it_may_go():
    round_ = RoundFactory()

    assert menu_of(lead_of(round_)) == ["Home", "Rounds", "Roll", "Your hub", "Programmes", "Schools"]
    assert menu_of(lead_of(round_, HubRole.ADMINISTRATOR)) == [
        "Home",
        "Rounds",
        "Roll",
        "Your hub",
        "Programmes",
        "Schools",
    ]
    assert menu_of(lead_of(round_, HubRole.TFM_LEAD)) == ["Home", "Roll", "Your hub", "Programmes", "Schools"]
    assert menu_of(lead_of(round_, HubRole.FINANCE)) == ["Home", "Your hub", "Programmes", "Schools"]
    assert menu_of(NationalMembershipFactory().user) == ["Home", "Rounds", "Roll", "Programmes", "Hubs", "Schools"]
    analyst = NationalMembershipFactory(role=NationalRole.ANALYST).user
    assert menu_of(analyst) == ["Home", "Programmes", "Hubs", "Schools"]
    assert menu_of(UserFactory()) == ["Home", "Your forms", "Open rounds", "Programmes", "Hubs", "Schools"]


def test_the_page_costs_the_same_for_one_form_and_for_many():
    def cost(n: int) -> int:
        user, round_ = UserFactory(), RoundFactory()
        HubMembershipFactory(hub=round_.hub, user=user)
        for number in range(n):
            eoi = ExpressionOfInterestFactory(round=round_, signing=True)
            EditorFactory(eoi=eoi, user=user)
            if number % 2 == 0:
                refuse(eoi)
        client = Client()
        client.force_login(user)
        with queries() as asked:
            client.get("/home")
        return len(asked)

    few, many = cost(1), cost(10)

    assert few == many <= 20


def test_a_state_has_one_colour_on_home_and_on_the_forms_own_page():
    eoi = ExpressionOfInterestFactory(lapsed=True, begun_by=UserFactory())
    tag = '<strong class="app-tag app-tag--grey">Lapsed</strong>'
    client = Client()
    client.force_login(eoi.begun_by)

    assert tag in client.get("/home").content.decode()
    assert tag in client.get(f"/forms/{eoi.pk}/").content.decode()


def test_who_may_answer_an_offer_has_a_button_for_it_on_the_forms_page():
    eoi = ExpressionOfInterestFactory(offered=True, signed=True)
    client = Client()
    client.force_login(SchoolMembershipFactory(school=eoi.school).user)

    page = client.get(f"/forms/{eoi.pk}/").content.decode()

    assert re.search(r'<a class="govuk-button"[^>]*>Accept or refuse the place</a>', page)


def test_home_names_a_hub_in_full():
    eoi = ExpressionOfInterestFactory(signing=True, round__hub__name="GLOW Maths Hub", round__hub__short_name="GL")

    for person in (eoi.begun_by, lead_of(eoi.round)):
        page = home_of(person)
        assert "GLOW Maths Hub" in page and "GL." not in page and ", GL<" not in page
