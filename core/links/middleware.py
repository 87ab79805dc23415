"""What holds for every page that a personal link leads to."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.links import views
from core.links.services import LinkEnded


class LinkPages:
    """Turns LinkEnded, wherever a view or its door raised it, into the page that offers a new link; and keeps what
    stands behind a link out of caches and search engines."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        door = getattr(match.func, "door", None) if match else None
        if match and (match.app_name == "links" or (door is not None and door.kind == "link")):
            response["X-Robots-Tag"] = "noindex"
            response["Cache-Control"] = "private, no-store"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return views.dead(request, exception) if isinstance(exception, LinkEnded) else None
