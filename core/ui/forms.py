"""Forms as this portal draws them: our template pack, words of our own, and text made clean before it is judged."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any
from uuid import uuid4

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

# Marks that turn writing round or take no room on the screen: what is read must be what is stored. The two joiners
# stay, for some names need them.
INVISIBLE = dict.fromkeys(
    [0x00AD, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
)
LONGEST_TEXT = 2_000


def plain(text: str) -> str:
    """The text in composed form, without invisible and direction marks."""
    return unicodedata.normalize("NFC", text.translate(INVISIBLE))


def _clean(data: Any) -> Any:
    """A copy of posted data with every value made plain."""
    if isinstance(data, QueryDict | MultiValueDict):
        copy = data.copy()
        for key in list(copy):
            copy.setlist(key, [plain(v) if isinstance(v, str) else v for v in copy.getlist(key)])
        return copy
    if isinstance(data, Mapping):
        return {key: plain(value) if isinstance(value, str) else value for key, value in data.items()}
    return data


def _ask_for(field: forms.Field) -> str:
    """What to say when a field is empty and its form has no words of its own for that."""
    label = str(field.label or "").strip()
    if not label:
        return "Fill this in"
    if label.endswith("?"):
        return f"Answer: {label}"
    if isinstance(field, forms.BooleanField):
        return f"Tick the box: {label}"
    chosen = isinstance(field, forms.ChoiceField | forms.FileField | forms.ModelChoiceField)
    return f"{'Choose' if chosen else 'Enter'} {label if label[:2].isupper() else label[0].lower() + label[1:]}"


class HubForm(forms.Form):
    """The base of every form: `{% crispy form %}` draws it with the pack `hub`; the page writes form tag and button.

    `heading` names a field whose label is the page's only heading; `optional_mark` says "(optional)" after the labels
    of fields that may stay empty. `unfolds` names what an answer asks besides: with scripts these fields, which follow
    one another, show only while that radio is chosen; without, they stand there, so their labels say when to fill them.
    """

    use_required_attribute = False  # the server words the errors, not the browser
    heading = ""
    optional_mark = True
    unfolds: Mapping[tuple[str, str], Sequence[str]] = {}  # (field, its value): the fields that it asks besides

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(_clean(data), *args, **kwargs)
        for field in self.fields.values():
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _ask_for(field)

    def unfolded_by(self, name: str, value: str) -> str:
        """The id of the group that an answer unfolds, or ""."""
        besides = [each for each in self.unfolds.get((name, value), ()) if each in self.fields]
        return f"{self.add_prefix(besides[0])}-group" if besides else ""

    @cached_property
    def groups(self) -> tuple[dict[str, str], set[str]]:
        """Of what unfolds: the id of each group by its first field, and the last field of each."""
        opens, closes = {}, set()
        for name, value in self.unfolds:
            if group := self.unfolded_by(name, value):
                besides = [each for each in self.unfolds[name, value] if each in self.fields]
                opens[besides[0]] = group
                closes.add(besides[-1])
        return opens, closes

    @cached_property
    def helper(self) -> FormHelper:
        """Made at first use, so that fields which a form adds as it is built are drawn too."""
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        return helper


class IdempotentForm(forms.Form):
    """For forms that create: a hidden number, unique in its table: a second post finds the first's row."""

    once = forms.UUIDField(
        widget=forms.HiddenInput,
        initial=uuid4,
        error_messages={
            "required": "Load the page again: this form has lost its number",
            "invalid": "Load the page again: this form has lost its number",
        },
    )


class DateWidget(forms.MultiWidget):
    """Three boxes: day, month, year. What was typed stays on the screen, a date or not."""

    template_name = "hub/widgets/date.html"
    use_fieldset = True

    def __init__(self, attrs: dict | None = None) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {
            name: forms.TextInput({"inputmode": "numeric"}) for name in ("day", "month", "year")
        }
        super().__init__(boxes, attrs)

    def decompress(self, value: date | None) -> list[int | None]:
        return [value.day, value.month, value.year] if value else [None, None, None]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0"

    def get_context(self, name: str, value: Any, attrs: dict | None) -> dict:
        # The group, not each box, is described by hint and error.
        bare = {k: v for k, v in (attrs or {}).items() if k not in ("aria-describedby", "aria-invalid")}
        context = super().get_context(name, value, bare)
        wrong = " govuk-input--error" if (attrs or {}).get("aria-invalid") else ""
        for box, label, width in zip(context["widget"]["subwidgets"], ("Day", "Month", "Year"), (2, 2, 4), strict=True):
            box["label"] = label
            box["attrs"]["class"] = f"govuk-input govuk-date-input__input govuk-input--width-{width}{wrong}"
        return context


class HiddenDateWidget(DateWidget):
    """The same three boxes where a page only carries the date along."""

    template_name = "django/forms/widgets/multiwidget.html"

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__(attrs)
        for box in self.widgets:
            box.input_type = "hidden"


class DateField(forms.MultiValueField):
    """A day typed as three numbers; refuses what is no day and years before 1900."""

    widget = DateWidget
    hidden_widget = HiddenDateWidget
    default_error_messages = {
        "required": "Enter a date",
        "invalid": "Enter a real date, like 27 3 2027",
    }

    def __init__(self, **kwargs: Any) -> None:
        parts = [forms.IntegerField(min_value=1), forms.IntegerField(min_value=1), forms.IntegerField(min_value=1)]
        super().__init__(fields=parts, require_all_fields=False, **kwargs)

    def clean(self, value: Any) -> date | None:
        typed = [str(part or "").strip() for part in (value or ["", "", ""])]
        if not any(typed):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        try:
            if not all(part.isascii() and part.isdigit() for part in typed):
                raise ValueError
            day = date(int(typed[2]), int(typed[1]), int(typed[0]))
        except (ValueError, OverflowError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if day.year < 1900:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return day

    def compress(self, data_list: list) -> None:  # `clean` builds the date itself
        return None


class Words(forms.Textarea):
    """A box for prose: the screen counts words up to `limit` and says so, and refuses none."""

    def __init__(self, attrs: dict | None = None, *, limit: int = 0, rows: int = 8) -> None:
        self.limit = limit
        super().__init__({"rows": rows, **(attrs or {})})


def count_words(text: str) -> int:
    """Pieces between spaces that hold a letter or digit: never more than a browser's own count."""
    return sum(any(c.isalnum() for c in piece) for piece in text.split())


class WordsField(forms.CharField):
    """Prose with a counter: `limit` words are suggested, `max_length` characters (2,000) are the end."""

    def __init__(self, *, limit: int = 0, rows: int = 8, max_length: int = LONGEST_TEXT, **kwargs: Any) -> None:
        kwargs.setdefault("widget", Words(limit=limit, rows=rows))
        super().__init__(max_length=max_length, **kwargs)
        self.error_messages.setdefault(
            "max_length", "Shorten this to %(limit_value)s characters; it has %(show_value)s"
        )

    def widget_attrs(self, widget: forms.Widget) -> dict:
        # No maxlength in the page: a browser would cut what is pasted without a word.
        attrs: dict = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class NameField(forms.CharField):
    """A person's name, in any writing."""

    def __init__(self, *, max_length: int = 120, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput({"autocomplete": "off", "spellcheck": "false"}))
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        return " ".join(str(super().to_python(value)).split())


class MailField(forms.EmailField):
    """An e-mail address, kept as typed; its domain must be plain letters, for look-alikes deceive."""

    default_error_messages = {"invalid": "Enter an e-mail address, like name@school.org.uk"}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        address: str = super().clean(value)
        if address and not address.rpartition("@")[2].isascii():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return address
