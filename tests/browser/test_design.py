"""Every component on a real screen: no fault that axe knows, nothing against the policy, no scroll to the side."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.core.ui.gallery import NAMES

pytestmark = [pytest.mark.browser, pytest.mark.urls("tests.core.ui.gallery")]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_of_every_kind_is_accessible_keeps_the_policy_and_fits(page, axe, name):
    page.goto(f"/gallery/{name}")
    page.wait_for_selector("html[data-ready]")

    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.problems == []


def test_in_chosen_colours_tags_dots_and_views_keep_an_edge(new_page):
    page = new_page(forced_colors="active")

    page.goto("/gallery/queue")
    page.wait_for_selector("html[data-ready]")

    for mark in (".app-tag", ".app-dot--refused", ".app-chip"):
        assert page.locator(mark).first.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"
    assert page.problems == []


def test_axe_and_the_policy_catch_what_is_planted(page, axe):
    page.goto("/gallery/home")
    page.wait_for_selector("html[data-ready]")

    page.evaluate(
        """() => { document.querySelector("main").insertAdjacentHTML("beforeend",
        '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><p style="color:red">x</p>') }"""
    )

    assert "image-alt" in {rule for rule, _ in axe(page)}
    assert any("style-src" in problem for problem in page.problems)


def test_errors_are_linked_to_their_boxes_and_the_summary_has_the_focus(page, axe):
    page.goto("/gallery/form")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_selector("html[data-ready]")

    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    expect(page).to_have_title("Error: Headteacher – Hub Portal")
    links = summary.get_by_role("link").all()
    assert len(links) == 8
    for link in links:
        assert page.locator(link.get_attribute("href") or "").count() == 1
    summary.get_by_role("link", name="Enter a date").click()
    expect(page.locator("#id_first_day_0")).to_be_focused()
    assert axe(page) == []
    assert page.problems == []


def test_the_search_offers_schools_as_one_types_and_their_names_stay_text(page, axe):
    page.goto("/gallery/start")
    page.wait_for_selector("html[data-ready]")

    page.get_by_label("Which school are you from?").press_sequentially("maid")
    options = page.get_by_role("option")

    expect(options).to_have_count(2)
    expect(options.nth(1)).to_contain_text("<b>Bold</b> & Sons’ School")
    assert axe(page) == []
    options.nth(0).click()
    expect(page.get_by_label("Which school are you from?")).to_have_value("Maidenhill School")
    assert page.problems == []


@pytest.mark.context(java_script_enabled=False)
def test_the_search_is_an_ordinary_form_without_scripts(page):
    page.goto("/gallery/start")

    page.get_by_label("Which school are you from?").fill("maiden")
    page.get_by_label("Which school are you from?").press("Enter")

    expect(page).to_have_url(re.compile(r"/check/?\?q=maiden"))


@pytest.mark.parametrize("width", [1280, 1600])
def test_masthead_navigation_and_footer_stand_at_one_place_on_every_page_and_what_is_read_begins_under_the_logo(
    page, width
):
    page.set_viewport_size({"width": width, "height": 900})
    left, right = (width - 1200) / 2, (width + 1200) / 2

    for name in NAMES:
        page.goto(f"/gallery/{name}")
        for place in (".app-masthead__home", ".app-footer__inner", "main > .govuk-width-container"):
            assert page.locator(place).first.bounding_box()["x"] == left, f"{place} on {name}"
        for rods in page.locator(".app-hero__rods").all():
            assert rods.bounding_box()["x"] + rods.bounding_box()["width"] <= right


def test_on_a_phone_the_navigation_is_one_row_that_begins_where_the_reader_is(page):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/gallery/queue")
    page.wait_for_selector("html[data-ready]")
    row = page.locator(".app-nav__list")
    row.evaluate("row => row.append(...[...row.children].map(child => child.cloneNode(true)))")

    tops = {link.bounding_box()["y"] for link in page.locator(".app-nav__link").all()}

    assert len(tops) == 1
    expect(page.locator("[aria-current=page]").first).to_be_in_viewport()


def test_one_box_ticks_all_the_rows(page):
    page.goto("/gallery/queue")
    page.wait_for_selector("html[data-ready]")

    page.get_by_label("Tick all").check()

    assert page.locator("input[name=eoi]:checked").count() == page.locator("input[name=eoi]").count() == 7
    page.get_by_label("Choose Archway School").uncheck()
    assert page.get_by_label("Tick all").evaluate("box => box.indeterminate") is True


def test_a_printed_page_leaves_out_what_nobody_can_press(page):
    page.goto("/gallery/queue")
    page.emulate_media(media="print")

    for gone in (".app-nav", ".app-chips", ".app-actions", ".govuk-pagination"):
        assert not page.locator(gone).first.is_visible()
    assert page.locator(".app-table thead").evaluate("head => getComputedStyle(head).display") == "table-header-group"


def test_the_word_counter_counts_but_never_cuts(page):
    page.goto("/gallery/form")
    page.wait_for_selector("html[data-ready]")
    box = page.get_by_label("Why does the department wish to take part?")

    box.fill("word " * 210)

    expect(page.locator(".govuk-character-count__status").first).to_have_text("You have 10 words too many")
    assert len(box.input_value().split()) == 210
