"""How long a session lasts, and where a second factor will be asked for."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts import sessions
from accounts.roles import needs_second_factor
from core import clock

Handler = Callable[[HttpRequest], HttpResponse]


class SessionLimits:
    """A session ends after 60 minutes without a page or 12 hours in all, by the real clock: security 2.3.

    Nothing is asked of the database beyond the session itself, which the page needs anyhow.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session:
            now = clock.real_now()
            if sessions.is_over(request.session, now):
                logout(request)
                messages.info(request, "You were away for a while, so we signed you out. Sign in again to go on.")
            else:
                sessions.seen(request.session, now)
        return self.get_response(request)


class SecondFactor:
    """Where roles demand a second factor, one in this session and not only on file: security 2.1.

    Off while `SECOND_FACTOR_PAGE` names no page (docs/decisions/second-factor.md); then nobody who needs one passes
    without, save to that page, to sign in and to sign out.
    """

    OPEN = ("/sign-in", "/sign-out", "/static/")

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            settings.SECOND_FACTOR_PAGE
            and request.user.is_authenticated
            and not request.path.startswith((*self.OPEN, reverse(settings.SECOND_FACTOR_PAGE)))
            and needs_second_factor(request.user)
            and not any(r["method"] == "mfa" for r in get_authentication_records(request, request.user))
        ):
            return redirect(settings.SECOND_FACTOR_PAGE)
        return self.get_response(request)
