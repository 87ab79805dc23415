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
    drawn = str(map.of_country(map.current_areas(TODAY), {}))

    assert len(re.findall(r'class="app-map__area', drawn)) == 153
    assert 'href="/hubs/glow/"' in drawn
    assert 'href="/hubs/find?la=878"' in drawn  # Devon is shared
    assert "Devon: CODE Maths Hub or Jurassic Maths Hub" in drawn
    assert "8 of them, the palest, are shared" in drawn
    assert len(drawn.encode()) < 120_000


def test_each_hub_has_its_number_on_one_of_the_two_drawings_once_for_each_part_of_its_area(reference):
    numbers = {hub.slug: number for number, hub in enumerate(Hub.objects.all(), start=1)}
    areas = map.current_areas(TODAY)

    country, london = (
        re.findall(r"<text[^>]*>(\d+)</text>", str(draw(areas, numbers))) for draw in (map.of_country, map.of_london)
    )

    assert {*country, *london} == {str(number) for number in numbers.values()}
    assert set(london) == {
        str(numbers[slug]) for slug in Hub.objects.filter(region="London").values_list("slug", flat=True)
    }
    assert london.count(str(numbers["london-thames"])) == 2  # Enfield and Haringey lie apart from Croydon and Lambeth


def test_a_line_parts_hubs_and_no_line_parts_the_areas_of_one():
    near = sorted(map.neighbours()["E10000008"])[0]

    assert map.borders({"E10000008": "one", near: "two"})
    assert map.borders(dict.fromkeys(map.neighbours(), "one")) == ""


def test_one_hub_is_drawn_closed_in_on_its_area(reference):
    hub = Hub.objects.get(slug="glow")

    drawn = str(map.of_hub(hub, hub.areas.select_related("la")))

    assert 'viewBox="0 0 1160 1310"' not in drawn
    assert "GLOW Maths Hub on the map" in drawn
