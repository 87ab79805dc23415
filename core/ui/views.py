"""Pages for machines: is it alive, is it ready, what may be indexed, whom to tell of a hole."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from core import clock
from core.doors import public
from core.ui import health


@public("A machine asks whether the process is alive; nothing is said but that.")
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


@public("A machine asks whether the process can serve; it hears names of parts, no data.")
def readyz(request: HttpRequest) -> JsonResponse:
    """Ready: database, outbox, disk; 503 with what is wrong."""
    found = health.faults()
    answer = {"ready": not found, "faults": found}
    return JsonResponse(answer, status=503 if found else 200, headers={"Cache-Control": "no-store"})


@public("Search engines ask what they may read: the public pages, never a personal link.")
def robots(request: HttpRequest) -> HttpResponse:
    """The rules for search engines."""
    lines = ["User-agent: *", "Disallow: /l/", "Disallow: /link/", "Disallow: /accounts/", "Disallow: /admin/", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")


@public("Who finds a hole must know how to report it.")
def security_txt(request: HttpRequest) -> HttpResponse:
    """How to report a hole, in the form of RFC 9116."""
    until = (clock.now() + timedelta(days=365)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:security@{settings.MAIL_DOMAIN}",
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
