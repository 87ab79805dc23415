"""What a person types to sign in, and the name they are called by."""

from __future__ import annotations

from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from django import forms
from django.core.exceptions import ValidationError

from accounts.models import normal_email
from core.ui.forms import HubForm, MailField, NameField


class SignInForm(HubForm):
    email = MailField(
        label="E-mail address",
        help_text="Use your work address.",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": "Enter your e-mail address, like name@school.org.uk",
            "invalid": "Enter an e-mail address, like name@school.org.uk",
        },
    )

    def clean_email(self) -> str:
        return normal_email(self.cleaned_data["email"])


class CodeForm(HubForm):
    code = forms.CharField(
        label="Code",
        help_text="Six digits. Spaces do not matter.",
        max_length=20,
        widget=forms.TextInput(
            {
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "spellcheck": "false",
                "class": "govuk-input--width-10",
            }
        ),
        error_messages={"required": "Enter the code from the mail"},
    )

    def __init__(self, *args: Any, code: str = "", **kwargs: Any) -> None:
        self.expected = code
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not compare_user_code(actual=code, expected=self.expected):
            raise ValidationError("That is not the code in your latest mail. Check it and try again.", code="wrong")
        return code


class NameForm(HubForm):
    name = NameField(
        label="Your full name",
        help_text="As colleagues know you, such as Helen Carter.",
        widget=forms.TextInput({"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Enter your full name"},
    )
