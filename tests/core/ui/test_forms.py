"""What the portal's fields accept, and how they say no."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from django import forms
from django.http import QueryDict

from core.ui.forms import DateField, HubForm, IdempotentForm, MailField, NameField, WordsField, count_words


class DayForm(HubForm):
    day = DateField(label="Day")


def day(*parts: str) -> DayForm:
    return DayForm({f"day_{name}": part for name, part in zip(("day", "month", "year"), parts, strict=True)})


def test_a_date_is_built_from_its_three_boxes():
    form = day(" 27", "03", "2027")

    assert form.is_valid()
    assert form.cleaned_data == {"day": date(2027, 3, 27)}


@pytest.mark.parametrize(
    "typed", [("31", "2", "2027"), ("27", "3", "27"), ("x", "3", "2027"), ("٣", "3", "2027"), ("", "3", "2027")]
)
def test_what_is_no_day_is_refused_and_stays_on_the_screen(typed):
    form = day(*typed)

    assert form.errors == {"day": ["Enter a real date, like 27 3 2027"]}
    assert [box["value"] for box in form["day"].subwidgets[0].data["subwidgets"]] == [t or None for t in typed]


def test_an_empty_day_is_asked_for_or_left_empty():
    class Open(HubForm):
        day = DateField(required=False)

    assert day("", "", "").errors == {"day": ["Enter a date"]}
    assert Open({}).is_valid()


def test_every_empty_field_says_what_to_do():
    class Form(HubForm):
        name = forms.CharField(label="Full name")
        urn = forms.CharField(label="URN")
        why = forms.CharField(label="Why now?")
        hub = forms.ChoiceField(label="Hub", choices=[])
        sure = forms.BooleanField(label="The head knows")
        own = forms.CharField(error_messages={"required": "Enter your own"})

    assert {k: v[0] for k, v in Form({}).errors.items()} == {
        "name": "Enter full name",
        "urn": "Enter URN",
        "why": "Answer: Why now?",
        "hub": "Choose hub",
        "sure": "Tick the box: The head knows",
        "own": "Enter your own",
    }


def test_text_comes_in_composed_and_without_invisible_marks():
    class Form(HubForm):
        name = NameField()

    form = Form(QueryDict("name=Zoe%CC%88%20%20O%E2%80%99Ne%E2%80%AEil%E2%80%8B"))

    assert form.is_valid()
    assert form.cleaned_data["name"] == "Zoë O’Neil"


def test_a_name_of_nothing_but_invisible_marks_is_empty():
    class Form(HubForm):
        name = NameField(label="Name")

    assert Form({"name": "\u200b\u202e"}).errors == {"name": ["Enter name"]}


@pytest.mark.parametrize("name", ["José Ñandú", "王小明", "Siân Ŵyn-Jones", "محمد", "D’Arcy"])
def test_names_of_any_language_are_names(name):
    class Form(HubForm):
        name = NameField()

    assert Form({"name": name}).is_valid()


def test_an_address_whose_domain_only_looks_plain_is_refused():
    class Form(HubForm):
        email = MailField()

    assert Form({"email": "j.marsh@schооl.org.uk"}).errors == {
        "email": ["Enter an e-mail address, like name@school.org.uk"]
    }
    plain = Form({"email": "J.Marsh@School.org.uk"})
    assert plain.is_valid() and plain.cleaned_data["email"] == "J.Marsh@School.org.uk"


def test_words_are_counted_as_pieces_that_hold_a_letter_or_figure():
    assert count_words("Well-being – a 3-part plan ... done") == 5


def test_long_prose_is_refused_only_at_its_very_end():
    class Form(HubForm):
        why = WordsField(limit=150)

    assert Form({"why": "a " * 999}).is_valid()
    assert Form({"why": "a" * 2001}).errors == {"why": ["Shorten this to 2000 characters; it has 2001"]}


def test_a_form_that_creates_carries_a_number_that_stays_through_errors():
    class Form(IdempotentForm, HubForm):
        name = forms.CharField()

    first = Form()["once"].value()
    again = Form({"once": str(first)})

    assert UUID(first) != UUID(Form()["once"].value())
    assert not again.is_valid()
    assert first in str(again["once"])


def test_fields_that_a_form_adds_as_it_is_built_are_drawn():
    class Form(HubForm):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.fields["late"] = forms.CharField()

    assert [f for f in Form().helper.layout.fields] == ["late"]
