"""`make bench` as a person starts it, on the smallest sizes."""

import json
import os
import subprocess

import pytest

from tests.architecture.ground import ROOT
from tests.production import OURS

LEFT_OUT = {*OURS, "DJANGO_SETTINGS_MODULE", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"}


@pytest.mark.long
def test_the_bench_runs_and_ends_with_its_figures_as_json():
    env = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}

    ran = subprocess.run(
        ["make", "--no-print-directory", "bench", "ARGS=--small"], cwd=ROOT, env=env, capture_output=True, text=True
    )

    assert ran.returncode == 0, ran.stderr
    figures = json.loads(ran.stdout.splitlines()[-1])
    assert list(figures) == ["queue", "bid", "form", "import", "pdf", "mail"]
    for name, figure in figures.items():
        assert set(figure) == {"ms", "floor_ms", "ratio", "queries"}
        assert figure["ratio"] == pytest.approx(figure["ms"] / figure["floor_ms"], rel=0.01)
        assert (figure["queries"] is not None) == (name in ("queue", "bid", "form"))
