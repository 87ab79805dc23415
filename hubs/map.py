"""The country by hubs, as a map: shapes of authorities, shaded so that neighbours differ."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

from django.urls import reverse
from django.utils.safestring import SafeString

from core.ui import maps
from hubs.models import Hub, HubArea
from schools.models import Region

OUTLINES = Path(__file__).parent / "reference" / "england_local_authorities.geojson"
SHADES = ("1", "2", "3", "4")
SHARED = "0"


Point = tuple[float, float]


@cache
def _rings() -> list[tuple[str, list[Point]]]:
    """Every outline with the GSS code of its authority, in metres. Read once."""
    found = []
    for feature in json.loads(OUTLINES.read_text(encoding="utf-8"))["features"]:
        geometry = feature["geometry"]
        polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        code = feature["properties"]["gss_code"]
        found += [(code, [(p[0], p[1]) for p in ring]) for polygon in polygons for ring in polygon]
    return found


@cache
def neighbours() -> Mapping[str, frozenset[str]]:
    """Which authorities touch, by GSS code: neighbours share the points of their edge exactly."""
    at: dict[Point, set[str]] = {}
    for code, ring in _rings():
        for point in ring:
            at.setdefault(point, set()).add(code)
    touching: dict[str, set[str]] = {}
    for codes in at.values():
        for code in codes:
            touching.setdefault(code, set()).update(codes - {code})
    return {code: frozenset(others) for code, others in touching.items()}


def shades(areas: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """A shade for each hub, given the GSS codes it serves alone; neighbours differ where four shades can do it."""
    near = neighbours()
    hub_of = {code: hub for hub, codes in areas.items() for code in codes}
    beside = {
        hub: {hub_of[other] for code in codes for other in near.get(code, ()) if other in hub_of} - {hub}
        for hub, codes in areas.items()
    }
    chosen: dict[str, str] = {}
    while left := beside.keys() - chosen.keys():
        # Who has the least choice left chooses first; of those, who has most neighbours.
        around = {hub: [chosen[other] for other in beside[hub] if other in chosen] for hub in left}
        hub = min(left, key=lambda each: (-len(set(around[each])), -len(beside[each]), each))
        chosen[hub] = min(SHADES, key=lambda shade: (around[hub].count(shade), shade))
    return chosen


def parts(codes: Iterable[str]) -> list[set[str]]:
    """Areas that hang together, by GSS code; a hub may have more than one."""
    left, near, found = set(codes), neighbours(), []
    while left:
        part, edge = set(), {min(left)}
        while edge:
            part |= edge
            edge = {other for code in edge for other in near.get(code, ()) if other in left} - part
        left -= part
        found.append(part)
    return found


@cache
def _owners() -> Mapping[frozenset[Point], frozenset[str]]:
    """Which authorities have an edge: two where they touch, one at the coast."""
    owners: dict[frozenset[Point], set[str]] = {}
    for code, ring in _rings():
        for edge in pairwise(ring):
            owners.setdefault(frozenset(edge), set()).add(code)
    return {edge: frozenset(codes) for edge, codes in owners.items()}


def borders(group_of: Mapping[str, object]) -> str:
    """The lines between authorities of different groups, each drawn once."""
    owners = _owners()

    def between(code: str, edge: tuple[Point, Point]) -> bool:
        codes = owners[frozenset(edge)]
        return code == min(codes) and len({group_of.get(each) for each in codes}) > 1

    def runs() -> Iterator[list[Point]]:
        for code, ring in _rings():
            run: list[Point] = []
            for edge in pairwise(ring):
                if between(code, edge):
                    run = [*run, edge[1]] if run else [*edge]
                elif run:
                    yield run
                    run = []
            if run:
                yield run

    return "".join(maps.line(run) for run in runs())


@cache
def middle(code: str) -> tuple[float, Point]:
    """The size of an authority's largest part, and a point well inside it."""
    size, ring = max((abs(_area(ring)), ring) for each, ring in _rings() if each == code)
    northing = (min(n for _, n in ring) + max(n for _, n in ring)) / 2 + 0.5
    crossings = sorted(
        e1 + (northing - n1) * (e2 - e1) / (n2 - n1)
        for (e1, n1), (e2, n2) in pairwise(ring)
        if (n1 < northing) != (n2 < northing)
    )
    west, east = max(zip(crossings[::2], crossings[1::2], strict=True), key=lambda span: span[1] - span[0])
    return size, ((west + east) / 2, northing)


def _area(ring: list[Point]) -> float:
    return sum(e1 * n2 - e2 * n1 for (e1, n1), (e2, n2) in pairwise(ring)) / 2


def current_areas(today: date) -> list[HubArea]:
    """Every area that holds on a day, with its hub and authority; one query."""
    return list(
        HubArea.objects.on(today).select_related("hub", "la").exclude(la__gss_code="").order_by("la__name", "hub__name")
    )


def of_country(areas: Iterable[HubArea], numbers: Mapping[str, int]) -> SafeString:
    """All hubs with their numbers: each authority in its hub's shade and a way to it; shared ones pale, with all named.

    London's hubs are too close for their numbers here: `of_london` has them.
    """
    return _of_hubs(list(areas), numbers, "The hubs on the map", key="hubs-map")


def of_london(areas: Iterable[HubArea], numbers: Mapping[str, int]) -> SafeString:
    """London by itself, large enough for the numbers of its hubs."""
    return _of_hubs(list(areas), numbers, "London", key="london-map", london=True)


def _of_hubs(
    areas: list[HubArea], numbers: Mapping[str, int], title: str, *, key: str, london: bool = False
) -> SafeString:
    serving: dict[str, list[HubArea]] = {}
    for area in areas:
        serving.setdefault(area.la.gss_code, []).append(area)
    alone: dict[str, list[str]] = {}
    for code, several in serving.items():
        if len(several) == 1:
            alone.setdefault(several[0].hub.slug, []).append(code)
    shade = shades(alone)
    in_london = {area.hub.slug for area in areas if area.hub.region == Region.LONDON}
    shown = {
        code: several
        for code, several in serving.items()
        if not london or any(area.hub.slug in in_london for area in several)
    }
    paths = maps.shapes(OUTLINES, "gss_code")
    drawn = [
        maps.Area(
            code=code,
            name=several[0].la.name,
            shade=shade[several[0].hub.slug] if len(several) == 1 else SHARED,
            says=" or ".join(area.hub.name for area in several),
            url=_url(several),
            keyboard=False,
        )
        for code, several in shown.items()
    ]
    groups = {code: frozenset(area.hub_id for area in several) for code, several in shown.items()}
    shared = sum(len(several) > 1 for several in shown.values())
    finding = (
        f"{len(shown)} local authorities; {shared} of them, the palest, are shared by two or three hubs."
        " A number is that of the hub in the list."
    )
    return maps.draw(
        title,
        {code: path for code, path in paths.items() if code in shown} if london else paths,
        drawn,
        finding="" if london else finding,
        borders=borders(groups),
        marks=[
            maps.Mark(*max(middle(code) for code in part)[1], numbers[hub])
            for hub, codes in alone.items()
            if hub in numbers and (hub in in_london) == london
            for part in parts(codes)
        ],
        frame=shown if london else (),
        key=key,
    )


def _url(several: list[HubArea]) -> str:
    if len(several) == 1:
        return reverse("hubs:detail", args=[several[0].hub.slug])
    return f"{reverse('hubs:find')}?la={several[0].la_id}"


def of_hub(hub: Hub, areas: Iterable[HubArea], places: Iterable[tuple[int, int]] = ()) -> SafeString:
    """One hub: its authorities, those it shares paler, the drawing closed in on them."""
    areas = list(areas)
    drawn = [
        maps.Area(area.la.gss_code, area.la.name, "1" if area.part else "3", "shared" if area.part else "")
        for area in areas
    ]
    return maps.draw(
        f"{hub.name} on the map",
        maps.shapes(OUTLINES, "gss_code"),
        drawn,
        places=places,
        frame=[area.la.gss_code for area in areas],
        key="hub-map",
    )
