"""Foreign keys obey the arrow of the rooms: string names escape an import checker, so the models are walked."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.test.utils import isolate_apps

from tests.architecture.ground import ROOMS, room_of


def room(model: Any) -> str:
    return room_of(apps.get_app_config(model._meta.app_label).name)


def wrong_arrows(of: Iterable[Any]) -> list[str]:
    """Fields that point to a higher room, that tie core to a person's model by name, or that a lower room can see."""
    found = []
    for model in of:
        own = room(model)
        if own not in ROOMS:
            continue
        for field in model._meta.get_fields():
            if not field.is_relation or not getattr(field, "concrete", False) or field.related_model is None:
                continue
            there = room(field.related_model)
            if there not in ROOMS or there == own:
                continue
            name = f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
            if own == "core" and field.related_model._meta.label == settings.AUTH_USER_MODEL:
                pass  # the one thing that core knows of people: settings name the model
            elif ROOMS.index(there) > ROOMS.index(own):
                found.append(f"{name}: the arrow points up")
            if not field.remote_field.hidden:
                found.append(f'{name}: related_name is not "+"')
    return found


def test_foreign_keys_point_down_and_are_not_seen_from_below():
    assert wrong_arrows(apps.get_models()) == []


@isolate_apps("schools", "hubs")
def test_a_planted_foreign_key_against_the_arrow_is_found():
    class Planted(models.Model):
        hub = models.ForeignKey("hubs.Hub", models.PROTECT, related_name="+")

        class Meta:
            app_label = "schools"

    class Hub(models.Model):
        class Meta:
            app_label = "hubs"

    assert wrong_arrows([Planted]) == ["schools.Planted.hub -> hubs.Hub: the arrow points up"]


@isolate_apps("schools", "hubs")
def test_a_planted_foreign_key_that_shows_below_is_found():
    class School(models.Model):
        class Meta:
            app_label = "schools"

    class Planted(models.Model):
        school = models.ForeignKey("schools.School", models.PROTECT, related_name="planted")

        class Meta:
            app_label = "hubs"

    assert wrong_arrows([Planted]) == ['hubs.Planted.school -> schools.School: related_name is not "+"']


@isolate_apps("core.links", "accounts")
def test_core_knows_no_model_of_accounts_but_the_one_settings_name():
    class Badge(models.Model):
        class Meta:
            app_label = "accounts"

    class Planted(models.Model):
        badge = models.ForeignKey("accounts.Badge", models.PROTECT, related_name="+")

        class Meta:
            app_label = "links"

    assert wrong_arrows([Planted]) == ["links.Planted.badge -> accounts.Badge: the arrow points up"]
