"""The demo's mails: every message that the SMTP catcher took, one .eml file each under `var/mail/`."""

from __future__ import annotations

import email
import email.policy
import os
import re
import secrets
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path

from django.conf import settings

NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{16}\Z")
ADDRESS = re.compile(r"https?://[^\s<>()\"']+[^\s<>()\"'.,;:!?]")


def folder() -> Path:
    """Where the mails lie; made when it is missing."""
    place: Path = settings.VAR_DIR / "mail"
    place.mkdir(parents=True, exist_ok=True)
    return place


def keep(content: bytes, *, at: datetime) -> str:
    """Write a mail under a name that sorts by time, whole or not at all; gives the name."""
    name = f"{at.astimezone(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(8)}"
    handle, written = tempfile.mkstemp(dir=folder(), prefix=".new-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(written).replace(folder() / f"{name}.eml")
    return name


@dataclass(frozen=True)
class Head:
    """A mail as the list shows it."""

    name: str
    at: datetime
    to: str
    subject: str


@dataclass(frozen=True)
class Piece:
    """A stretch of a mail's text: an address to click, or words."""

    text: str
    is_address: bool


@dataclass(frozen=True)
class Attachment:
    filename: str
    content_type: str
    content: bytes

    @property
    def kilobytes(self) -> int:
        return max(1, round(len(self.content) / 1024))


@dataclass(frozen=True)
class Mail:
    """A mail in full."""

    head: Head
    sender: str
    reply_to: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]

    @property
    def pieces(self) -> list[Piece]:
        """The text cut at its addresses, so that a page can make links of them."""
        found, end = [], 0
        for match in ADDRESS.finditer(self.text):
            found += [Piece(self.text[end : match.start()], False), Piece(match[0], True)]
            end = match.end()
        return [piece for piece in [*found, Piece(self.text[end:], False)] if piece.text]


def names() -> list[str]:
    """The names of all mails, newest first."""
    return sorted((f.name[:-4] for f in os.scandir(folder()) if f.name.endswith(".eml")), reverse=True)


def heads(of: list[str]) -> list[Head]:
    """Time, receiver and subject of some mails."""
    parser = BytesHeaderParser(policy=email.policy.default)
    found = []
    for name in of:
        with (folder() / f"{name}.eml").open("rb") as file:
            found.append(_head(name, parser.parse(file)))
    return found


def read(name: str) -> Mail | None:
    """One mail, or None where the name is not one."""
    path = folder() / f"{name}.eml"
    if not NAME.match(name) or not path.is_file():
        return None
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    attachments = tuple(
        Attachment(part.get_filename() or "attachment", part.get_content_type(), part.get_payload(decode=True) or b"")  # type: ignore[arg-type]
        for part in message.iter_attachments()
    )
    return Mail(
        head=_head(name, message),
        sender=str(message.get("From", "")),
        reply_to=str(message.get("Reply-To", "")),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=attachments,
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _head(name: str, message: email.message.Message) -> Head:
    at = datetime.strptime(name[:21], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
    return Head(name, at, to=str(message.get("To", "")), subject=str(message.get("Subject", "")))
