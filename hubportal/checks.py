"""Checks at start-up that no single room can make."""

from __future__ import annotations

from typing import Any

from django.core.checks import Error, register

from core import doors


@register
def doors_are_whole(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Every view has a door, and every door names a permission that some policy declares."""
    import hubportal.permissions  # noqa: F401  (the doors of libraries)

    return [Error(fault, id="hubportal.E001") for fault in doors.faults()]
