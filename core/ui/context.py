"""What every page knows: its menu, the day, the portal's address, whether this is the demo."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from core import clock
from core.ui import menu


def page(request: HttpRequest) -> dict[str, Any]:
    """Everything is lazy: a page that shows no menu asks nothing."""
    return {
        "menu": SimpleLazyObject(lambda: menu.shown_to(request.user, request) if hasattr(request, "user") else []),
        "today": clock.today,  # a template calls it; a lazy date could not be counted with
        "site_url": settings.SITE_URL,
        "demo": getattr(request, "demo", None),
    }
