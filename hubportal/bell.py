"""The broker of the embedded default: kombu's files, each of them there whole or not at all."""

from __future__ import annotations

from pathlib import Path
from time import monotonic_ns
from typing import Any
from uuid import uuid4

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

NAME = "portal-files"


class Channel(filesystem.Channel):
    """Writes a message beside its place and moves it there: kombu's own opens it in place, and a worker that looks in
    that moment reads nothing and dies of it."""

    def _put(self, queue: Any, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        name = f"{monotonic_ns() // 1_000_000}_{uuid4()}.{queue}.msg"
        written = folder / f"{name}.new"  # the worker takes only names that end in .msg
        written.write_text(str(dumps(payload)))  # type: ignore[no-untyped-call]
        written.replace(folder / name)


class Transport(filesystem.Transport):
    Channel = Channel


TRANSPORT_ALIASES[NAME] = "hubportal.bell:Transport"
