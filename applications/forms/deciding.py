"""The forms of a hub lead's decisions and of a school's answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms

from applications.models import ExpressionOfInterest, Round
from applications.services.deciding import RETURN_DAYS, default_answer_by, end_of
from applications.states import Action
from core import clock
from core.ui.forms import DateField, HubForm, Words

WORDS_ERROR = {"max_length": "Use 2,000 characters or fewer."}


class LetterForm(HubForm):
    """What every decision may add: the hub's own words, which the school reads."""

    words = forms.CharField(
        label="Your own words to the school",
        help_text="They stand in the letter as you write them. Leave this empty to send the letter without.",
        required=False,
        max_length=2000,
        widget=Words(limit=150),
        error_messages=WORDS_ERROR,
    )
    action: Action

    def __init__(self, *args: Any, round_: Round, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.round, self.now = round_, now

    def choices_made(self) -> dict[str, Any]:
        """The keyword arguments of the service."""
        return {"words": self.cleaned_data["words"]}

    def future_end(self, day: date) -> datetime:
        moment = end_of(day)
        if moment <= self.now:
            raise forms.ValidationError("Enter a day that is not in the past.")
        return moment


class OfferForm(LetterForm):
    action = Action.OFFER
    answer_by = DateField(
        label="The school answers by",
        help_text="The last day on which the offer stands.",
        error_messages={"required": "Enter the day by which the school answers"},
    )

    field_order = ("answer_by", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last_moment = default_answer_by(self.round, self.now)
        self.fields["answer_by"].initial = date.fromordinal(clock.london_date(last_moment).toordinal() - 1)

    def clean_answer_by(self) -> datetime:
        return self.future_end(self.cleaned_data["answer_by"])

    def choices_made(self) -> dict[str, Any]:
        return {**super().choices_made(), "answer_by": self.cleaned_data["answer_by"]}


class HoldForm(LetterForm):
    action = Action.HOLD


class NotChooseForm(LetterForm):
    action = Action.NOT_CHOOSE
    reason = forms.ChoiceField(
        label="The reason that the letter gives",
        choices=ExpressionOfInterest.NotChosen.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the reason that the letter gives"},
    )

    field_order = ("reason", "words")

    def choices_made(self) -> dict[str, Any]:
        return {**super().choices_made(), "reason": self.cleaned_data["reason"]}


class ReturnForm(LetterForm):
    action = Action.RETURN
    correct_by = DateField(
        label="To be sent again by",
        error_messages={"required": "Enter the day by which the form is sent again"},
    )

    field_order = ("words", "correct_by")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = "What has to be corrected?"
        self.fields["words"].help_text = "The school reads this in the letter."
        self.fields["words"].required = True
        self.fields["words"].error_messages["required"] = "Say what has to be corrected"
        self.fields["correct_by"].initial = date.fromordinal(clock.london_date(self.now).toordinal() + RETURN_DAYS)

    def clean_correct_by(self) -> datetime:
        return self.future_end(self.cleaned_data["correct_by"])

    def choices_made(self) -> dict[str, Any]:
        return {**super().choices_made(), "correct_by": self.cleaned_data["correct_by"]}


class ReverseForm(LetterForm):
    """Taking an offer back, putting a reserve back, looking again: the school is told why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = "Why?"
        self.fields["words"].help_text = "The school reads this in the letter."
        self.fields["words"].required = True
        self.fields["words"].error_messages["required"] = "Say why"


class TakeBackForm(ReverseForm):
    action = Action.TAKE_BACK


class PutBackForm(ReverseForm):
    action = Action.PUT_BACK


class ReconsiderForm(ReverseForm):
    action = Action.RECONSIDER


FORMS: dict[str, type[LetterForm]] = {
    "offer": OfferForm,
    "reserve": HoldForm,
    "not-choose": NotChooseForm,
    "return": ReturnForm,
    "take-back": TakeBackForm,
    "put-back": PutBackForm,
    "reconsider": ReconsiderForm,
}


class SettleForm(HubForm):
    reason = forms.CharField(
        label="Your reason",
        help_text="Kept with the form. The school does not read it.",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Write the reason in a sentence or two", **WORDS_ERROR},
    )


class NoteForm(HubForm):
    once = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label="Add a note",
        help_text="Only your hub reads it.",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Write the note", **WORDS_ERROR},
    )


class ReopenForm(HubForm):
    words = forms.CharField(
        label="Why is it reopened?",
        help_text="The school reads this in the letter.",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say why the form is reopened", **WORDS_ERROR},
    )
    until = DateField(label="Open until", error_messages={"required": "Enter the new last day"})

    def clean_until(self) -> datetime:
        return end_of(self.cleaned_data["until"])
