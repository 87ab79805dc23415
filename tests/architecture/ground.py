"""What the guards stand on: the rooms in their order, and the files of the repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# From the lowest to the highest: a room knows those before it.
ROOMS = ("core", "accounts", "schools", "hubs", "programmes", "applications", "reports", "demo", "hubportal")
NOT_OURS = (".venv", "var", ".git", "node_modules", ".services", "vendor")


def files(*ends: str) -> list[Path]:
    """The repository's files with one of these endings (all of them without): what git tracks or would track."""
    asked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if asked.returncode == 0:
        found = [ROOT / name for name in asked.stdout.split("\0") if name]
    else:  # an unpacked archive
        found = [p for p in ROOT.rglob("*") if not set(NOT_OURS) & set(p.relative_to(ROOT).parts)]
    return [p for p in sorted(found) if p.is_file() and (not ends or p.suffix in ends)]


def room_of(app_config_name: str) -> str:
    """The room of an app: `core` for `core.links`."""
    return app_config_name.split(".")[0]
