"""Text that is safe in a mail's headers and body: no control, no turn of direction, nothing invisible."""

from __future__ import annotations

import re
import unicodedata

# Bidirectional marks, embeddings, overrides and isolates; zero-width signs; the byte order mark; soft hyphen.
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTROLS_BUT_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def for_header(value: str) -> str:
    """One line without controls or unseen signs; a line break becomes a space."""
    plain = _UNSEEN.sub("", unicodedata.normalize("NFC", value))
    return " ".join(_CONTROLS.sub(" ", plain).split())


def for_body(value: str) -> str:
    """The text with its lines, without other controls or unseen signs, and never two blank lines together."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    plain = _CONTROLS_BUT_LINES.sub("", _UNSEEN.sub("", unicodedata.normalize("NFC", lines)))
    trimmed = "\n".join(line.rstrip() for line in plain.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", trimmed).strip("\n") + "\n"
