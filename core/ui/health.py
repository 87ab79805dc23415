"""Whether this process can serve: rooms register what they need at start-up."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection

LEAST_FREE_BYTES = 200 * 1024 * 1024
_CHECKS: dict[str, Callable[[], str]] = {}


def register(name: str, check: Callable[[], str]) -> None:
    """A check answers "" when all is well, else what is wrong in a few words without any personal data."""
    _CHECKS[name] = check


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return ""


def _disk() -> str:
    free = shutil.disk_usage(settings.VAR_DIR).free
    return "" if free >= LEAST_FREE_BYTES else f"{free // 1_048_576} MB free"


def faults() -> dict[str, str]:
    """What is wrong, by the check's name; empty when ready."""
    found = {}
    for name, check in {"database": _database, "disk": _disk, **_CHECKS}.items():
        try:
            said = check()
        except (DatabaseError, OSError) as fault:
            said = type(fault).__name__
        if said:
            found[name] = said
    return found
