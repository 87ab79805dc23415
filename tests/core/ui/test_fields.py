"""The pack `hub` draws fields in the very shape of govuk-frontend's own fixtures."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django import forms
from django.template import engines

from core.ui.forms import DateField, HubForm, Words

FIXTURES = Path(__file__).parent.parent.parent / "vendor" / "govuk-frontend"
OURS = {"govuk-label--s", "govuk-fieldset__legend--s"}  # our labels are bold: a modifier of theirs
VOID_OF_MEANING = {"br"}


class Shape(HTMLParser):
    """Tags in order with their classes, module, role and type."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = dict(attrs)
        if tag in VOID_OF_MEANING or given.get("type") == "hidden":
            return
        classes = tuple(sorted(set((given.get("class") or "").split()) - OURS))
        self.found.append((tag, classes, given.get("data-module"), given.get("role"), given.get("type")))

    def handle_endtag(self, tag: str) -> None:
        self.found.append((f"/{tag}",))


def shape(html: str) -> list[tuple]:
    """The shape of a piece of HTML; input and option ends are the parser's affair."""
    parser = Shape()
    parser.feed(html)
    return [part for part in parser.found if part[0] not in ("/input", "/option")]


def fixture(component: str, name: str) -> str:
    found = json.loads((FIXTURES / f"{component}.json").read_text())["fixtures"]
    return next(f["html"] for f in found if f["name"] == name)


def drawn(field: forms.Field, *, wrong: bool = False, data: dict | None = None) -> str:
    class Form(HubForm):
        x = field

    form = Form({} if wrong else data)
    return engines["django"].from_string("{% crispy form %}").render({"form": form})


def items(n: int) -> list[tuple[str, str]]:
    return [(str(i), f"Item {i}") for i in range(n)]


CASES = [
    ("input", "default", forms.CharField(), False),
    ("input", "with hint text", forms.CharField(help_text="Hint"), False),
    ("input", "with error message", forms.CharField(), True),
    ("input", "with error and hint", forms.CharField(help_text="Hint"), True),
    ("textarea", "default", forms.CharField(widget=forms.Textarea), False),
    ("textarea", "with hint and error message", forms.CharField(widget=forms.Textarea, help_text="Hint"), True),
    ("select", "with hint text and error message", forms.ChoiceField(choices=items(3), help_text="Hint"), True),
    ("radios", "with hint and error message",
     forms.ChoiceField(choices=items(2), widget=forms.RadioSelect, help_text="Hint"), True),
    ("checkboxes", "with error message and hint",
     forms.MultipleChoiceField(choices=items(2), widget=forms.CheckboxSelectMultiple, help_text="Hint"), True),
    ("date-input", "default", DateField(help_text="Hint"), False),
    ("date-input", "with error message and hint", DateField(help_text="Hint"), True),
    ("character-count", "with count type 'words'", forms.CharField(widget=Words(limit=10)), False),
]  # fmt: skip


@pytest.mark.parametrize(("component", "name", "field", "wrong"), CASES, ids=[f"{c}: {n}" for c, n, _, _ in CASES])
def test_a_field_has_the_shape_of_its_fixture(component, name, field, wrong):
    assert shape(drawn(field, wrong=wrong)) == shape(fixture(component, name))


def test_inline_radios_have_the_shape_of_their_fixture():
    field = forms.ChoiceField(choices=items(2), widget=forms.RadioSelect, help_text="Hint")
    field.inline = True

    assert shape(drawn(field)) == shape(fixture("radios", "inline"))


def test_the_error_summary_has_the_shape_of_its_fixture():
    class Form(HubForm):
        a = forms.CharField()
        b = forms.CharField()

    template = engines["django"].from_string('{% include "components/error_summary.html" with form=form only %}')

    assert shape(template.render({"form": Form({})})) == shape(fixture("error-summary", "default"))


def test_a_fault_in_a_field_s_shape_is_seen():
    html = drawn(forms.CharField(), wrong=True)

    assert shape(html.replace("govuk-input--error", "")) != shape(fixture("input", "with error message"))


def test_hint_and_error_are_tied_to_the_control():
    html = drawn(forms.CharField(help_text="Hint"), wrong=True)

    assert 'aria-describedby="id_x_helptext id_x_error"' in html
    assert 'id="id_x_helptext"' in html and 'id="id_x_error"' in html


def test_the_counter_is_tied_to_its_box_and_the_browser_cuts_nothing():
    from core.ui.forms import WordsField

    html = drawn(WordsField(limit=150))

    assert 'aria-describedby="id_x-info"' in html
    assert " maxlength=" not in html


def test_a_label_is_never_markup():
    html = drawn(forms.CharField(label="<script>alert(1)</script>", help_text="<b>bold</b>"))

    assert "<script>" not in html and "<b>" not in html
