"""A real SMTP server on loopback whose answers are scripted by the recipient's name.

The part before the @ is read as words between dots. One of them may be a fault:

    451-mail 421-mail 451-rcpt 550-rcpt 451-data 451-text 554-text   an answer with that code at that step
    cut-rcpt cut-data cut-text                                        the connection is cut at that step
    hang-rcpt hang-data hang-text                                     no answer, until the client gives up

`once` beside it plays the fault the first time only. At `-text` steps the server has taken the message; at the others
not. MAIL comes before any recipient is known, so `-mail` faults are read from the sender's name.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

STEPS = ("mail", "rcpt", "data", "text")


class Server:
    """What the server saw. `taken` holds the mails that it took in full, whatever it answered afterwards; `pause` is
    how many seconds it then lets pass before it answers."""

    def __init__(self) -> None:
        self.host, self.port = "127.0.0.1", 0
        self.taken: list[EmailMessage] = []
        self.connections = 0
        self.played: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.pause = 0.0

    def to(self, address: str) -> list[EmailMessage]:
        """The mails that were taken for an address, in the order of their coming."""
        with self.lock:
            return [mail for mail in self.taken if address in str(mail["To"])]

    def ids(self) -> Counter[str]:
        """How many copies of each Message-ID were taken."""
        with self.lock:
            return Counter(str(mail["Message-ID"]) for mail in self.taken)

    def wait_for(self, number: int, seconds: float = 10.0) -> None:
        until = time.monotonic() + seconds
        while len(self.taken) < number:
            assert time.monotonic() < until, f"{len(self.taken)} of {number} mails came"
            time.sleep(0.02)

    def fault(self, address: str, step: str) -> str:
        """The fault that an address asks for at a step: a code, `cut`, `hang` or nothing."""
        words = address.partition("@")[0].split(".")
        for word in words:
            what, _, where = word.partition("-")
            if where == step:
                with self.lock:
                    self.played[address] += 1
                    return "" if "once" in words and self.played[address] > 1 else what
        return ""


class _Scripted(SMTP):
    server: Server

    async def _play(self, address: str, step: str) -> str | None:
        """Play a fault: the answer to give instead, or None to go on."""
        fault = self.server.fault(address, step)
        if fault == "cut":
            assert self.transport is not None
            self.transport.abort()
            raise asyncio.CancelledError
        if fault == "hang":
            await asyncio.sleep(3600)
        return f"{fault} {'4.3.0 Try later' if fault.startswith('4') else '5.1.1 No such person'}" if fault else None

    async def smtp_MAIL(self, arg: str) -> None:
        sender = (arg or "").partition("<")[2].partition(">")[0]
        if answer := await self._play(sender, "mail"):
            await self.push(answer)
            return
        await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str) -> None:
        recipient = (arg or "").partition("<")[2].partition(">")[0]
        if answer := await self._play(recipient, "rcpt"):
            await self.push(answer)
            return
        await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        for recipient in self.envelope.rcpt_tos if self.envelope else []:
            if answer := await self._play(recipient, "data"):
                await self.push(answer)
                return
        await super().smtp_DATA(arg)


class _Handler:
    def __init__(self, server: Server) -> None:
        self.server = server

    async def handle_DATA(self, smtp: _Scripted, session: Session, envelope: Envelope) -> str:
        mail = email.message_from_bytes(envelope.content or b"", policy=email.policy.default)  # type: ignore[arg-type]
        fault = self.server.fault(envelope.rcpt_tos[0], "text")
        if not fault or fault in ("cut", "hang"):  # a refusal means that nothing was taken
            with self.server.lock:
                self.server.taken.append(mail)  # type: ignore[arg-type]
        if self.server.pause:
            await asyncio.sleep(self.server.pause)
        if fault == "cut":
            assert smtp.transport is not None
            smtp.transport.abort()
            raise asyncio.CancelledError
        if fault == "hang":
            await asyncio.sleep(3600)
        return f"{fault} No" if fault else "250 Taken"


class _Controller(Controller):
    def __init__(self, server: Server, port: int) -> None:
        self.seen = server
        super().__init__(_Handler(server), hostname="127.0.0.1", port=port, ready_timeout=10)

    def factory(self) -> SMTP:
        smtp = _Scripted(self.handler, hostname="mail.test", ident="test", loop=self.loop, data_size_limit=20_000_000)
        smtp.server = self.seen
        with self.seen.lock:
            self.seen.connections += 1
        return smtp


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving() -> Iterator[Server]:
    """A server for the length of a block."""
    server = Server()
    controller: Any = None
    for attempt in range(5):  # a port can be taken between looking and binding
        server.port = free_port()
        controller = _Controller(server, server.port)
        try:
            controller.start()
            break
        except OSError:
            if attempt == 4:
                raise
    server.connections = 0  # the controller's own look whether it is up
    try:
        yield server
    finally:
        controller.stop(no_assert=True)
