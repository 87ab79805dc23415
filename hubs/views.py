"""The hubs, found and shown to everybody; and the way of who works at one to its page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from core import clock
from core.doors import SAFE, public, requires
from core.panels import panels_of
from hubs import finding, map
from hubs.models import Hub
from hubs.roles import hubs_of
from schools.models import LocalAuthority, Region
from schools.search import LONGEST


@public("Anybody may see which hubs there are and where they work.")
def index(request: HttpRequest) -> HttpResponse:
    """All hubs by region with their areas, and the map."""
    areas = map.current_areas(clock.today())
    served: dict[object, list] = {}
    for area in areas:
        served.setdefault(area.hub_id, []).append(area)
    hubs = [(hub, served.get(hub.pk, [])) for hub in Hub.objects.all()]
    regions = [(region.label, [row for row in hubs if row[0].region == region]) for region in Region]
    numbers = {hub.slug: n for n, (hub, _) in enumerate((row for _, rows in regions for row in rows), start=1)}
    return render(
        request,
        "hubs/index.html",
        {
            "regions": [
                (label, [(numbers[hub.slug], hub, served) for hub, served in rows]) for label, rows in regions if rows
            ],
            "count": len(hubs),
            "map": map.of_country(areas, numbers) if areas else "",
            "london": map.of_london(areas, numbers) if areas else "",
            "authorities": finding.authorities(),
        },
    )


@public("Every school can find its hub before anybody asks who it is.")
def find(request: HttpRequest) -> HttpResponse:
    """Which hub serves a school, a postcode or an authority."""
    today = clock.today()
    question = request.GET.get("q", "").strip()[:LONGEST]
    code = request.GET.get("la", "")
    authority = LocalAuthority.objects.filter(pk=code[:3]).first() if code.isascii() and code.isdigit() else None
    if authority:
        found = [finding.of_authority(authority, today)]
    else:
        found = finding.find(question, today)
    return render(
        request,
        "hubs/find.html",
        {
            "question": question,
            "authority": authority,
            "asked": bool(question or authority),
            "found": found,
            "authorities": finding.authorities(),
        },
    )


@public("A hub's page is for every school of its area.")
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One hub: where it works, how to reach it, and what other rooms know of it, such as its rounds."""
    return _page(request, get_object_or_404(Hub, slug=slug))


@requires("hubs.see_own", methods=SAFE)
def own(request: HttpRequest) -> HttpResponse:
    """The page of the hub where a person works; where there are several, the way to each."""
    hubs = list(Hub.objects.filter(pk__in=hubs_of(request.user)))
    if len(hubs) == 1:
        return _page(request, hubs[0])
    return render(request, "hubs/own.html", {"hubs": hubs})


def _page(request: HttpRequest, hub: Hub) -> HttpResponse:
    areas = sorted(hub.areas.on(clock.today()).select_related("la"), key=lambda area: area.la.name)
    return render(
        request,
        "hubs/detail.html",
        {
            "hub": hub,
            "areas": areas,
            "unconfirmed": not hub.area_confirmed and any(not area.confirmed for area in areas),
            "map": map.of_hub(hub, [area for area in areas if area.la.gss_code]) if areas else "",
            "panels": panels_of("hubs:detail", request, hub),
        },
    )
