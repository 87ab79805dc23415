"""The hubs on the map."""

import re

import pytest

from hubs import map, services
from hubs.models import Hub
from schools.services import load_reference
from tests.clock import TODAY


def test_neighbours_share_points_of_their_outlines():
    near = map.neighbours()

    assert "E10000008" in near["E06000027"]  # Devon round Torbay
    assert "E06000052" not in near["E10000013"]  # Cornwall lies nowhere near Gloucestershire
    assert len(near) == 153


def test_hubs_side_by_side_get_different_shades():
    shades = map.shades({"one": ["E06000027"], "two": ["E10000008"]})

    assert shades["one"] != shades["two"]


@pytest.fixture
def reference(db):
    load_reference()
    services.load_reference()


def test_no_two_neighbouring_hubs_of_the_country_share_a_shade(reference):
    areas = map.current_areas(TODAY)
    serving: dict[str, set[str]] = {}
    for area in areas:
        serving.setdefault(area.la.gss_code, set()).add(area.hub.slug)
    alone = {code: next(iter(hubs)) for code, hubs in serving.items() if len(hubs) == 1}
    by_hub: dict[str, list[str]] = {}
    for code, hub in alone.items():
        by_hub.setdefault(hub, []).append(code)

    shades, near = map.shades(by_hub), map.neighbours()

    clashes = {
        tuple(sorted((hub, alone[other])))
        for code, hub in alone.items()
        for other in near[code]
        if other in alone and alone[other] != hub and shades[alone[other]] == shades[hub]
    }
    assert clashes == set()


def test_the_country_draws_every_authority_once_with_the_way_to_its_hub(reference):
    drawn = str(map.of_country(map.current_areas(TODAY)))

    assert len(re.findall(r'class="app-map__area', drawn)) == 153
    assert 'href="/hubs/glow/"' in drawn
    assert 'href="/hubs/find?la=878"' in drawn  # Devon is shared
    assert "Devon: CODE or Jurassic" in drawn
    assert "8 of them, the palest, are shared" in drawn
    assert len(drawn.encode()) < 120_000


def test_one_hub_is_drawn_closed_in_on_its_area(reference):
    hub = Hub.objects.get(slug="glow")

    drawn = str(map.of_hub(hub, hub.areas.select_related("la")))

    assert 'viewBox="0 0 1160 1310"' not in drawn
    assert "GLOW on the map" in drawn
