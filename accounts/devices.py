"""Browsers that a person has signed in with before: a stranger who fails on purpose cannot lock their owner out.

A browser that has signed in carries a signed cookie naming the address (as a keyed hash) and a number of its own.
Limits on an address are counted apart for each such browser, so those that strangers use up are not its own.
"""

from __future__ import annotations

from secrets import token_hex

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.models import normal_email
from core.secrets import keyed_hash

COOKIE = f"{'__Host-' if settings.SESSION_COOKIE_SECURE else ''}known"
SALT = "accounts.devices"
KEPT_FOR = 180 * 24 * 60 * 60  # seconds
AT_MOST = 5  # people of one browser


def known(request: HttpRequest, email: str) -> str:
    """This browser's number for an address it has signed in with; empty for any other."""
    return _read(request).get(_mark(email), "")


def remember(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Let the browser show, next time, that this address has signed in here."""
    kept, mark = _read(request), _mark(email)
    number = kept.pop(mark, "") or token_hex(8)
    newest = dict([*kept.items(), (mark, number)][-AT_MOST:])
    response.set_cookie(
        COOKIE,
        signing.dumps(newest, salt=SALT, compress=True),
        max_age=KEPT_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> dict[str, str]:
    try:
        return dict(signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT_FOR))
    except (signing.BadSignature, TypeError, ValueError):
        return {}


def _mark(email: str) -> str:
    return keyed_hash(normal_email(email), purpose="device")[:16]
