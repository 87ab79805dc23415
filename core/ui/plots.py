"""Bar charts drawn here, as SVG without a view box: lengths in per cent, text in px, so that small screens read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

TONES = frozenset({"readiness", "development", "embedding", "sustaining", "sun", "quiet", "action", "error"})


def _figure(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def describe(rows: Sequence[tuple[Any, ...]], unit: str = "") -> str:
    """What the bars say, in words, for who cannot see them."""
    if not rows:
        return "No rows."
    unit = f" {unit}" if unit else ""
    if len(rows) <= 12:
        return "; ".join(f"{row[0]}: {_figure(row[1])}{unit}" for row in rows) + "."
    high, low = max(rows, key=lambda r: r[1]), min(rows, key=lambda r: r[1])
    return (
        f"{len(rows)} bars. Most: {high[0]}, {_figure(high[1])}{unit}. Least: {low[0]}, {_figure(low[1])}{unit}."
        " The table has every number."
    )


def bars(
    title: str,
    rows: Sequence[tuple[Any, ...]],
    *,
    finding: str = "",
    unit: str = "",
    key: str = "chart",
    tone: str = "",
    row: int = 30,
    left: int = 36,
    span: int = 50,
    top: float | None = None,
    heading: str = "govuk-heading-s",
) -> SafeString:
    """A figure of horizontal bars from (label, number) or (label, number, tone) rows.

    `finding` is the sentence that says what it shows; `key` is unique on the page; `left` and `span` are per cent of
    the width for labels and for the longest bar; `top` the number that a full bar stands for, by default the largest.
    """
    full = top or max([float(r[1]) for r in rows] + [1.0])

    def marks() -> list[tuple[Any, ...]]:
        drawn = []
        for i, (label, number, *own) in enumerate(rows):
            kind = own[0] if own and own[0] in TONES else tone if tone in TONES else "plain"
            width = round(span * min(float(number), full) / full, 2)
            base, bar_top, bar_height = i * row + row * 0.66, i * row + 5, row - 10
            drawn.append(
                (base, label, kind, left, bar_top, width, bar_height, left + width, base, _figure(number), unit)
            )
        return drawn

    inside = format_html_join(
        "",
        '<text class="app-chart__label" x="0" y="{}">{}</text>'
        '<rect class="app-chart__bar app-chart__bar--{}" x="{}%" y="{}" width="{}%" height="{}" rx="2"/>'
        '<text class="app-chart__value" x="{}%" dx="8" y="{}">{} {}</text>',
        marks(),
    )
    said = format_html('<p class="app-chart__finding">{}</p>', finding) if finding else ""
    return format_html(
        '<figure class="app-chart"><figcaption class="{h}" id="{k}-title">{t}</figcaption>{f}'
        '<svg role="img" aria-labelledby="{k}-title" aria-describedby="{k}-desc" width="100%" height="{px}">'
        '<desc id="{k}-desc">{d}</desc>{m}</svg></figure>',
        h=heading,
        k=key,
        t=title,
        f=said,
        px=row * max(len(rows), 1),
        d=describe(rows, unit),
        m=inside,
    )
