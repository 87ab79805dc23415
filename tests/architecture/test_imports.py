"""The import contracts of pyproject.toml hold, and would be seen to break."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.ground import ROOMS, ROOT


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache", "--config", "pyproject.toml"],
        cwd=folder, capture_output=True, text=True, env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip


def test_no_import_goes_against_the_arrows():
    found = lint(ROOT)

    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize(
    ("planted_in", "line", "said"),
    [
        ("schools/register.py", "from applications import models", "schools.register -> applications.models"),
        ("hubs/models.py", "from hubs import roles", "hubs.models -> hubs.roles"),
        ("applications/states.py", "from django.db import models", "applications.states -> django"),
        ("applications/states.py", "from core import clock", "applications.states -> core.clock"),
        ("core/clock.py", "import accounts.models", "core.clock -> accounts.models"),
    ],
)
def test_a_planted_import_against_the_arrows_is_named(tmp_path, planted_in, line, said):
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "data", "reference"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    planted = tmp_path / planted_in
    planted.write_text(f"{planted.read_text()}\n{line}\n")

    found = lint(tmp_path)

    assert found.returncode == 1
    assert said in found.stdout
