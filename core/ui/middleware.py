"""What happens to every request and answer, whatever the page."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from uuid import uuid4

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from core.ui import errors

logger = logging.getLogger("core.ui.request")
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)
Handler = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """A number for each request, in its log lines and its answer; one line says how it went, without its address."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid4().hex  # type: ignore[attr-defined]
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request=request.id):  # type: ignore[attr-defined]
            response = self.get_response(request)
            match = request.resolver_match
            if match is not None and match.view_name not in ("ui:healthz", "ui:readyz"):
                logger.info(
                    "request",
                    extra={
                        "method": request.method,
                        "page": match.view_name or match._func_path,
                        "status": response.status_code,
                        "ms": round(1000 * (time.perf_counter() - began)),
                    },
                )
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response


class UnavailableMiddleware:
    """The database is away: a plain page that asks to come back, never a fault of the portal's own."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError) as fault:
            if not errors.is_away(fault):
                raise
            return errors.unavailable(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return errors.unavailable(request) if errors.is_away(exception) else None


CONTROLS = frozenset(map(chr, range(32)))
LINE_AND_TAB = frozenset("\t\n\r")


def _has_control(texts: Iterable[str], *, lines: bool = False) -> bool:
    refused = CONTROLS - LINE_AND_TAB if lines else CONTROLS
    return any(not refused.isdisjoint(text) for text in texts)


class RefuseControlCharacters:
    """NUL and its kin in path, query or form are refused before any query; text boxes may hold lines and tabs."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        queried = [text for key, values in request.GET.lists() for text in (key, *values)]
        if _has_control([request.path_info]) or _has_control(queried, lines=True):
            return errors.bad_request(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        if request.method in ("GET", "HEAD") or request.content_type not in (
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ):
            return None
        try:
            posted = [text for key, values in request.POST.lists() for text in (key, *values)]
        except (UnreadablePostError, MultiPartParserError):
            return errors.bad_request(request)
        return errors.bad_request(request) if _has_control(posted, lines=True) else None


class HeadersMiddleware:
    """Headers that no setting gives, and no-store on whatever a signed-in person or a link's holder sees."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if "Cache-Control" not in response.headers and self.is_personal(request, response):
            response.headers["Cache-Control"] = "private, no-store"
        return response

    @staticmethod
    def is_personal(request: HttpRequest, response: HttpResponse) -> bool:
        """Judged by cookies and door, so that nothing is asked of the database."""
        name = settings.SESSION_COOKIE_NAME
        match = request.resolver_match
        door = getattr(match.func, "door", None) if match else None
        by_link = door is not None and door.kind == "link"
        has_session = name in request.COOKIES or name in response.cookies
        return by_link or has_session or request.path.startswith(("/l/", "/link/"))
