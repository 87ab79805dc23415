"""Finding a school and a hub in a real browser: as one types, without scripts, on a phone, for everybody."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hubs.services import load_reference as load_hubs
from programmes.services import load_reference as load_programmes
from schools.services import import_register, load_reference
from tests.clock import NOW
from tests.schools.files import LINKS, SAMPLE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (
    "/schools/",
    "/schools/?q=st+mary",
    "/schools/?q=xyzzy+plugh",
    "/schools/148036/",
    "/schools/115764/",
    "/hubs/",
    "/hubs/jurassic/",
    "/hubs/find",
    "/hubs/find?q=GL53+8QF",
    "/hubs/find?la=878",
    "/hubs/find?q=xyzzy",
)


@pytest.fixture
def sample(live_server: Any) -> None:
    load_reference()
    load_hubs()
    load_programmes(now=NOW)
    import_register(path=SAMPLE, as_of=date(2023, 11, 16), links=LINKS, now=NOW)


def test_a_misspelt_name_is_found_as_one_types_and_opens_the_checker(page: Page, sample: None) -> None:
    page.goto("/schools/")
    page.locator("html[data-ready]").wait_for()
    box = page.get_by_role("combobox")

    box.press_sequentially("balcaras", delay=20)
    expect(page.get_by_role("option").first).to_contain_text("Balcarras School")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/check/"))
    assert page.problems == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [360, 1280])
def test_at_the_start_every_school_that_is_offered_can_be_seen_and_pressed(
    page: Page, sample: None, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/")
    page.locator("html[data-ready]").wait_for()

    page.get_by_role("combobox").press_sequentially("st mary", delay=20)
    expect(page.get_by_role("option").nth(3)).to_be_visible()

    for option in page.get_by_role("option").all()[:4]:
        assert option.evaluate(
            """option => { const at = option.getBoundingClientRect();
            return option.contains(document.elementFromPoint(at.left + at.width / 2, at.top + at.height / 2)) }"""
        )


def test_enter_searches_while_schools_are_offered_and_none_is_marked(page: Page, sample: None) -> None:
    page.goto("/")
    page.locator("html[data-ready]").wait_for()

    page.get_by_role("combobox").press_sequentially("balcaras", delay=20)
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/schools/\?q=balcaras"))
    expect(page.get_by_role("link", name="Balcarras School")).to_be_visible()
    assert page.problems == []  # type: ignore[attr-defined]


@pytest.mark.context(java_script_enabled=False)
def test_without_scripts_the_same_search_is_a_form(page: Page, sample: None) -> None:
    page.goto("/schools/")

    page.get_by_label("Your school").fill("balcaras")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Balcarras School").click()

    expect(page).to_have_url(re.compile("/check/"))


@pytest.mark.parametrize("widths", [(320, 1280), pytest.param((360, 768), marks=pytest.mark.long)])
def test_everybody_can_use_the_pages_at_every_width(page: Page, axe: Any, sample: None, widths: tuple) -> None:
    for path in PAGES:
        page.set_viewport_size({"width": widths[0], "height": 800})
        page.goto(path)
        page.locator("html[data-ready]").wait_for()

        for width in widths:
            page.set_viewport_size({"width": width, "height": 800})
            assert axe(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"
    assert page.problems == []  # type: ignore[attr-defined]


def test_the_map_leads_to_the_hub_of_the_area_that_is_clicked(page: Page, sample: None) -> None:
    page.goto("/hubs/")

    page.get_by_role("link", name="Gloucestershire: GLOW Maths Hub").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("GLOW Maths Hub")
