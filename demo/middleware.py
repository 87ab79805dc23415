"""Puts the bar of the demo on every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from demo import clock, mail


class Bar:
    """What the bar shows; nothing is read before a page asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.path = request.get_full_path()

    @cached_property
    def now(self) -> datetime | None:
        """The demo's moment; None while the database is away, when the page says so and the bar keeps quiet."""
        try:
            return clock.now()
        except DatabaseError:
            return None

    @cached_property
    def mails(self) -> int:
        return len(mail.names())


class DemoBar:
    """Gives each request its `demo`, which `core.ui.context.page` hands to the layouts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.demo = Bar(request)  # type: ignore[attr-defined]
        return self.get_response(request)
