"""Pages of a list, its order, its file, the menu, plots and maps."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.template import engines
from django.test import RequestFactory

from core.ui import assets, context, maps, menu, plots, tables
from core.ui.pagination import page_of
from tests.queries import queries

get = RequestFactory().get
SORTS = {"name": "name", "code": ("codename", "name")}


@pytest.mark.parametrize(("asked", "number"), [("3", 3), ("x", 1), ("0", 10), ("99", 10), (None, 1)])
def test_a_page_that_is_not_there_gives_the_nearest(asked, number):
    request = get("/", {"page": asked} if asked else {})

    assert page_of(request, range(500)).number == number


def test_a_page_never_holds_more_than_a_hundred():
    assert len(page_of(get("/"), range(500), per_page=1000)) == 100


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ("name", "name ASC"),
        ("-name", "name DESC"),
        ("password", "codename ASC"),
        ("-", "codename ASC"),
        ("", "codename ASC"),
    ],
)
def test_a_list_is_sorted_only_by_names_of_its_table(asked, order):
    request = get("/", {"sort": asked})

    sql = str(tables.sorted_by(request, Permission.objects.all(), SORTS, "code").query).replace('"', "")

    assert order in sql.split("ORDER BY")[1].split(",")[0]
    assert sql.endswith("auth_permission.id ASC")


def test_a_header_says_which_way_it_sorts_and_asks_for_the_other():
    request = get("/", {"sort": "-name", "view": "all", "page": "3"})
    tables.sorted_by(request, Permission.objects.all(), SORTS, "code")
    template = engines["django"].from_string(
        '{% include "components/sort_header.html" with name="name" label="Name" only %}'
        '{% include "components/sort_header.html" with name="code" label="Code" numeric=True only %}'
    )

    html = template.render({}, request)

    assert 'aria-sort="descending"><a class="app-table__sort" href="?sort=name&amp;view=all">Name</a>' in html
    assert 'class="app-table__num"><a class="app-table__sort" href="?sort=code&amp;view=all">Code</a>' in html


def test_a_file_holds_no_formula():
    rows = [["=1+1", "+44 20", "-5", "@x", "\tx", "\rx", "plain", -5, None, True]]

    answer = tables.csv_response("Bids 2027/28.csv", ["=a"], rows)

    written = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert written == [["'=a"], ["'=1+1", "'+44 20", "'-5", "'@x", "'\tx", "'\rx", "plain", "-5", "", "yes"]]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Bids-2027-28.csv"'
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_a_strangers_page_shows_what_is_meant_for_strangers_and_costs_no_query():
    request = get("/")
    request.user = AnonymousUser()

    with queries(at_most=0):
        found = context.page(request)
        html = engines["django"].from_string('{% extends "layouts/page.html" %}').render({}, request)

    shown = {entry.label for entry in found["menu"]}
    assert shown == {entry.label for entry in menu.entries() if entry.strangers}
    assert "Sign in" in html and all(label in html for label in shown)


def test_the_entry_under_which_a_page_lies_is_current():
    entries = [("Home", "/home/"), ("Bids", "/rounds/"), ("This round", "/rounds/7/")]

    def shown(path):
        return [e.label for e in menu.mark(get(path), entries) if e.current]

    assert shown("/rounds/7/queue") == ["This round"]
    assert shown("/rounds/") == ["Bids"]
    assert shown("/rounds-of-golf/") == []


def test_only_entries_meant_for_a_person_are_shown(monkeypatch):
    class Person:
        is_authenticated = True

    monkeypatch.setattr(menu, "_ENTRIES", {})
    menu.register(menu.MenuEntry("Robots", "ui:robots", lambda user, thing: True, 20))
    menu.register(menu.MenuEntry("Alive", "ui:healthz", lambda user, thing: True, 10))
    menu.register(menu.MenuEntry("Ready", "ui:readyz", lambda user, thing: False, 5, strangers=True))

    assert [(e.label, e.current) for e in menu.shown_to(Person(), get("/robots.txt"))] == [
        ("Alive", False),
        ("Robots", True),
    ]
    assert [e.label for e in menu.shown_to(AnonymousUser(), get("/"))] == ["Ready"]


def test_a_page_that_belongs_to_an_entry_by_its_path_marks_it(monkeypatch):
    monkeypatch.setattr(menu, "_ENTRIES", {})
    menu.register(menu.MenuEntry("Bids", "ui:robots", bool, 20, under=("/rounds/", "/bids/"), strangers=True))

    def current(path):
        return [e.current for e in menu.shown_to(AnonymousUser(), get(path))]

    assert current("/bids/7/") == current("/robots.txt") == [True]
    assert current("/hubs/") == [False]


def test_bars_are_lengths_of_the_longest_and_are_said_in_words():
    html = plots.bars("This <round>", [("Started", 44), ("Offered", 11, "sun")], key="k", left=40, span=50)

    assert "This &lt;round&gt;" in html and "<desc" in html and "Started: 44; Offered: 11." in html
    assert 'width="50.0%"' in html and 'width="12.5%"' in html and "app-chart__bar--sun" in html
    assert "style=" not in html


def test_many_bars_are_summed_up():
    assert plots.describe([(str(n), n) for n in range(40)], "schools") == (
        "40 bars. Most: 39, 39 schools. Least: 0, 0 schools. The table has every number."
    )


def test_no_bars_and_bars_of_nothing_are_drawn_too():
    assert "No rows." in plots.bars("Empty", [])
    assert 'width="0.0%"' in plots.bars("Nothing", [("a", 0)])


def test_a_map_draws_each_area_once_and_closes_in_on_a_frame():
    file = Path(__file__).parent / "squares.geojson"
    paths = maps.shapes(file, "gss_code")

    html = maps.draw("Hubs", paths, [maps.Area("A", "North <1>", "3", "4 hubs", "/n")], frame=["A"])

    assert html.count("<path") == 3
    assert "North &lt;1&gt;: 4 hubs" in html and 'href="/n"' in html
    assert 'viewBox="381 581 158 158"' in html
    assert paths["A"] == "M400 720l120 0 0 -120 -120 0 0 120z"


def test_dots_outside_the_drawing_are_left_out():
    assert maps.dots([(300_000, 300_000), (0, 0), (300_000, 1_200_000)]) == "M440 720h0"


def test_what_browsers_load_is_what_the_sources_give():
    assert assets.KEPT.read_text().strip() == assets.sources_hash(), "run `make assets` and commit static/"


def test_nothing_is_drawn_from_another_place():
    css = (assets.ROOT / "static" / "css" / "portal.css").read_text()

    assert re.findall(r"url\(['\"]?[a-z]+:[^)]*\)", css) == []
    assert "sourceMappingURL" not in css
