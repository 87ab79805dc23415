"""The one answer to every link that opens nothing."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.links import views
from core.links.services import LinkEnded


class DeadLinks:
    """Turns LinkEnded, wherever a view or its door raised it, into the page that offers a new link."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return views.dead(request, exception) if isinstance(exception, LinkEnded) else None
