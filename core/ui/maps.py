"""Maps drawn from shapes in metres of the national grid; they know areas by code, nothing of what an area means."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

STEP = 500  # metres to a unit of the drawing; rounding to it is all the thinning that is needed
WEST, NORTH = 80_000, 660_000
WIDTH, HEIGHT = 1_160, 1_310


@dataclass(frozen=True)
class Mark:
    """A number at a place in metres; a list beside the map says what it stands for."""

    easting: float
    northing: float
    number: int


@dataclass(frozen=True)
class Area:
    """One shape to draw: `shade` 0 to 4 or "here"; a link makes it something to click.

    Where a list beside the map has the same links, `keyboard` False spares who tabs through the page all of these.
    """

    code: str
    name: str
    shade: str = "0"
    says: str = ""
    url: str = ""
    keyboard: bool = True


_LINK = {
    True: '<a href="{}" aria-label="{}">{}</a>',
    False: '<a href="{}" aria-label="{}" tabindex="-1">{}</a>',
}


def _point(easting: float, northing: float) -> tuple[int, int]:
    return round((easting - WEST) / STEP), round((NORTH - northing) / STEP)


def _ring(points: Iterable[tuple[float, float]]) -> str:
    return _ring_or_line(points, closed=True)


def _ring_or_line(points: Iterable[tuple[float, float]], *, closed: bool) -> str:
    path, last = [], None
    for easting, northing in points:
        here = _point(easting, northing)
        if here == last:
            continue
        path.append(f"M{here[0]} {here[1]}l" if last is None else f"{here[0] - last[0]} {here[1] - last[1]} ")
        last = here
    if closed:
        return "".join(path).strip() + "z" if len(path) > 2 else ""
    return "".join(path).strip() if len(path) > 1 else ""


def line(points: Iterable[tuple[float, float]]) -> str:
    """An open line through some points; empty where they fall together in the drawing."""
    return _ring_or_line(points, closed=False)


def path_of(geometry: Mapping[str, Any]) -> str:
    """A GeoJSON polygon or many, as one path of relative moves."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return "".join(_ring((p[0], p[1]) for p in ring) for polygon in polygons for ring in polygon)


@lru_cache(maxsize=4)
def shapes(file: Path, code: str = "code") -> dict[str, str]:
    """The paths of a GeoJSON file in grid metres, by the property `code` of each feature; read once."""
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    return {str(f["properties"][code]): path_of(f["geometry"]) for f in features}


def dots(points: Iterable[tuple[float, float]]) -> str:
    """Places as one path of round dots; what lies outside the drawing is left out."""
    found = (_point(e, n) for e, n in points)
    return "".join(f"M{x} {y}h0" for x, y in found if 0 <= x <= WIDTH and 0 <= y <= HEIGHT)


def draw(
    title: str,
    paths: Mapping[str, str],
    areas: Iterable[Area],
    *,
    finding: str = "",
    places: Iterable[tuple[float, float]] = (),
    borders: str = "",
    marks: Iterable[Mark] = (),
    frame: Iterable[str] = (),
    key: str = "map",
) -> SafeString:
    """A figure with every area of `paths`, those of `areas` shaded and named, dots at `places`, numbers at `marks`.

    `borders` is a path of lines that set groups of areas apart. `frame` names the areas that the drawing closes in on;
    the page lists the areas in words beside it.
    """
    known = {area.code: area for area in areas}
    plain = format_html_join(
        "", '<path class="app-map__area" d="{}"/>', ((d,) for code, d in paths.items() if code not in known)
    )
    drawn = [
        format_html(
            _LINK[area.keyboard] if area.url else "{2}",
            area.url,
            f"{area.name}: {area.says}" if area.says else area.name,
            format_html(
                '<path class="app-map__area app-map__area--{}" d="{}"><title>{}</title></path>',
                area.shade,
                paths[code],
                f"{area.name}: {area.says}" if area.says else area.name,
            ),
        )
        for code, area in known.items()
        if code in paths
    ]
    spots = dots(places)
    box = _box([paths[c] for c in frame if c in paths])
    return format_html(
        '<figure class="app-mapbox"><figcaption class="govuk-heading-s" id="{k}-title">{t}</figcaption>{f}'
        '<svg class="app-map" role="{role}" aria-labelledby="{k}-title" viewBox="{box}">'
        "{plain}{areas}{borders}{spots}{marks}</svg></figure>",
        k=key,
        t=title,
        f=format_html('<p class="app-chart__finding">{}</p>', finding) if finding else "",
        role="group" if any(a.url for a in known.values()) else "img",
        box=" ".join(map(str, box)),
        plain=plain,
        areas=format_html_join("", "{}", ((d,) for d in drawn)),
        borders=format_html('<path class="app-map__border" d="{}"/>', borders) if borders else "",
        spots=format_html('<path class="app-map__dots" d="{}"/>', spots) if spots else "",
        marks=_numbers(marks, radius=box[2] / 60),
    )


def _numbers(marks: Iterable[Mark], *, radius: float) -> SafeString:
    """Numbers in round grounds of one size on every drawing; the list says the same to who hears the page."""
    return format_html_join(
        "",
        '<g class="app-map__mark" aria-hidden="true"><circle cx="{}" cy="{}" r="{}"/>'
        '<text x="{}" y="{}" font-size="{}">{}</text></g>',
        (
            (x, y, f"{radius:.1f}", x, f"{y + radius * 0.42:.1f}", f"{radius * 1.2:.1f}", mark.number)
            for mark in marks
            for x, y in [_point(mark.easting, mark.northing)]
        ),
    )


def _box(paths: list[str]) -> tuple[int, int, int, int]:
    """The view box round some paths with a margin, or the whole drawing."""
    xs, ys = [], []
    for path in paths:
        for ring in filter(None, path.split("z")):
            start, _, moves = ring.partition("l")
            x, y = map(int, start[1:].split())
            xs.append(x)
            ys.append(y)
            numbers = list(map(int, moves.split()))
            for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
                x, y = x + dx, y + dy
                xs.append(x)
                ys.append(y)
    if not xs:
        return 0, 0, WIDTH, HEIGHT
    edge = max(max(xs) - min(xs), max(ys) - min(ys)) // 8 + 4
    return min(xs) - edge, min(ys) - edge, max(xs) - min(xs) + 2 * edge, max(ys) - min(ys) + 2 * edge
