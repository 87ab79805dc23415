"""How often something may happen: counted in a table, so that neither a restart nor an emptied cache forgets it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest

from core import clock
from core.audit.models import Hit
from core.secrets import keyed_hash


@transaction.atomic
def hit(key: str, limit: int, window: timedelta, *, now: datetime | None = None) -> bool:
    """Count one event and say whether it is within the limit: False once `limit` of them lie within `window`.

    A refused event is not counted, so a key holds at most `limit` rows and opens again as the oldest pass. Limits go by
    real time unless `now` is given; the key is kept as a keyed hash only.
    """
    now = now or clock.real_now()
    hashed = keyed_hash(key, purpose="limit")
    if connection.vendor == "postgresql":  # SQLite's transaction is alone already
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [hashed])
    Hit.objects.filter(key=hashed, until__lte=now).delete()
    if Hit.objects.filter(key=hashed).count() >= limit:
        return False
    counted = Hit.objects.create(key=hashed, until=now + window)
    if counted.pk % 200 == 0:  # now and then, what other keys left behind
        stale = Hit.objects.filter(until__lte=now).select_for_update(skip_locked=True).values_list("pk", flat=True)
        Hit.objects.filter(pk__in=list(stale[:500])).delete()
    return True


def reached(key: str, limit: int, *, now: datetime | None = None) -> bool:
    """Whether `hit` would refuse this key now; counts nothing."""
    now = now or clock.real_now()
    return Hit.objects.filter(key=keyed_hash(key, purpose="limit"), until__gt=now).count() >= limit


def forgive(key: str) -> None:
    """Forget what was counted against a key, as after a right code."""
    Hit.objects.filter(key=keyed_hash(key, purpose="limit")).delete()


def address_of(request: HttpRequest) -> str:
    """The network address a request came from, past as many proxies of ours as ALLAUTH_TRUSTED_PROXY_COUNT says."""
    proxies = getattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 0)
    passed = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if proxies and len(passed) >= proxies:
        return passed[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))
