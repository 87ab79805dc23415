"""Signing in, one's own account, home and the pages about the service, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import NationalRole, User
from core.notifications.models import Message
from core.secrets import decrypt
from hubs.models import HubRole
from tests.factories.accounts import NationalMembershipFactory, UserFactory
from tests.factories.applications import ExpressionOfInterestFactory, RoundFactory
from tests.factories.hubs import HubMembershipFactory
from tests.factories.programmes import EnrolmentFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 360, "height": 740}
NARROW = {"width": 320, "height": 800}


def code_for(email: str) -> str:
    """The code in the one mail to an address, which is taken away: the tests' clock stands still, so none is latest."""
    message = Message.objects.get(to_email=email)
    code = decrypt(message.secret)
    message.delete()
    return code


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter your code")
    page.get_by_label("Code", exact=True).fill(code_for(email))
    page.get_by_role("button", name="Sign in").click()


def looks_right(page: Page, axe: Any) -> None:
    """At the width it was loaded at, and on a wide screen."""
    loaded_at = page.viewport_size
    assert loaded_at is not None
    for width in (loaded_at["width"], 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert axe(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{page.url} at {width}"
    page.set_viewport_size(loaded_at)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_new_person_signs_in_says_their_name_and_signs_out_on_a_phone(new_page: Any, axe: Any, scripts: bool) -> None:
    page = new_page(viewport=PHONE, java_script_enabled=scripts)

    sign_in(page, "new.person@school.example")
    expect(page.get_by_role("heading", level=1)).to_have_text("What is your name?")
    page.get_by_label("Your full name").fill("Jo Marsh")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What needs you now")
    expect(page.get_by_role("link", name="Your account: Jo Marsh")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    assert User.objects.get().name == "Jo Marsh"
    assert page.problems == []


def test_what_is_wrong_is_said_on_the_page_and_what_was_typed_stays(new_page: Any, axe: Any) -> None:
    page = new_page(viewport=PHONE)
    page.goto("/sign-in")

    page.get_by_label("E-mail address").fill("j.marsh@")
    page.get_by_role("button", name="Send me a code").click()

    expect(page.get_by_role("alert")).to_contain_text("Enter an e-mail address, like name@school.org.uk")
    expect(page.get_by_label("E-mail address")).to_have_value("j.marsh@")
    looks_right(page, axe)
    page.get_by_label("E-mail address").fill("j.marsh@school.example")
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code", exact=True).fill("12")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("That is not the code in your latest mail")
    looks_right(page, axe)
    assert page.problems == []


def test_a_session_of_another_browser_is_ended_from_this_one(new_page: Any, axe: Any) -> None:
    user = UserFactory(name="Helen Carter")
    other, page = new_page(), new_page(viewport=PHONE)
    for browser in (other, page):
        sign_in(browser, user.email)
        expect(browser.get_by_role("heading", level=1)).to_have_text("What needs you now")

    with page.expect_navigation():
        page.get_by_role("link", name="Your account: Helen Carter").click()
    looks_right(page, axe)
    page.get_by_role("button", name="End").click()

    expect(page.get_by_text("is signed out.")).to_be_visible()
    other.goto("/home")
    expect(other.get_by_role("heading", level=1)).to_have_text("Sign in or begin")
    assert page.problems == other.problems == []


def test_every_page_for_anybody_keeps_nobody_out(new_page: Any, axe: Any) -> None:
    RoundFactory(closing_soon=True)
    hub = RoundFactory(hub__name="A hub with a remarkably long name for its corner of the country").hub
    page = new_page(viewport=NARROW)

    for path in (
        "/",
        "/sign-in",
        "/accessibility",
        "/privacy",
        f"/hubs/{hub.slug}/privacy",
        "/contact",
        "/help",
        "/cookies",
        "/sign-in/closed",
    ):
        page.goto(path)
        looks_right(page, axe)
    assert page.problems == []


def test_home_is_fit_to_read_for_a_school_a_hub_and_the_national_team(new_page: Any, axe: Any) -> None:
    round_ = RoundFactory()
    school = ExpressionOfInterestFactory(
        round=round_, school__name="The Thomas Keble Church of England School"
    ).begun_by
    ExpressionOfInterestFactory(round=round_, submitted=True)
    ExpressionOfInterestFactory(round=round_, reserve=True)
    lead = HubMembershipFactory(hub=round_.hub, role=HubRole.LEAD).user
    national = NationalMembershipFactory(role=NationalRole.ANALYST).user

    tfm_lead = HubMembershipFactory(hub=round_.hub, role=HubRole.TFM_LEAD).user
    EnrolmentFactory(hub=round_.hub)

    for user, heading in (
        (school, "What needs you now"),
        (lead, "What needs you now"),
        (tfm_lead, "What needs you now"),
        (national, "All hubs"),
    ):
        page = new_page(viewport=NARROW)
        sign_in(page, user.email)
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        looks_right(page, axe)
        page.goto("/you")
        looks_right(page, axe)
        page.goto("/sign-out")
        looks_right(page, axe)
        assert page.problems == []
