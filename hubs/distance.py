"""How far two places are apart, by the British National Grid."""

from __future__ import annotations

from math import hypot


def km(easting_a: int, northing_a: int, easting_b: int, northing_b: int) -> float:
    """Kilometres in a straight line between two points given in metres of the grid."""
    return hypot(easting_a - easting_b, northing_a - northing_b) / 1000
