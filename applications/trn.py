"""Teacher reference numbers: seven digits as text, encrypted at rest, masked on screen (security 8.2)."""

from __future__ import annotations

from core.secrets import decrypt, encrypt, keyed_hash

PURPOSE = "trn"


class NotATrn(ValueError):
    """What was typed cannot be a teacher reference number; the text is fit for the reader."""


def normal(typed: str) -> str:
    """Seven digits of what was typed: all but digits is stripped, five or six are padded. Raises NotATrn."""
    digits = "".join(c for c in typed if c in "0123456789")
    if not typed.strip():
        return ""
    if not 5 <= len(digits) <= 7:
        raise NotATrn("Enter a teacher reference number of 7 digits, like 1234567, or leave it out")
    return digits.zfill(7)


def kept(trn: str) -> dict[str, str]:
    """The two columns that hold a number; the empty number empties both."""
    return {"trn_encrypted": encrypt(trn), "trn_hash": keyed_hash(trn, purpose=PURPOSE) if trn else ""}


def masked(trn_encrypted: str) -> str:
    """The number as most may see it: ****567; empty where there is none."""
    number = decrypt(trn_encrypted)
    return f"****{number[-3:]}" if number else ""
