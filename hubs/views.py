"""The hubs, found and shown: open to everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from core import clock
from core.doors import public
from core.panels import panels_of
from hubs import finding, map
from hubs.models import Hub
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
    return render(
        request,
        "hubs/index.html",
        {
            "regions": [(label, rows) for label, rows in regions if rows],
            "count": len(hubs),
            "map": map.of_country(areas) if areas else "",
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
    hub = get_object_or_404(Hub, slug=slug)
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
