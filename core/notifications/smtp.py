"""Speaking SMTP, and telling a message that was never handed over from one that may have arrived."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend


class _Phased:
    """Notes the server's 354: from then on the text is under way, and a cut leaves it in doubt."""

    handed = False

    def putcmd(self, cmd: str, args: str = "") -> None:
        if cmd.lower() == "mail":
            self.handed = False
        super().putcmd(cmd, args)  # type: ignore[misc]

    def getreply(self) -> tuple[int, bytes]:
        reply: tuple[int, bytes] = super().getreply()  # type: ignore[misc]
        self.handed = self.handed or reply[0] == 354
        return reply


class Phased(_Phased, smtplib.SMTP):
    """SMTP that knows its phase."""


class PhasedSSL(_Phased, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class Backend(EmailBackend):
    """Django's SMTP backend over connections that know their phase."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return PhasedSSL if self.use_ssl else Phased

    def forget(self) -> None:
        """Drop a connection that is of no more use, without a word to the server."""
        for name in ("connection", "_partial_connection"):
            wire = getattr(self, name)
            setattr(self, name, None)
            if wire is not None:
                wire.close()


class Result(StrEnum):
    SENT = "sent"
    LATER = "later"
    FAILED = "failed"
    IN_DOUBT = "in doubt"


@dataclass(frozen=True)
class Outcome:
    """What became of one try. `reached` is false when no server could be spoken to at all."""

    result: Result
    answer: str
    reached: bool = True


# Refusals of our own set-up or the server's mood, not of the person's address.
NOT_THE_ADDRESS = (503, 530, 535, 538)


def send(backend: Backend, message: EmailMessage) -> Outcome:
    """Send one message to its one recipient over a backend that may be open already."""
    wire: Any = None
    reached = False
    text: bytes | str
    try:
        backend.open()
        wire = backend.connection
        reached = True
        backend.send_messages([message])
    except smtplib.SMTPRecipientsRefused as refusal:
        code, text = next(iter(refusal.recipients.values()))
    except smtplib.SMTPResponseException as refusal:
        code, text = refusal.smtp_code, refusal.smtp_error
    except OSError as cut:
        backend.forget()  # else every later message fails on the dead connection
        in_doubt = wire is not None and wire.handed
        return Outcome(Result.IN_DOUBT if in_doubt else Result.LATER, type(cut).__name__, reached)
    else:
        return Outcome(Result.SENT, "250")
    if not reached or code == 421:
        backend.forget()  # a connection that is not signed in, or that the server is closing
    result = Result.FAILED if reached and 500 <= code < 600 and code not in NOT_THE_ADDRESS else Result.LATER
    return Outcome(result, f"{code} {_words(text)}".strip(), reached)


def _words(text: bytes | str) -> str:
    return (text.decode("utf-8", "replace") if isinstance(text, bytes) else text).replace("\n", " ")
