"""Lists in pages of bounded size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

LARGEST = 100


def page_of(request: HttpRequest, queryset: QuerySet | Sequence[Any], per_page: int = 50) -> Page:
    """The page that `?page=` asks for, at most 100 rows; nonsense gives the first page, too far the last."""
    return Paginator(queryset, min(per_page, LARGEST)).get_page(request.GET.get("page"))
