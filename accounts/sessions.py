"""Where a person is signed in: kept beside Django's sessions, so that each can be shown and ended by its owner."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.browsers import in_words
from accounts.models import SignIn, User
from core import clock, limits
from core.audit.log import record

BEGAN, SEEN = "began", "seen"  # in the session: whole seconds of real time
WRITE_SEEN_EVERY = 60  # seconds; idleness is known to the minute, and a page costs no write


def signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Note a session as it begins (Django's `user_logged_in`): its times by the real clock, its browser in words."""
    now = clock.real_now()
    request.session[BEGAN] = request.session[SEEN] = int(now.timestamp())
    if not request.session.session_key:
        request.session.create()
    SignIn.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "began_at": now,
            "seen_at": now,
            "address": limits.address_of(request)[:45],
            "browser": in_words(request.META.get("HTTP_USER_AGENT", "")),
        },
    )
    record("account.signed_in", user, by=user, at=clock.now())


def signed_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Forget a session as it ends (Django's `user_logged_out`, before its row goes)."""
    if user is not None:
        SignIn.objects.filter(session_key=request.session.session_key).delete()


def is_over(session: Any, now: datetime) -> bool:
    """Whether a signed-in session has lasted too long or was left too long idle."""
    began, seen = session.get(BEGAN), session.get(SEEN)
    if began is None or seen is None:
        return True
    moment = now.timestamp()
    return moment - began >= settings.SESSION_COOKIE_AGE or moment - seen >= settings.SESSION_IDLE_SECONDS


def seen(session: Any, now: datetime) -> None:
    """Note that the session is in use, at most once a minute."""
    moment = int(now.timestamp())
    if moment - session[SEEN] >= WRITE_SEEN_EVERY:
        session[SEEN] = moment
        SignIn.objects.filter(session_key=session.session_key).update(seen_at=datetime.fromtimestamp(moment, UTC))


@transaction.atomic
def end(*, sign_ins: QuerySet[SignIn]) -> int:
    """End sessions on the server, at once; says how many. A request under way in one of them cannot bring it back."""
    keys = list(sign_ins.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    SignIn.objects.filter(session_key__in=keys).delete()
    return len(keys)
