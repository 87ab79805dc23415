"""Processes that stand for the portal's own, on the very database of their test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from tests import clock, smtp

ROOT = Path(__file__).resolve().parents[1]


def database_url() -> str:
    """The address of the database that the present test uses."""
    named = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{named['NAME']}"
    password = f":{named['PASSWORD']}" if named["PASSWORD"] else ""
    return f"postgres://{named['USER']}{password}@{named['HOST']}:{named['PORT'] or 5432}/{named['NAME']}"


@contextmanager
def child(*words: str, mail_server: smtp.Server | None = None, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Run Python with some words in a process of its own; at the block's end it is no more."""
    known = {**os.environ, "PORTAL_TEST_CHILD": "1", "PORTAL_TEST_CLOCK": clock.now().isoformat()}
    known |= {
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        "DATABASE_URL": database_url(),
        **environment,
    }
    if mail_server is not None:
        known["EMAIL_URL"] = f"smtp://{mail_server.host}:{mail_server.port}"
    process = subprocess.Popen(
        [sys.executable, *words], cwd=ROOT, env=known, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with process:
        try:
            yield process
        finally:
            process.kill()
