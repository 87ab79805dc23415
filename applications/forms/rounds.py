"""What a hub sets of its round, and the time it gives to one school."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError

from applications.models import Round
from core.calendar import time12
from core.clock import LONDON
from core.ui.forms import DateField, HubForm, MailField, NameField, WordsField
from hubs.models import Hub
from programmes.models import Edition

MINUTE = timedelta(minutes=1)
MOMENTS = {"opens": "opens_at", "closes": "closes_at", "signing": "signing_deadline_at", "meeting": "first_meeting_at"}
# Kept as the first moment that is too late: "11:59pm" is up to 23:59:59.
ENDS = ("closes", "signing")
OTHER = "other"  # of the list of schools: one that is not on it
NUMBER = ("required", "invalid", "min_value", "max_value")
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?", flags=re.IGNORECASE)


def read_time(text: str) -> time:
    """A time of day as people write it: 9am, 9:30am, 11.59pm, 23:59, midday, midnight. Raises ValueError."""
    said = " ".join(text.lower().replace(" am", "am").replace(" pm", "pm").split())
    if said in ("midday", "noon"):
        return time(12)
    if said == "midnight":
        return time(0)
    found = _TIME.fullmatch(said)
    if found is None or (found[2] is None and found[3] is None):
        raise ValueError(text)
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            raise ValueError(text)
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    return time(hour, minute)


class TimeField(forms.CharField):
    """A time of day, typed as people write it."""

    default_error_messages = {"invalid": "Enter a time like 9:30am, 11:59pm or midday"}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput({"class": "govuk-input--width-5", "autocomplete": "off"}))
        super().__init__(max_length=20, **kwargs)

    def clean(self, value: Any) -> time | None:
        text: str = super().clean(value)
        if not text:
            return None
        try:
            return read_time(text)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


def moment_of(day: date, at: time, *, ends: bool) -> datetime:
    """The moment in UTC that London's clock names; an end is the minute after, the first moment that is too late.

    Raises ValueError for a time that the clocks jump over. Of an hour that comes twice, an end means the second.
    """
    named = datetime.combine(day, at, tzinfo=LONDON).replace(fold=1 if ends else 0)
    moment = named.astimezone(UTC)
    if moment.astimezone(LONDON).replace(tzinfo=None) != datetime.combine(day, at):
        raise ValueError(day)
    return moment + MINUTE if ends else moment


class MomentsForm(HubForm):
    """A form with days and times of day, in pairs `<name>_on` and `<name>_at`."""

    pairs: tuple[tuple[str, str], ...] = ()  # (name, what it is called in an error)

    def moment(self, data: Mapping[str, Any], name: str, called: str) -> datetime | None:
        """The moment of a pair, or None with an error where only one half or no such time was typed."""
        day, at = data.get(f"{name}_on"), data.get(f"{name}_at")
        if day is None:
            return None
        if at is None:
            if f"{name}_at" not in self.errors:
                self.add_error(f"{name}_at", f"Enter the time of day for {called}")
            return None
        try:
            return moment_of(day, at, ends=name in ENDS)
        except ValueError:
            self.add_error(f"{name}_at", "The clocks go forward in that hour: choose another time")
            return None


def _time(label: str, initial: str) -> TimeField:
    return TimeField(label=label, initial=initial, required=False, help_text="For example 9am or 11:59pm")


class RoundForm(MomentsForm):
    """Every field of a round; `version` is that of the page, so that no stale page overwrites another's work."""

    optional_mark = False
    pairs = (
        ("opens", "the opening"),
        ("closes", "the closing"),
        ("signing", "the signing deadline"),
        ("meeting", "the first meeting"),
    )

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    announced = forms.CharField(
        label="Announced in words",
        max_length=120,
        required=False,
        help_text="Until the dates are set, schools read: opens … For example: about the end of March",
    )
    opens_on = DateField(label="Opens on", required=False, help_text="For example, 1 3 2027")
    opens_at = _time("Opens at", "9am")
    closes_on = DateField(label="Applications close on", required=False)
    closes_at = _time("Applications close at", "11:59pm")
    signing_on = DateField(
        label="Signing deadline",
        required=False,
        help_text="Forms are sent by the closing; their people may sign until this day. Empty: 14 days from sending",
    )
    signing_at = _time("Signing ends at", "11:59pm")
    panel_on = DateField(label="Day of the panel", required=False, help_text="The day on which your hub chooses")
    decisions_by = DateField(label="Schools hear by", required=False)
    days_to_answer = forms.IntegerField(
        label="Days to answer an offer",
        min_value=1,
        max_value=60,
        initial=14,
        widget=forms.TextInput({"class": "govuk-input--width-3", "inputmode": "numeric"}),
        error_messages=dict.fromkeys(NUMBER, "Enter a number of days from 1 to 60"),
    )
    places = forms.IntegerField(
        label="Places",
        min_value=0,
        max_value=1000,
        initial=0,
        widget=forms.TextInput({"class": "govuk-input--width-3", "inputmode": "numeric"}),
        error_messages=dict.fromkeys(NUMBER, "Enter a number of places from 0 to 1,000"),
    )
    meeting_on = DateField(label="First meeting on", required=False, help_text="Empty: to be announced")
    meeting_at = _time("First meeting at", "")
    arrangements = WordsField(
        label="Arrangements", required=False, rows=4, help_text="Where and how the group meets. Empty: to be announced"
    )
    how_we_select = WordsField(label="How your hub selects", required=False, rows=4)
    guidance = WordsField(label="Guidance for schools", required=False, rows=4)
    contact_name = NameField(label="Whom schools may ask", required=False)
    contact_email = MailField(label="E-mail address for questions", required=False)
    contact_telephone = forms.CharField(
        label="Telephone for questions",
        max_length=20,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "class": "govuk-input--width-20"}),
    )
    other_areas = forms.ChoiceField(
        label="Do you take schools of other areas?",
        choices=Round.OtherAreas.choices,
        initial=Round.OtherAreas.YES,
        widget=forms.RadioSelect,
    )
    head_grade = forms.ChoiceField(
        label="How does the headteacher show who they are?",
        choices=[(grade.value, f"{grade.label}") for grade in Round.Grade],
        initial=Round.Grade.LINK,
        widget=forms.RadioSelect,
        help_text="Everybody else signs by a link and the typed name",
    )

    GROUPS = (
        ("", ("version",)),
        ("Opening and closing", ("announced", "opens_on", "opens_at", "closes_on", "closes_at")),
        ("Signing and choosing", ("signing_on", "signing_at", "panel_on", "decisions_by")),
        ("Places and offers", ("places", "days_to_answer", "other_areas", "head_grade")),
        ("The group", ("meeting_on", "meeting_at", "arrangements")),
        ("For schools to read", ("how_we_select", "guidance", "contact_name", "contact_email", "contact_telephone")),
    )

    DATES = ("opens_on", "opens_at", "closes_on", "closes_at", "signing_on", "signing_at")
    dated = True  # else the round is announced in words, and the page does not ask for the dates

    @cached_property
    def helper(self) -> FormHelper:
        """The fields in groups with a legend each."""
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        shown = [(legend, [n for n in names if self.dated or n not in self.DATES]) for legend, names in self.GROUPS]
        helper.layout = Layout(*[Fieldset(legend, *names) if legend else Layout(*names) for legend, names in shown])
        return helper

    @classmethod
    def of(cls, round_: Round, data: Any = None) -> RoundForm:
        """The form of a round as it stands, or with what was posted."""
        initial: dict[str, Any] = {
            name: getattr(round_, name)
            for name in (
                "version", "announced", "panel_on", "decisions_by", "days_to_answer", "places", "arrangements",
                "how_we_select", "guidance", "contact_name", "contact_email", "contact_telephone", "other_areas",
                "head_grade",
            )
        }  # fmt: skip
        for name, column in MOMENTS.items():
            if (moment := getattr(round_, column)) is not None:
                shown = (moment - MINUTE if name in ENDS else moment).astimezone(LONDON)
                initial |= {f"{name}_on": shown.date(), f"{name}_at": time12(shown)}
        form = cls(data, initial=initial)
        form.dated = can_open(round_.edition) or round_.opens_at is not None
        return form

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        found = {name: self.moment(data, name, called) for name, called in self.pairs}
        opens, closes, signing = found["opens"], found["closes"], found["signing"]
        if opens and not data.get("closes_on") and "closes_on" not in self.errors:
            self.add_error("closes_on", "Enter the day on which applications close")
        if closes and not data.get("opens_on") and "opens_on" not in self.errors:
            self.add_error("opens_on", "Enter the day on which the round opens")
        if opens and closes and closes <= opens:
            self.add_error("closes_on", "Choose a closing after the opening")
        if closes and signing and signing < closes:
            self.add_error("signing_on", "Choose a signing deadline on or after the closing")
        if signing and not closes and "closes_on" not in self.errors:
            self.add_error("closes_on", "Enter the day on which applications close, before the signing deadline")
        panel, decisions = data.get("panel_on"), data.get("decisions_by")
        if panel and closes and panel < (closes - MINUTE).astimezone(LONDON).date():
            self.add_error("panel_on", "Choose a day for the panel on or after the closing")
        if panel and decisions and decisions < panel:
            self.add_error("decisions_by", "Choose a day on or after the panel")
        data["moments"] = {MOMENTS[name]: moment for name, moment in found.items()}
        return data

    def fields_of_round(self) -> dict[str, Any]:
        """What was typed, as the columns of a round."""
        plain = {
            name: self.cleaned_data[name]
            for name in (
                "announced", "panel_on", "decisions_by", "days_to_answer", "places", "arrangements", "how_we_select",
                "guidance", "contact_name", "contact_email", "contact_telephone", "other_areas", "head_grade",
            )
        }  # fmt: skip
        return plain | self.cleaned_data["moments"]


def can_open(edition: Edition) -> bool:
    """Whether what schools promise in an edition is set: only then can a round on it have dates."""
    terms = edition.current_terms
    return terms is not None and bool(terms.commitments.all())


def _called(edition: Edition) -> str:
    return (
        str(edition)
        if can_open(edition)
        else f"{edition}, to be announced in words: what schools promise is not set yet"
    )


class NewRoundForm(HubForm):
    """For which programme, and where a person works for several hubs, for which of them."""

    def __init__(self, data: Any = None, *, hubs: Sequence[Hub], editions: Sequence[Edition], **kwargs: Any) -> None:
        self.base_fields = dict(self.base_fields)
        super().__init__(data, **kwargs)
        self.hubs = {str(hub.pk): hub for hub in hubs}
        self.editions = {str(edition.pk): edition for edition in editions}
        self.fields["edition"] = forms.ChoiceField(
            label="For which programme?",
            choices=[(key, _called(edition)) for key, edition in self.editions.items()],
            widget=forms.RadioSelect,
            error_messages={"required": "Choose the programme"},
        )
        if len(hubs) > 1:
            self.fields["hub"] = forms.ChoiceField(
                label="For which hub?",
                choices=[(key, hub.name) for key, hub in self.hubs.items()],
                widget=forms.RadioSelect,
                error_messages={"required": "Choose the hub"},
            )
        self.fields["announced"] = forms.CharField(
            label="When does it open, in words?",
            max_length=120,
            required=False,
            help_text="For example: about the end of March. You can set dates on the next page",
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["edition"] = self.editions.get(data.get("edition", ""))
        data["hub"] = self.hubs.get(data.get("hub", "")) if len(self.hubs) > 1 else next(iter(self.hubs.values()), None)
        return data


class MoreTimeForm(MomentsForm):
    """More time for one school to send its form, to have it signed, or both."""

    optional_mark = False
    school = forms.ChoiceField(label="Which school?", required=False)
    urn = forms.CharField(
        label="URN of the school",
        max_length=6,
        required=False,
        widget=forms.TextInput({"class": "govuk-input--width-5", "inputmode": "numeric", "autocomplete": "off"}),
    )
    closes_on = DateField(label="It may send until", required=False)
    closes_at = _time("Until what time it may send", "11:59pm")
    signing_on = DateField(label="Its people may sign until", required=False)
    signing_at = _time("Until what time they may sign", "11:59pm")
    reason = WordsField(
        label="Why", rows=3, max_length=500, help_text="Kept with the round. The school does not read it"
    )

    def __init__(self, data: Any = None, *, schools: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        """`schools` are those with a form that still takes time, as (URN, name and state)."""
        super().__init__(data, **kwargs)
        if not schools:
            del self.fields["school"]
            return
        self.fields["school"].choices = [("", "Choose a school"), *schools, (OTHER, "Another school, by its URN below")]
        self.fields["urn"].label = "URN of another school"
        self.fields["urn"].help_text = "Only for a school that is not on the list"
        if (urn := self.initial.get("urn")) in dict(schools):
            self.initial = {**self.initial, "school": urn, "urn": ""}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen = data.get("school", "")
        if chosen and chosen != OTHER:
            data["urn"] = chosen
        if not data.get("urn") and not {"school", "urn"} & set(self.errors):
            if chosen == OTHER or "school" not in self.fields:
                self.add_error("urn", "Enter the URN of the school, six digits")
            else:
                self.add_error("school", "Choose the school, or enter the URN of another one")
        data["closes"] = self.moment(data, "closes", "sending")
        data["signs"] = self.moment(data, "signing", "signing")
        if not data.get("closes_on") and not data.get("signing_on") and not self.errors:
            self.add_error("closes_on", "Enter a day for sending, for signing, or both")
        if data["closes"] and data["signs"] and data["signs"] < data["closes"]:
            self.add_error("signing_on", "Choose a day for signing on or after that for sending")
        return data
