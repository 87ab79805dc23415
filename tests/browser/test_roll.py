"""The roll, a hub's own page and the homes of who reads many hubs, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from hubs.models import HubRole
from tests.browser.test_checker_and_rounds import WIDTHS, looked_at, sign_in
from tests.factories.accounts import NationalMembershipFactory
from tests.factories.applications import ExpressionOfInterestFactory, RoundFactory
from tests.factories.hubs import HubFactory, HubMembershipFactory
from tests.factories.programmes import AdvocateFactory, EditionFactory, EnrolmentFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@WIDTHS
def test_everybody_can_use_the_pages_of_who_reads_many_schools_or_many_hubs(
    page: Page, new_page: Any, axe: Any, live_server: Any, widths: tuple[int, ...]
) -> None:
    round_ = RoundFactory(hub__name="A hub with a remarkably long name for its corner of the country")
    eoi = ExpressionOfInterestFactory(round=round_, submitted=True)
    made = EnrolmentFactory(hub=round_.hub, school__name="The Thomas Keble Church of England School", eoi_id=eoi.pk)
    AdvocateFactory(enrolment=made, teacher__email="bartholomew.featherstonehaugh@thomas-keble.gloucs.example")
    EnrolmentFactory(hub=HubFactory(), edition=EditionFactory(primary=True))
    roll = reverse("programmes:roll", args=[round_.hub.slug])

    sign_in(page, live_server, HubMembershipFactory(hub=round_.hub, role=HubRole.TFM_LEAD).user)
    for path in ("/home", roll, "/hubs/mine"):
        looked_at(page, axe, path, widths)
    national = new_page()
    sign_in(national, live_server, NationalMembershipFactory().user)
    bid, queue = reverse("applications:bid", args=[eoi.pk]), reverse("applications:queue", args=[round_.pk])
    for path in ("/home", "/roll/", roll, reverse("applications:own_rounds"), queue, bid):
        looked_at(national, axe, path, widths)
    assert page.problems == national.problems == []  # type: ignore[attr-defined]


@pytest.mark.context(java_script_enabled=False)
def test_without_scripts_a_tfm_lead_finds_a_teacher_on_the_roll(page: Page, live_server: Any) -> None:
    hub = HubFactory()
    for school, person in (("Archway School", "Amira Khan"), ("Maidenhill School", "Joanna Pryce")):
        made = EnrolmentFactory(hub=hub, school__name=school)
        AdvocateFactory(enrolment=made, teacher__name=person)
    sign_in(page, live_server, HubMembershipFactory(hub=hub, role=HubRole.TFM_LEAD).user)

    page.goto("/home")
    page.get_by_role("link", name="Secondary Development 2026/27").click()
    page.get_by_label("School, town, URN or person").fill("khan")
    page.get_by_role("button", name="Show").click()

    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("row").nth(1)).to_contain_text("Archway School")
    expect(page.get_by_label("Programme and year")).to_have_value("secondary-development-2026")
