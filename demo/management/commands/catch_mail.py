"""`manage.py catch_mail`: an SMTP server for the demo that takes every mail and keeps it under `var/mail/`."""

from __future__ import annotations

import asyncio
import logging
import signal
from argparse import ArgumentParser
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from demo import clock, mail


class Keeper:
    """Answers each mail with 250 once its file is written."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.to_thread(self.keep, bytes(envelope.original_content or b""))
        return "250 Kept"

    def keep(self, content: bytes) -> str:
        close_old_connections()  # this thread lives as long as the server does
        return mail.keep(content, at=clock.now())


class Command(BaseCommand):
    help = "Take the demo's mail on a loopback port and keep it under var/mail/ (the outbox page shows it)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=1025)

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # else a line for each word of SMTP
        try:
            asyncio.run(self.serve(port))
        except OSError as refused:
            raise CommandError(f"Cannot listen on 127.0.0.1:{port}: {refused.strerror}.") from None

    async def serve(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        over = asyncio.Event()
        for wish in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(wish, over.set)
        server = await loop.create_server(
            lambda: SMTP(Keeper(), hostname="demo.invalid", data_size_limit=30_000_000, enable_SMTPUTF8=True),
            "127.0.0.1",
            port,
        )
        async with server:
            await over.wait()
