"""References such as HP-4K7Q-2M: five random characters of Crockford's base 32 and one that checks them."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011")  # what people type for 0 and 1
_RANDOM = 5


def new_reference() -> str:
    """A fresh reference; that it is unique for ever is the caller's constraint to hold."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM))
    return _written(body + check_character(body))


def parse(text: str) -> str | None:
    """The reference a person typed, in its one spelling; None for what cannot be one.

    Case, spaces and hyphens do not matter, the HP may be left out, O reads as 0, I and L as 1.
    """
    typed = "".join(c for c in text.upper() if c not in " -\u2010\u2011\u2013\t\u00a0")
    if len(typed) == _RANDOM + 3 and typed.startswith("HP"):
        typed = typed[2:]
    typed = typed.translate(_READ_AS)
    if len(typed) != _RANDOM + 1 or any(c not in ALPHABET for c in typed):
        return None
    return _written(typed) if check_character(typed[:-1]) == typed[-1] else None


def check_character(body: str) -> str:
    """The last character: a weighted sum in the field of 32, which shows every single slip and every two swapped."""
    total = 0
    for character in body:
        total = _doubled(total ^ ALPHABET.index(character))
    return ALPHABET[total]


def _doubled(value: int) -> int:
    value <<= 1
    return value ^ 0b101111 if value & 0b100000 else value


def _written(characters: str) -> str:
    return f"HP-{characters[:4]}-{characters[4:]}"
