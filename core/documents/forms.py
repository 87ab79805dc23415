"""The two questions of the verify page."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError

from core.documents import references
from core.ui.forms import HubForm


class FileForm(HubForm):
    document = forms.FileField(
        label="The PDF you were sent",
        help_text="Up to 5 MB. We compare it and do not keep it.",
        widget=forms.ClearableFileInput({"accept": "application/pdf,.pdf"}),
        error_messages={
            "required": "Choose the PDF you want to check",
            "empty": "Choose another file: this one is empty",
            "missing": "Choose the PDF you want to check",
        },
    )


class ReferenceForm(HubForm):
    reference = forms.CharField(
        label="The reference at the foot of its pages",
        help_text="It looks like HP-4K7Q-2M.",
        max_length=40,
        widget=forms.TextInput({"class": "govuk-input--width-10", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter a reference, like HP-4K7Q-2M"},
    )

    def clean_reference(self) -> str:
        typed: str = self.cleaned_data["reference"]
        reference = references.parse(typed)
        if reference is None:
            raise ValidationError("Check the reference: one of its characters is not what we print, like HP-4K7Q-2M")
        return reference
