"""The checker, programmes and rounds in a real browser: axe finds nothing, nothing scrolls sideways."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from core.clock import london
from core.signing import services as signing
from core.signing.models import SignatureRequest
from tests.clock import NOW
from tests.factories.applications import ExpressionOfInterestFactory, RoundFactory
from tests.factories.hubs import HubMembershipFactory
from tests.factories.programmes import EditionFactory
from tests.factories.schools import RegisterImportFactory, SchoolFactory, SuccessionFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = pytest.mark.parametrize("widths", [(320, 1280), pytest.param((360, 768), marks=pytest.mark.long)])


def sign_in(page: Page, live_server: Any, user: Any) -> None:
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])


def looked_at(page: Page, axe: Any, path: str, widths: tuple[int, ...]) -> None:
    """Loaded at the first width, then widened."""
    page.set_viewport_size({"width": widths[0], "height": 900})
    page.goto(path)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"


@WIDTHS
def test_everybody_can_use_every_answer_of_the_checker(page: Page, axe: Any, widths: tuple[int, ...]) -> None:
    RegisterImportFactory()
    round_ = RoundFactory()
    RoundFactory(hub=round_.hub, edition=EditionFactory(primary=True))
    old, new = SchoolFactory(closed=True), SchoolFactory()
    SuccessionFactory(urn=old.pk, link_urn=new.pk)
    applied = ExpressionOfInterestFactory(round=round_, signing=True).school
    answers = [
        SchoolFactory(), SchoolFactory(all_through=True), SchoolFactory(special=True, high_age=None), old, applied,
        SchoolFactory(independent=True), SchoolFactory(post_16=True),
    ]  # fmt: skip

    for school in answers:
        looked_at(page, axe, reverse("applications:check", args=[school.pk]), widths)
    edition = round_.edition
    for path in (
        reverse("applications:rounds"),
        reverse("programmes:list"),
        reverse("programmes:edition", args=[edition.programme_id, edition.year]),
    ):
        looked_at(page, axe, path, widths)
    assert page.problems == []  # type: ignore[attr-defined]


@WIDTHS
def test_everybody_can_use_the_screens_of_a_round(
    page: Page, axe: Any, live_server: Any, widths: tuple[int, ...]
) -> None:
    round_ = RoundFactory()
    sign_in(page, live_server, HubMembershipFactory(hub=round_.hub).user)

    for path in (
        reverse("applications:own_rounds"),
        reverse("applications:round_new"),
        reverse("applications:round_edit", args=[round_.pk]),
        reverse("applications:more_time", args=[round_.pk]),
        reverse("applications:round_cancel", args=[round_.pk]),
    ):
        looked_at(page, axe, path, widths)
    assert page.problems == []  # type: ignore[attr-defined]


@pytest.mark.context(java_script_enabled=False)
def test_without_scripts_a_lead_moves_the_closing_and_the_checker_says_so(page: Page, live_server: Any) -> None:
    round_ = RoundFactory()
    sign_in(page, live_server, HubMembershipFactory(hub=round_.hub).user)

    page.goto(reverse("applications:round_edit", args=[round_.pk]))
    page.get_by_role("group", name="Applications close on").get_by_label("Day").fill("30")
    page.get_by_label("Applications close at").fill("midday")
    page.get_by_role("group", name="Applications close on").get_by_label("Month").fill("4")
    page.get_by_role("button", name="Save the round").click()

    expect(page.get_by_text("The round is saved.")).to_be_visible()
    round_.refresh_from_db()
    assert round_.closes_at == london(date(2027, 4, 30), 12, 1)
    page.goto(reverse("applications:check", args=[SchoolFactory().pk]))
    expect(page.get_by_text("until Friday 30 April 2027, midday")).to_be_visible()


@WIDTHS
def test_everybody_can_use_the_queue_a_bid_and_the_steps_of_a_decision(
    page: Page, axe: Any, live_server: Any, widths: tuple[int, ...]
) -> None:
    round_ = RoundFactory()
    ready = ExpressionOfInterestFactory(round=round_, submitted=True)
    unsigned = ExpressionOfInterestFactory(round=round_, signing=True)
    signing.refuse(
        request_id=SignatureRequest.objects.filter(subject_id=unsigned.pk).latest("name").pk, reason="No.", now=NOW
    )
    accepted = ExpressionOfInterestFactory(round=round_, accepted=True)
    sign_in(page, live_server, HubMembershipFactory(hub=round_.hub).user)
    queue = reverse("applications:queue", args=[round_.pk])

    for path in (
        f"{queue}?view=all",
        reverse("applications:bid", args=[unsigned.pk]),
        reverse("applications:decide", args=[unsigned.pk, "offer"]),
        reverse("applications:decide", args=[accepted.pk, "offer"]),
    ):
        looked_at(page, axe, path, widths)
    page.goto(f"{queue}?view=all")
    for eoi in (ready, unsigned):
        page.get_by_label(f"Choose {eoi.school.name}").check()
    page.get_by_role("button", name="Offer places").click()
    page.get_by_role("button", name="Read the letters").click()
    assert axe(page) == []
    page.get_by_role("button", name="Send 2 offers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Place offered: 2 schools")
    assert axe(page) == []
    assert page.problems == []  # type: ignore[attr-defined]


def test_a_round_opens_only_after_a_look_at_what_schools_will_read(page: Page, axe: Any, live_server: Any) -> None:
    round_ = RoundFactory(announced_only=True, panel_on=None, decisions_by=None)
    sign_in(page, live_server, HubMembershipFactory(hub=round_.hub).user)
    page.goto(reverse("applications:round_edit", args=[round_.pk]))
    for group, day in (("Opens on", 18), ("Applications close on", 20)):
        for label, value in (("Day", day), ("Month", 3), ("Year", 2027)):
            page.get_by_role("group", name=group, exact=True).get_by_label(label).fill(str(value))

    page.get_by_role("button", name="Save the round").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Schools can apply as soon as you save")
    expect(page.get_by_text("The closing is Saturday 20 March 2027: a weekend.")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Save and open the round").click()
    expect(page.get_by_text("The round is saved.")).to_be_visible()
    assert page.problems == []  # type: ignore[attr-defined]
