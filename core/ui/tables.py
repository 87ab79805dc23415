"""Lists sorted by names from a table, and lists as CSV files that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def sorted_by(request: HttpRequest, queryset: QuerySet, sorts: Mapping[str, Any], default: str) -> QuerySet:
    """Order by `?sort=name` or `?sort=-name`, names being the keys of `sorts`; anything else is `default`.

    A value of `sorts` is a field's path, an expression, or a tuple of them. Empty values stand last, and the primary
    key ends the order, so that pages never overlap. The headers of `components/sort_header.html` read what was chosen.
    """
    asked = request.GET.get("sort", default)
    if asked.removeprefix("-") not in sorts:
        asked = default
    request.sorted_by = asked  # type: ignore[attr-defined]
    wanted = sorts[asked.removeprefix("-")]
    order = []
    for part in wanted if isinstance(wanted, tuple | list) else (wanted,):
        expression = F(part.removeprefix("-")) if isinstance(part, str) else part
        down = asked.startswith("-") != (isinstance(part, str) and part.startswith("-"))
        order.append(expression.desc(nulls_last=True) if down else expression.asc(nulls_last=True))
    return queryset.order_by(*order, "pk")


def cell(value: Any) -> Any:
    """A value as a CSV cell: text that would begin a formula gets an apostrophe; None is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def csv_response(filename: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A CSV file to download, in UTF-8 with a mark that spreadsheets know it by."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", filename).strip("-.") or "export"
    response.headers["Content-Disposition"] = f'attachment; filename="{name.removesuffix(".csv")}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    writer = csv.writer(response)
    writer.writerow([cell(title) for title in header])
    writer.writerows([cell(value) for value in row] for row in rows)
    return response
