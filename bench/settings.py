"""The settings of production, with the bare pages beside the portal's own and a clock that stands still."""

from __future__ import annotations

from hubportal.settings import *  # noqa: F403  (settings are one namespace: all of production's, then two of the bench)
from hubportal.settings import BASE_DIR, TEMPLATES

ROOT_URLCONF = "bench.urls"
CLOCK = "tests.clock.now"  # the rounds of the factories are open on this day
TEMPLATES[0]["DIRS"].append(BASE_DIR / "bench" / "templates")
