"""A mail server for tests that send."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import smtp


@pytest.fixture
def mail_server(settings) -> Iterator[smtp.Server]:
    """A scripted SMTP server that the portal sends to; a client gives up on silence after a second."""
    with smtp.serving() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.host, server.port, 1
        yield server
