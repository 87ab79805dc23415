"""The HTML part is the text and nothing but the text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.notifications import html

LINK = "https://portal.example/l/abc?x=1&y=2"


def plain(markup: str) -> str:
    """What is left when every tag is taken away and every entity read."""
    from html import unescape

    return unescape(re.sub(r"<[^>]*>", "", markup))


def test_a_blank_line_parts_paragraphs_and_a_line_break_stays():
    assert plain(html.blocks("One\ntwo\n\nThree\n")) == "One\ntwo\nThree"
    assert html.blocks("One\ntwo\n\nThree\n").count("<p ") == 2
    assert html.blocks("One\ntwo\n\nThree\n").count("<br>") == 1


def test_why_the_mail_came_stands_apart_from_the_name_that_signs_it():
    assert html.blocks("Bye\n\nGLOW Maths Hub\nYou get this because you lead it.\n").count("<p ") == 3


def test_dashes_make_a_list_with_or_without_a_line_above():
    assert html.blocks("- one\n- two\n").count("<li>") == 2
    with_line = html.blocks("You promise:\n- one\n- two\n")
    assert (with_line.count("<p "), with_line.count("<li>")) == (1, 2)


def test_a_line_with_a_colon_above_a_lone_address_is_a_button_with_the_address_below():
    made = html.blocks(f"Sign the commitments:\n{LINK}\n")

    assert made.count('href="https://portal.example/l/abc?x=1&amp;y=2"') == 2
    assert ">Sign the commitments</a>" in made
    assert plain(made).endswith(f"Or open this address: {LINK}")


def test_a_lone_address_is_a_link_and_a_lone_code_is_large():
    assert html.blocks(LINK).count("<a ") == 1
    assert "font-size:32px" in html.blocks("493817")
    assert "font-size:32px" not in html.blocks("493817 is the code")


@pytest.mark.parametrize(
    "nasty",
    [
        "<script>alert(1)</script>",
        'Sign "now":\nhttps://x.example/"onmouseover="alert(1)',
        "Sign:\njavascript:alert(1)",
        "- <img src=x onerror=alert(1)>",
        "Sign <b>:\nhttps://x.example/<b>",
        "{{ body }}{% load x %}",
    ],
)
def test_what_people_typed_never_becomes_markup(nasty):
    made = html.blocks(nasty)

    assert set(re.findall(r"<(/?\w+)", made)) <= {"p", "/p", "a", "/a", "ul", "/ul", "li", "/li", "br"}
    assert "javascript:" not in re.sub(r">[^<]*<", "><", made)
    assert all(set(re.findall(r'(\w+)="', tag)) <= {"style", "href"} for tag in re.findall(r"<[^>]*>", made))


@given(st.text(alphabet=st.sampled_from("ab<>&\"'-: \n/h1"), max_size=120))
def test_no_letter_is_lost_or_added(text):
    def letters(words: str) -> str:
        return re.sub(r"[\s-]", "", words)

    assert letters(plain(html.blocks(text))) == letters(text)


def test_the_page_holds_subject_and_blocks_and_loads_nothing():
    made = html.page(
        subject="A <note>", text="Dear Helen,\n", sender="GLOW Maths Hub", site_url="https://portal.example"
    )

    assert "A &lt;note&gt;" in made
    assert "Dear Helen," in made
    assert not re.search(r"<(script|link|img|iframe)|url\(|@import", made)
