"""Typed readers of the environment, loud when a variable is missing or malformed. An empty value counts as unset."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None, *, needed: bool = False) -> str | None:
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if needed:
        raise ImproperlyConfigured(f"{name} must be set: see .env.example.")
    return default


def words(name: str, default: list[str] | None = None, *, needed: bool = False) -> list[str]:
    value = text(name, needed=needed)
    return [part.strip() for part in value.split(",") if part.strip()] if value else list(default or [])


def one_of(name: str, choices: tuple[str, ...], default: str) -> str:
    value = text(name, default) or default
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of {', '.join(choices)}.")
    return value


def flag(name: str) -> bool:
    value = text(name, "0") or "0"
    if value.lower() in ("1", "true", "yes", "on"):
        return True
    if value.lower() in ("0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; it must be 1 or 0.")


def whole(name: str, default: int) -> int:
    value = text(name)
    if value is None:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number.") from None


def path(name: str, default: Path | None = None, *, needed: bool = False) -> Path | None:
    value = text(name, needed=needed)
    return Path(value) if value else default


def address(name: str, default: str | None = None, *, schemes: tuple[str, ...], needed: bool = False) -> str | None:
    value = text(name, default, needed=needed)
    if value is not None and urlsplit(value).scheme not in schemes:
        raise ImproperlyConfigured(f"{name} must begin with one of {', '.join(f'{s}://' for s in schemes)}.")
    return value
