"""The pages shown when something is wrong. They ask nothing of the database, for it may be what is wrong."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

logger = logging.getLogger("core.ui.errors")
RETRY_AFTER_SECONDS = 10


def is_away(fault: BaseException | None) -> bool:
    """Whether a fault says that the database cannot be reached or is too busy; a missing table is a fault of ours."""
    if isinstance(fault, InterfaceError):
        return True
    return isinstance(fault, OperationalError) and not str(fault).startswith(("no such ", "near ", "table "))


def _page(request: HttpRequest, status: int) -> HttpResponse:
    context = {"request_id": getattr(request, "id", "")}
    return HttpResponse(render_to_string(f"{status}.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the address or the form holds what no form of ours sends."""
    return _page(request, 400)


def not_allowed(request: HttpRequest, methods: Iterable[str]) -> HttpResponse:
    """405: a page that is only read was sent something, or the other way round."""
    response = _page(request, 405)
    response.headers["Allow"] = ", ".join(methods)
    return response


def too_many(request: HttpRequest, *, retry_after: int = 60) -> HttpResponse:
    """429 with the seconds to wait."""
    response = _page(request, 429)
    response.headers["Retry-After"] = str(retry_after)
    return response


def unavailable(request: HttpRequest) -> HttpResponse:
    """503 with a time to come back."""
    fault = sys.exc_info()[1]
    logger.error("unavailable", extra={"fault": type(fault).__name__ if fault else ""})
    response = _page(request, 503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when a middleware met a database that is away."""
    return unavailable(request) if is_away(sys.exc_info()[1]) else _page(request, 500)
