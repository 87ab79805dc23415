"""The country by hubs, as a map: shapes of authorities, shaded so that neighbours differ."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from django.urls import reverse
from django.utils.safestring import SafeString

from core.ui import maps
from hubs.models import Hub, HubArea

OUTLINES = Path(__file__).parent / "reference" / "england_local_authorities.geojson"
SHADES = ("1", "2", "3", "4")
SHARED = "0"


@cache
def neighbours() -> Mapping[str, frozenset[str]]:
    """Which authorities touch, by GSS code: neighbours share the points of their edge exactly. Read once."""
    at: dict[tuple[int, int], set[str]] = {}
    for feature in json.loads(OUTLINES.read_text(encoding="utf-8"))["features"]:
        geometry = feature["geometry"]
        polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        for ring in (ring for polygon in polygons for ring in polygon):
            for easting, northing in ring:
                at.setdefault((easting, northing), set()).add(feature["properties"]["gss_code"])
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


def current_areas(today: date) -> list[HubArea]:
    """Every area that holds on a day, with its hub and authority; one query."""
    return list(
        HubArea.objects.on(today).select_related("hub", "la").exclude(la__gss_code="").order_by("la__name", "hub__name")
    )


def of_country(areas: Iterable[HubArea]) -> SafeString:
    """All hubs: each authority in its hub's shade and a way to it; shared ones pale, with all their hubs named."""
    serving: dict[str, list[HubArea]] = {}
    for area in areas:
        serving.setdefault(area.la.gss_code, []).append(area)
    alone: dict[str, list[str]] = {}
    for code, several in serving.items():
        if len(several) == 1:
            alone.setdefault(several[0].hub.slug, []).append(code)
    shade = shades(alone)
    shared = sum(len(several) > 1 for several in serving.values())
    drawn = [
        maps.Area(
            code=code,
            name=several[0].la.name,
            shade=shade[several[0].hub.slug] if len(several) == 1 else SHARED,
            says=" or ".join(area.hub.short_name for area in several),
            url=_url(several),
            keyboard=False,
        )
        for code, several in serving.items()
    ]
    return maps.draw(
        "The hubs on the map",
        maps.shapes(OUTLINES, "gss_code"),
        drawn,
        finding=f"{len(serving)} local authorities; {shared} of them, the palest, are shared by two or three hubs.",
        key="hubs-map",
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
        f"{hub.short_name} on the map",
        maps.shapes(OUTLINES, "gss_code"),
        drawn,
        places=places,
        frame=[area.la.gss_code for area in areas],
        key="hub-map",
    )
