"""Checks at start-up: the libraries that PDFs need, and the files of the seal."""

from __future__ import annotations

import ctypes
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from core.documents import seal

# The Debian package of each library; the third only makes subsets of fonts, but without it the bytes are others.
NEEDED = {"libpango-1.0.so.0": "libpango-1.0-0", "libpangoft2-1.0.so.0": "libpangoft2-1.0-0"}
WANTED = {"libharfbuzz-subset.so.0": "libharfbuzz-subset0"}
INSTALL = (
    "Debian, Ubuntu: apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)


def missing(libraries: dict[str, str]) -> list[str]:
    """The packages of those libraries that this machine cannot load."""
    found = []
    for library, package in libraries.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            found.append(package)
    return found


@register
def libraries_are_there(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Names the packages at once, not at the first PDF."""
    found: list[CheckMessage] = []
    if packages := missing(NEEDED):
        found.append(Error(f"PDFs need {' and '.join(packages)}.", hint=INSTALL, id="documents.E001"))
    if packages := missing(WANTED):
        found.append(Warning(f"PDFs come out smaller and alike with {packages[0]}.", hint=INSTALL, id="documents.W001"))
    return found


@register
def seal_is_whole(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """In production key, certificate and root are given and fit together."""
    if settings.SEAL_SELF_MADE:
        return []
    return [Error(fault, id="documents.E002") for fault in seal.faults()]
