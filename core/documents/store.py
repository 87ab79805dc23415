"""Where documents lie: one file per content, named by its SHA-256, written whole or not at all, never written again."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from pathlib import Path

from django.conf import settings

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


class Altered(Exception):
    """The file is not what its name says."""


class Missing(Exception):
    """There is no file of that name."""


def put(data: bytes, *, root: Path | None = None) -> str:
    """Keep the bytes and give their SHA-256. On a full disk an OSError, and nothing is left behind.

    Raises Altered when a file of that name lies there with other content.
    """
    root = root or settings.STORAGE_DIR
    digest = hashlib.sha256(data).hexdigest()
    folder = root / digest[:2]
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    final = folder / digest
    if final.exists():
        get(digest, root=root)
        return digest
    handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), 0o440)
        with contextlib.suppress(FileExistsError):
            os.link(temporary, final)  # a rename would replace what is there; a link never does
    finally:
        temporary.unlink()
    for directory in (folder, root):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    return digest


def get(digest: str, *, root: Path | None = None) -> bytes:
    """The bytes of a SHA-256, checked against it; raises Missing or Altered, and ValueError for what is no SHA-256."""
    if not _DIGEST.match(digest):
        raise ValueError("A document is asked for by its SHA-256.")
    root = root or settings.STORAGE_DIR
    try:
        data = (root / digest[:2] / digest).read_bytes()
    except FileNotFoundError:
        raise Missing(digest) from None
    if hashlib.sha256(data).hexdigest() != digest:
        raise Altered(digest)
    return data
