"""The permission table, run in full: every address, every actor, own and other hub, GET and POST (security 1.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse

from applications.models import Round
from core import doors
from hubportal import urls as portal
from hubportal.permissions import Row, table
from tests.architecture import sample_world
from tests.architecture.sample_world import (
    HUB_PEOPLE,
    MAY,
    OTHERS,
    PEOPLE,
    SAMPLES,
    SCHOOL_PEOPLE,
    SEES,
    SEES_THE_OTHERS,
    Sample,
    Side,
    World,
)

ANONYMOUS, HOLDER, OTHER_HOLDER = "anonymous", "signatory", "signatory of another school"
SIGN_IN, IN, NO_METHOD, REFUSED, NOTHING, DEAD_LINK = (
    "sign in",
    "in",
    "no such method",
    "refused",
    "nothing",
    "dead link",
)
METHODS = ("GET", "POST")


def rows() -> list[Row]:
    return [row for row in table() if row.door and row.door.kind != "library"]


def actors_at(door: doors.Door, among: Iterable[str]) -> list[str]:
    """Whom to send: to a public door a stranger and two others, to every other door everybody."""
    if door.kind == "public":
        return [who for who in among if who in (ANONYMOUS, "newcomer", "lead")]
    if door.kind == "link":
        return [who for who in among if who in (ANONYMOUS, HOLDER, OTHER_HOLDER, "lead", "beginner", "head")]
    return list(among)


def expected(door: doors.Door, sample: Sample, who: str, *, own: bool, method: str) -> str:
    """What the door, and the two tables of the sample world, say must happen."""
    if method not in door.methods:
        return NO_METHOD
    if door.kind == "public":
        return IN
    if door.kind == "link":
        return IN if who == (HOLDER if own else OTHER_HOLDER) else DEAD_LINK
    if who in (ANONYMOUS, HOLDER, OTHER_HOLDER):
        return SIGN_IN
    sees = SEES if own else SEES_THE_OTHERS
    if sample.thing and who not in sees.get(sample.thing, ()):
        return NOTHING
    return IN if who in MAY[door.permission] else REFUSED


def outcome(response: HttpResponse, door: doors.Door, sample: Sample) -> str:
    """What did happen, in the same words."""
    if response.status_code == 405:
        return NO_METHOD
    if response.status_code >= 500:
        return f"{response.status_code}"
    if response.status_code == 403:
        return REFUSED
    if door.kind == "public":
        return IN
    if response.status_code == 410:
        return DEAD_LINK
    if response.status_code == 404:
        return IN if sample.settled else NOTHING
    if response.status_code == 302 and response["Location"].startswith("/sign-in"):
        return SIGN_IN
    return IN


def ask(client: Client, method: str, url: str) -> HttpResponse:
    """Ask, and undo what was done: the next actor finds the world as it was."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        response = client.get(url) if method == "GET" else client.post(url)
        if hasattr(response, "streaming_content"):
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    client.cookies = cookies  # signing out takes the browser's cookie too
    return response


def plain(response: HttpResponse) -> str:
    """A page without what is new each time: its request's number and its form's token."""
    text = re.sub(r"[0-9a-f]{32}", "NUMBER", response.content.decode())
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "TOKEN", text)


def client_of(world: World, who: str) -> Client:
    if who == ANONYMOUS:
        return Client()
    if who in (HOLDER, OTHER_HOLDER):
        return world.holder(world.own if who == HOLDER else world.other)
    return world.client(who)


def faults(
    world: World, among: Iterable[str], asked: Iterable[Row], samples: dict[str, Any] | None = None
) -> Iterator[str]:
    """Every cell of the matrix where what happens is not what was declared."""
    among = list(among)
    clients = {who: client_of(world, who) for who in among}
    for row in asked:
        door = row.door
        assert door is not None
        first = next(method for method in METHODS if method in door.methods)
        for sample in (samples or SAMPLES)[row.name]:
            sides: list[tuple[bool, Side]] = [(True, world.own)]
            if sample.thing:
                sides.append((False, world.other))
            for who in actors_at(door, among):
                for own, side in sides:
                    for method in METHODS:
                        if method not in door.methods and who != among[0]:
                            continue  # a door asks for the method before it asks who is there: once is enough
                        url = sample.url(row.name, world, side, who)
                        response = ask(clients[who], method, url)
                        wanted = expected(door, sample, who, own=own, method=method)
                        found = outcome(response, door, sample)
                        where = "own" if own else "other"
                        if sample.settled and wanted == NOTHING:
                            found = found if response.status_code != 404 else NOTHING
                        if found != wanted:
                            cell = f"{method} {row.name} ({sample.thing or 'page'}, {where}) as {who}"
                            yield f"{cell}: {found}, not {wanted}"
                        elif found == NOTHING and not own and method == first:
                            nothing = ask(clients[who], method, sample.url_of_nothing(row.name, world, side, who))
                            if plain(nothing) != plain(response):
                                yield f"{method} {row.name} ({where}) as {who} tells hidden from missing"


def test_every_address_has_a_sample_and_every_permission_its_people():
    assert {row.name for row in rows()} - set(SAMPLES) == set(), (
        "say in tests/architecture/sample_world.py how to ask for it"
    )
    assert set(SAMPLES) - {row.name for row in rows()} == set()
    assert set(doors.permissions()) == set(MAY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "among",
    [HUB_PEOPLE[:2], HUB_PEOPLE[2:], SCHOOL_PEOPLE, OTHERS, (ANONYMOUS, HOLDER, OTHER_HOLDER)],
    ids=["who runs a hub", "who works for a hub", "school people", "others", "nobody signed in"],
)
def test_what_happens_is_what_is_declared(among):
    assert list(faults(sample_world.build(), among, rows())) == []


@pytest.mark.django_db
def test_the_whole_support_site_stands_behind_its_one_door():
    world = sample_world.build()
    lead, support, stranger = world.client("lead"), world.client("support"), Client()
    library = [row for row in table() if row.door and row.door.kind == "library"]
    assert {row.name.partition(":")[0] for row in library} == {"admin"}

    for row in library:
        url = "/" + re.sub(r"<[^>]*>", "1", re.sub(r"\^\(\?P<app_label>(\w+).*", r"\1/", row.path))
        assert ask(lead, "GET", url).status_code == 403, url
        assert ask(stranger, "POST", url)["Location"].startswith("/sign-in?next=/admin/"), url
    for method in METHODS:
        assert ask(lead, method, reverse("admin:index")).status_code == 403
        assert ask(stranger, method, reverse("admin:index")).status_code == 302
    assert support.get(reverse("admin:index")).status_code == 200


def unscoped(user: Any, round_id: UUID) -> Round:
    """A finder that forgot `visible_to`."""
    return Round.objects.get(pk=round_id)


@doors.requires("accounts.see_own_account", on=unscoped)
def planted_open(request: HttpRequest, round_: Round) -> HttpResponse:
    return HttpResponse(round_.hub.name)


@doors.requires("applications.see_queue", on=unscoped)
def planted_with_the_right_permission(request: HttpRequest, round_: Round) -> HttpResponse:
    return HttpResponse(round_.hub.name)


@doors.public("Nobody looked twice.")
def planted_public(request: HttpRequest, round_id: UUID) -> HttpResponse:
    return HttpResponse(Round.objects.get(pk=round_id).hub.name)


class PlantedUrls:
    urlpatterns = [
        *portal.urlpatterns,
        path("planted/<uuid:round_id>/open", planted_open, name="planted_open"),
        path("planted/<uuid:round_id>/right", planted_with_the_right_permission, name="planted_right"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("view", "name", "said"),
    [
        (planted_open, "planted_open", "GET planted_open (round, other) as lead: in, not nothing"),
        (
            planted_with_the_right_permission,
            "planted_right",
            "GET planted_right (round, other) as lead: refused, not nothing",
        ),
    ],
)
def test_a_planted_view_that_forgets_its_scope_is_caught(settings, view: Callable, name: str, said: str):
    settings.ROOT_URLCONF = PlantedUrls
    row = Row(name, name, view.door, "", view)
    samples = {name: (sample_world.one("round", "round_id", lambda side: side.round),)}

    assert said in list(faults(sample_world.build(), ["lead", "coordinator"], [row], samples))


def test_a_planted_public_view_is_no_surprise_to_who_reads_the_list():
    """Public views are caught by their list (test_doors.py): here, that the matrix knows no sample for a new one."""
    planted = [Row("planted", "planted", planted_public.door, "everybody", planted_public)]

    assert {row.name for row in planted} - set(SAMPLES) == {"planted"}


def test_the_people_of_the_tables_exist():
    named = {who for people in (*SEES.values(), *MAY.values()) for who in people}

    assert named <= set(PEOPLE)
