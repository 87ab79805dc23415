"""Tags and filters that every template knows without loading them: how this portal writes dates, money, states."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_form
from crispy_forms.templatetags.crispy_forms_tags import do_uni_form
from django import forms, template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.clock import LONDON

register = template.Library()
register.tag("crispy", do_uni_form)
register.filter("crispy", as_crispy_form)

# --- Forms ----------------------------------------------------------------------------------------------------------
BASE: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.Textarea, "govuk-textarea"),
    (forms.CheckboxInput, "govuk-checkboxes__input"),
    (forms.ClearableFileInput, "govuk-file-upload"),
    (forms.Select, "govuk-select"),
)


@register.simple_tag
def widget(field: forms.BoundField) -> SafeString:
    """A field's control with the classes of its kind; Django itself ties it to hint and error."""
    control = field.field.widget
    base = next((css for kind, css in BASE if isinstance(control, kind)), "govuk-input")
    css = [base, control.attrs.get("class")]
    if field.errors and not isinstance(control, forms.CheckboxInput):
        css.append(f"{base}--error")
    attrs = {}
    if getattr(control, "limit", 0):
        css.append("govuk-js-character-count")
        attrs["aria-describedby"] = " ".join(filter(None, [field.aria_describedby, f"{field.auto_id}-info"]))
    html: SafeString = field.as_widget(attrs={**attrs, "class": " ".join(filter(None, css))})
    return html


@register.simple_tag
def unfolds(field: forms.BoundField, value: Any) -> str:
    """The id of the group of fields that an answer unfolds, or ""."""
    asks = getattr(field.form, "unfolded_by", None)
    return str(asks(field.name, str(value))) if asks else ""


@register.filter
def opens_group(field: forms.BoundField) -> str:
    """The id of the group of unfolding fields that begins with this one, or ""."""
    return str(field.form.groups[0].get(field.name, "")) if hasattr(field.form, "groups") else ""


@register.filter
def closes_group(field: forms.BoundField) -> bool:
    return hasattr(field.form, "groups") and field.name in field.form.groups[1]


@register.filter
def first_id(field: forms.BoundField) -> str:
    """The id of a field's first control, where the link of the error summary goes."""
    if isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return f"{field.auto_id}_0"
    return str(field.id_for_label)


@register.filter
def faults(form: Any) -> list[tuple[str, str]]:
    """(error, id of the control or "") pairs of a form, a formset or a list of them, in the order of the page."""
    if form is None:
        return []
    if isinstance(form, list | tuple):
        return [pair for one in form for pair in faults(one)]
    if hasattr(form, "forms"):
        return [(error, "") for error in form.non_form_errors()] + faults(list(form.forms))
    if not form.is_bound:
        return []
    found = [(str(error), "") for error in form.non_field_errors()]
    for field in form:
        found += [(str(error), "" if field.is_hidden else first_id(field)) for error in field.errors]
    return found


@register.filter
def may_stay_empty(field: forms.BoundField) -> bool:
    """Whether to say "(optional)" after a field's label."""
    if field.field.required or not getattr(field.form, "optional_mark", True):
        return False
    return not isinstance(field.field.widget, forms.CheckboxInput | forms.CheckboxSelectMultiple)


# --- Days and moments -------------------------------------------------------------------------------------------------
def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.astimezone(LONDON).date()
    return value if isinstance(value, date) else None


@register.filter
def long_date(value: Any) -> str:
    """Friday 28 May 2027."""
    day = _day(value)
    return f"{day:%A} {day.day} {day:%B %Y}" if day else ""


@register.filter
def plain_date(value: Any) -> str:
    """28 May 2027."""
    day = _day(value)
    return f"{day.day} {day:%B %Y}" if day else ""


@register.filter
def short_date(value: Any) -> str:
    """Fri 28 May, for dense tables whose year is plain."""
    day = _day(value)
    return f"{day:%a} {day.day} {day:%b}" if day else ""


@register.filter
def iso(value: Any) -> str:
    """The machine's form of a day or moment, for `<time datetime>`."""
    if isinstance(value, datetime):
        return value.astimezone(LONDON).isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else ""


@register.filter
def time12(value: Any) -> str:
    """9:30am, 4pm, midday, midnight: London's wall clock."""
    if value is None or value == "":
        return ""
    at = value.astimezone(LONDON) if isinstance(value, datetime) else value
    if (at.hour, at.minute) in ((0, 0), (12, 0)):
        return "midday" if at.hour else "midnight"
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{(at.hour - 1) % 12 + 1}{minutes}{'am' if at.hour < 12 else 'pm'}"


@register.filter
def moment(value: Any) -> str:
    """Friday 28 May 2027, 11:59pm."""
    return f"{long_date(value)}, {time12(value)}" if isinstance(value, datetime) else long_date(value)


@register.filter
def last_minute(value: Any) -> Any:
    """The last minute before a moment that is too late: a round that ends at midnight closes at 11:59pm."""
    return value - timedelta(minutes=1) if isinstance(value, datetime) else value


@register.filter
def telephone(value: Any) -> str:
    """A British number in the groups people read it in: 01242 555201, 020 7946 0000; others as they were given."""
    given = str(value or "").strip()
    digits = given.replace("+44", "0", 1) if given.startswith("+44") else given
    if not digits.isdecimal() or len(digits) != 11:
        return given
    if digits.startswith("02"):
        cuts = (3, 7)
    elif digits.startswith(("011", "03", "08", "09")) or (digits[:2] == "01" and digits[3] == "1"):
        cuts = (4, 7)
    else:
        return f"{digits[:5]} {digits[5:]}"
    return " ".join((digits[: cuts[0]], digits[cuts[0] : cuts[1]], digits[cuts[1] :]))


@register.filter
def in_days(value: Any, today: date) -> str:
    """How far a day lies from today, in words: in 6 days, tomorrow, today, yesterday, 3 days ago."""
    day = _day(value)
    if day is None:
        return ""
    gap = (day - today).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    return near.get(gap) or (f"in {gap} days" if gap > 0 else f"{-gap} days ago")


@register.filter
def days_left(value: Any, today: date) -> str:
    """71 days left, 1 day left, last day, closed."""
    day = _day(value)
    if day is None:
        return ""
    gap = (day - today).days
    return "closed" if gap < 0 else "last day" if gap == 0 else f"{gap} day{'' if gap == 1 else 's'} left"


# --- Figures ----------------------------------------------------------------------------------------------------------
@register.filter
def money(value: Any) -> str:
    """£2,000 or £1,250.50; whole numbers are pence, decimals are pounds."""
    if value is None or value == "":
        return ""
    pounds = value if isinstance(value, Decimal) else Decimal(int(value)) / 100
    sign = "\N{MINUS SIGN}" if pounds < 0 else ""
    pounds = abs(pounds)
    return f"{sign}£{pounds:,.0f}" if pounds == pounds.to_integral_value() else f"{sign}£{pounds:,.2f}"


@register.filter
def years(value: Any) -> str:
    """An academic year by the year it begins in: 2027 is 2027/28."""
    if value is None or value == "":
        return ""
    first = int(value)
    return f"{first}/{(first + 1) % 100:02}"


WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@register.filter
def in_words(value: Any) -> str:
    """A whole number as sentences write it: words below ten, figures from there."""
    number = int(value)
    return WORDS[number] if 0 <= number < 10 else f"{number:,}"


@register.filter
def thousands(value: Any) -> str:
    """1,013; an en dash for nothing known."""
    return "–" if value is None or value == "" else f"{value:,}"


@register.filter
def joined(values: Iterable[Any]) -> str:
    """a, b and c."""
    texts = [str(v) for v in values]
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1]])) if texts else ""


# --- Marks ------------------------------------------------------------------------------------------------------------
COLOURS = frozenset({"green", "orange", "red", "blue", "grey"})


@register.simple_tag
def state_tag(words: Any, colour: str = "grey") -> SafeString:
    """A state in words on a quiet ground; the colour only helps."""
    if not words:
        return SafeString("")
    colour = colour if colour in COLOURS else "grey"
    return format_html('<strong class="app-tag app-tag--{}">{}</strong>', colour, words)


STAGES = ("development", "embedding", "sustaining")


def _stage(value: Any) -> str:
    return str(getattr(value, "value", value) or "").strip().lower()


@register.simple_tag
def rods(stage: Any = "", label: str = "", small: bool = False) -> SafeString:
    """The three rods of growing length, filled up to a stage, with its word beside them."""
    key = _stage(stage)
    reached = STAGES.index(key) if key in STAGES else -1
    marks = format_html_join(
        "",
        '<rect class="app-rods__rod{}" y="{}" width="{}" height="5" rx="1.5"/>',
        ((f" app-rods__rod--{name}" if i <= reached else "", 1 + i * 7, 13 + i * 6) for i, name in enumerate(STAGES)),
    )
    if key == "readiness":
        marks = format_html(
            '{}<rect class="app-rods__rod app-rods__rod--readiness" y="1" width="7" height="5" rx="1.5"/>', marks
        )
    return format_html(
        '<span class="app-rods{} app-rods--{}"><svg class="app-rods__mark" viewBox="0 0 26 21" width="26" height="21"'
        ' aria-hidden="true" focusable="false">{}</svg>{}</span>',
        " app-rods--small" if small else "",
        key or "none",
        marks,
        label or key.capitalize(),
    )


@register.simple_tag
def dots(people: Sequence[tuple[str, str]]) -> SafeString:
    """One dot a signatory, from (state, label) pairs (signed, refused, waiting); said in words to who hears it."""
    people = list(people or [])
    kinds = {"signed": "signed", "refused": "refused", "no": "refused"}
    signed = sum(str(state) == "signed" for state, _ in people)
    marks = format_html_join(
        "",
        '<span class="app-dot app-dot--{}" title="{}"></span>',
        ((kinds.get(str(state), "waiting"), label) for state, label in people),
    )
    others = "".join(f"; {label}" for state, label in people if str(state) != "signed")
    said = f"{signed} of {len(people)} signed{others}"
    return format_html(
        '<span class="app-dots"><span aria-hidden="true">{}</span><span class="govuk-visually-hidden">{}</span></span>',
        marks,
        said,
    )


# --- Tables -----------------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def sort_state(context: template.Context, name: str) -> dict[str, str]:
    """For a sortable header: its aria-sort word ("" when another column leads) and the sort that a click asks for."""
    request = context.request  # type: ignore[attr-defined]
    asked = getattr(request, "sorted_by", request.GET.get("sort", ""))
    if asked.removeprefix("-") != name:
        return {"aria": "", "next": name}
    down = asked.startswith("-")
    return {"aria": "descending" if down else "ascending", "next": name if down else f"-{name}"}


@register.simple_tag(takes_context=True)
def is_here(context: template.Context, **wanted: Any) -> bool:
    """Whether the query says what is given: `{% is_here view="signing" as here %}`; empty means absent."""
    query = context.request.GET  # type: ignore[attr-defined]
    return all(query.get(key, "") == str(value or "") for key, value in wanted.items())


@register.filter
def page_numbers(paginator: Any, number: int) -> list[int]:
    """The numbers to show round a page: first, last and its neighbours; 0 stands for a gap."""
    last = paginator.num_pages
    shown = sorted({1, last, *range(max(1, number - 1), min(last, number + 1) + 1)})
    found: list[int] = []
    for n in shown:
        if found and n - found[-1] == 2:
            found.append(n - 1)
        elif found and n - found[-1] > 2:
            found.append(0)
        found.append(n)
    return found
