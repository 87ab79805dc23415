"""The broker of the embedded default: kombu's files, each of them there whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic_ns, sleep
from typing import Any, TypeVar
from uuid import uuid4

# kombu has no types of its own: what it is asked here goes past the type checker.
from kombu.transport import TRANSPORT_ALIASES, filesystem, virtual
from kombu.utils.json import dumps

NAME = "portal-files"
T = TypeVar("T")


class Channel(filesystem.Channel):
    """Writes a message beside its place and moves it there: kombu's own opens it in place, and a worker that looks in
    that moment reads nothing and dies of it. Its tables of queues are waited for."""

    def _put(self, queue: Any, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        name = f"{monotonic_ns() // 1_000_000}_{uuid4()}.{queue}.msg"
        written = folder / f"{name}.new"  # the worker takes only names that end in .msg
        written.write_text(str(dumps(payload)))  # type: ignore[no-untyped-call]
        written.replace(folder / name)

    def get_table(self, exchange: str) -> list[Any]:
        look = super().get_table
        return patiently(lambda: look(exchange))  # type: ignore[no-untyped-call]

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        bind = super()._queue_bind
        patiently(lambda: bind(exchange, routing_key, pattern, queue))  # type: ignore[no-untyped-call]


def patiently(look: Callable[[], T]) -> T:
    """Look again, for at most a second, at a table that another process has opened and not yet written."""
    for _ in range(100):
        try:
            return look()
        except ValueError:
            sleep(0.01)
    return look()


class Transport(filesystem.Transport):
    """Remembers bindings for one connection only: kombu's own remembers them for the whole process, and when the folder
    is emptied or another one is used, what is rung goes to no queue without a word."""

    Channel = Channel

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)  # type: ignore[no-untyped-call]
        self.state = virtual.BrokerState()  # type: ignore[no-untyped-call]


TRANSPORT_ALIASES[NAME] = "hubportal.bell:Transport"
