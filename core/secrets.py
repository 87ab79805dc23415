"""Secrets at rest: what is encrypted with FIELD_KEYS, and hashes that only who has the keys can make."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """None of the present FIELD_KEYS opens this value."""


def encrypt(text: str) -> str:
    """The text under the newest of FIELD_KEYS; the empty text stays empty."""
    return _fernet().encrypt(text.encode()).decode() if text else ""


def decrypt(value: str) -> str:
    """The text that `encrypt` was given, under any of FIELD_KEYS; raises Unreadable."""
    if not value:
        return ""
    try:
        return _fernet().decrypt(value.encode()).decode()
    except InvalidToken:
        raise Unreadable("The value was encrypted under a key that is not among FIELD_KEYS.") from None


def keyed_hash(value: str, *, purpose: str) -> str:
    """64 hex digits that match equal values of one purpose; made with the newest of FIELD_KEYS."""
    return _hash(settings.FIELD_KEYS[0], value, purpose)


def keyed_hashes(value: str, *, purpose: str) -> list[str]:
    """The hash under each of FIELD_KEYS, newest first: what to look a value up by after a rotation of keys."""
    return [_hash(key, value, purpose) for key in settings.FIELD_KEYS]


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


def _hash(key: str, value: str, purpose: str) -> str:
    return hmac.new(key.encode(), f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()
