"""One hash over the sources of the static files: `make assets` writes it, a test and `make check` compare it."""

from __future__ import annotations

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ROOT / "static" / "SOURCES.sha256"
KINDS = {".scss", ".js", ".json", ".svg", ".png"}


def sources_hash() -> str:
    """The hash of every file under frontend/ that a build reads, by path and content."""
    whole = hashlib.sha256()
    for path in sorted((ROOT / "frontend").rglob("*")):
        inside = path.relative_to(ROOT / "frontend")
        if path.is_file() and path.suffix in KINDS and inside.parts[0] != "node_modules":
            whole.update(f"{inside.as_posix()}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


if __name__ == "__main__":
    print(sources_hash())
