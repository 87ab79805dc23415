"""Issuing, opening, using and ending personal links."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import get_random_string

from core import clock
from core.links.kinds import LinkKind, UnknownKind, kind_of, register
from core.links.models import Link

__all__ = [
    "RECEIPT_FOR",
    "LinkEnded",
    "LinkKind",
    "UnknownKind",
    "browser_of",
    "end",
    "extend",
    "held",
    "issue",
    "kind_of",
    "register",
    "settle",
    "use",
]

RECEIPT_FOR = timedelta(days=30)
USED = "used"
HELD = "links"  # in the session: the ids of links opened in this browser, newest last
HELD_AT_MOST = 20
BROWSER = "link_browser"


class LinkEnded(Exception):
    """The link opens nothing: unknown, out of time, ended, or never opened in this browser."""

    def __init__(self, link_id: UUID | None = None) -> None:
        super().__init__("This link opens nothing.")
        self.link_id = link_id


def issue(
    *,
    kind: str,
    subject_id: UUID,
    name: str,
    email: str,
    valid_until: datetime,
    now: datetime,
    scope: UUID | None = None,
) -> tuple[Link, str]:
    """Make a link and its full address; the address exists nowhere else, so it goes into the mail's secret at once."""
    kind_of(kind)
    token = secrets.token_urlsafe(32)
    link = Link.objects.create(
        kind=kind,
        subject_id=subject_id,
        name=name,
        email=email,
        scope=scope,
        token_hash=token_hash(token),
        created_at=now,
        valid_until=valid_until,
    )
    return link, settings.SITE_URL + reverse("links:open", args=[token])


def end(*, links: QuerySet[Link], why: str, now: datetime) -> int:
    """End those of the links that still stand, and any receipt they show; says how many."""
    ended = links.filter(ended_at=None).update(ended_at=now, ended_why=why)
    return ended + links.filter(receipt_until__gt=now).update(receipt_until=now)


def use(*, link: Link, now: datetime) -> None:
    """End a link by what it was for; for 30 days it shows the receipt. Raises LinkEnded when it no longer stands."""
    used = Link.objects.filter(pk=link.pk, ended_at=None, valid_until__gt=now)
    if not used.update(ended_at=now, ended_why=USED, receipt_until=now + RECEIPT_FOR):
        raise LinkEnded(link.pk)
    link.refresh_from_db()


def settle(*, links: QuerySet[Link], why: str, now: datetime) -> int:
    """End those of the links that still stand because their matter is settled; for 30 days they show how."""
    return links.filter(ended_at=None).update(ended_at=now, ended_why=why, receipt_until=now + RECEIPT_FOR)


def extend(*, links: QuerySet[Link], valid_until: datetime) -> int:
    """Move the last moment of those of the links that still stand."""
    return links.filter(ended_at=None).update(valid_until=valid_until)


def opened(*, token: str, now: datetime) -> Link:
    """The link of a token, its opening counted; raises LinkEnded for every token that opens nothing."""
    link = Link.objects.filter(token_hash=token_hash(token)).first()
    if link is None or not link.opens(now):
        raise LinkEnded(link.pk if link else None)
    Link.objects.filter(pk=link.pk).update(
        first_opened_at=Coalesce(F("first_opened_at"), now), opened_count=F("opened_count") + 1
    )
    return link


def keep(*, request: HttpRequest, link: Link) -> None:
    """Remember in this browser's session, by its id, that the link was opened here."""
    if request.session.session_key and not request.user.is_authenticated:
        request.session.cycle_key()  # a session that somebody else may have planted here learns nothing of the link
    kept = [each for each in request.session.get(HELD, []) if each != str(link.pk)]
    request.session[HELD] = [*kept, str(link.pk)][-HELD_AT_MOST:]


def held(request: HttpRequest, kind: str = "", link_id: UUID | None = None) -> Link:
    """The link that this browser's session holds, of a kind (any when empty), by its id or else the last one opened.

    Raises LinkEnded. A link that was used is held while it shows its receipt: ask `link.is_open(now)` before acting.
    """
    ids = request.session.get(HELD, [])
    wanted = [str(link_id)] if link_id else list(reversed(ids))
    links = {str(link.pk): link for link in Link.objects.filter(pk__in=[each for each in wanted if each in ids])}
    now = clock.now()
    for each in wanted:
        link = links.get(each)
        if link is not None and (not kind or link.kind == kind) and link.opens(now):
            return link
    raise LinkEnded(UUID(wanted[0]) if wanted and wanted[0] in ids else None)


def go_on(*, link: Link, browser: str, now: datetime) -> None:
    """Note the first press of Continue and the browser it came from; later presses leave it."""
    Link.objects.filter(Q(pk=link.pk), continued_at=None).update(continued_at=now, continued_browser=browser)


def browser_of(request: HttpRequest) -> str:
    """A mark of this browser that lives as long as its session; hashed, as sessions can be read in the database."""
    if BROWSER not in request.session:
        request.session[BROWSER] = get_random_string(32)
    return hashlib.sha256(request.session[BROWSER].encode()).hexdigest()


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
