"""Text folded for search, so that both databases compare the same: lower case, no accents, no punctuation."""

from __future__ import annotations

import re
import unicodedata

# What schools and searchers write in several ways; on word boundaries, after folding.
_SAME = (
    (re.compile(r"\bchurch of england\b|\bc of e\b|\bcofe\b"), "ce"),
    (re.compile(r"\broman catholic\b"), "rc"),
    (re.compile(r"\bsaint\b"), "st"),
)
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u0060\u00b4]")
_OTHER = re.compile("[^a-z0-9]+")
_NOT_IN_A_POSTCODE = re.compile("[^A-Za-z0-9]")
_POSTCODE = re.compile(r"^([A-Z]{1,2}[0-9][0-9A-Z]?) ?([0-9][A-Z]{2})$")


def fold(text: str) -> str:
    """Words in lower case with single spaces between; apostrophes vanish, other punctuation parts words."""
    text = text.replace("&", " and ").replace("@", " at ")
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = text.casefold()
    text = _APOSTROPHES.sub("", text)
    text = _OTHER.sub(" ", text).strip()
    for pattern, plain in _SAME:
        text = pattern.sub(plain, text)
    return text


def full_postcode(text: str) -> str:
    """A whole postcode as the register writes it ("GL53 8QF"), or nothing if the text is none."""
    found = _POSTCODE.match(_NOT_IN_A_POSTCODE.sub("", text).upper())
    return f"{found[1]} {found[2]}" if found else ""


def searched(name: str, town: str, postcode: str, urn: str) -> str:
    """What is kept for search of a school: its folded name, town and postcode (as two words and as one), and URN."""
    words = f" {fold(name)} "
    place = fold(town)
    if f" {place} " in words:  # "Cheltenham" twice would count twice
        place = ""
    code = fold(postcode)
    return " ".join(filter(None, [words.strip(), place, code, code.replace(" ", ""), urn]))[:500]
