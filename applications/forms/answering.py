"""The form by which a school answers its offer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from applications import trn
from applications.forms.eoi import name_of_asked
from applications.models import Nominee
from core.ui.forms import HubForm


class AnswerForm(HubForm):
    """A school's answer to its offer. Who answers types their name: what no mail filter can do.

    `lacking` are the lead teachers whose reference number, or the reason why there is none, is still wanted; they are
    asked for here, and only when the place is taken up.
    """

    optional_mark = False  # of number and reason one is wanted, so neither is called optional

    answer = forms.ChoiceField(
        label="Your answer",
        choices=[("accept", "Yes, our school takes up the place"), ("refuse", "No, our school gives the place back")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose yes or no"},
    )
    reason = forms.CharField(
        label="If no, would you tell the hub why?",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"max_length": "Use 2,000 characters or fewer."},
    )
    name = forms.CharField(
        label="Type your full name",
        max_length=120,
        widget=forms.TextInput({"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Type your full name"},
    )

    def __init__(self, *args: Any, lacking: Sequence[Nominee], by_name: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lacking, self.by_name = lacking, by_name
        if by_name:
            self.fields["name"].help_text = f"You answer as {by_name}."
        for nominee in lacking:
            self.fields[f"trn_{nominee.position}"] = forms.CharField(
                label=f"Teacher reference number of {nominee.name}",
                help_text="7 digits. It is kept encrypted.",
                required=False,
                max_length=20,
                widget=forms.TextInput(
                    {"inputmode": "numeric", "autocomplete": "off", "class": "govuk-input--width-10"}
                ),
            )
            self.fields[f"trn_reason_{nominee.position}"] = forms.ChoiceField(
                label=f"If it is left out: why, for {nominee.name}?",
                required=False,
                choices=Nominee.TrnReason.choices,
                widget=forms.RadioSelect,
            )
        numbers = [n for n in self.fields if n.startswith("trn_")]
        self.order_fields(["answer", *numbers, "reason", "name"])
        self.unfolds = {("answer", "accept"): numbers, ("answer", "refuse"): ["reason"]}

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        return name_of_asked(name, self.by_name) if self.by_name else name

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("answer") != "accept":
            return data
        for nominee in self.lacking:
            field, reason = f"trn_{nominee.position}", f"trn_reason_{nominee.position}"
            try:
                data[field] = trn.normal(data.get(field, ""))
            except trn.NotATrn as refusal:
                self.add_error(field, str(refusal))
                continue
            if not data[field] and not data.get(reason):
                self.add_error(field, f"Enter the number of {nominee.name}, or choose why it is left out")
        return data

    def trns(self) -> dict[str, tuple[str, str]]:
        """Position to (number, reason): one of the two is empty."""
        found = {}
        for nominee in self.lacking:
            number = self.cleaned_data.get(f"trn_{nominee.position}", "")
            reason = self.cleaned_data.get(f"trn_reason_{nominee.position}", "")
            found[nominee.position] = (number, "" if number else reason)
        return found
