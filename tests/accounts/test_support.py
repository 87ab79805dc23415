"""The support site: behind one door, for looking only."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from core.support import HIDDEN, ReadOnlyAdmin, site
from tests.factories.accounts import UserFactory
from tests.factories.applications import ExpressionOfInterestFactory

ROOMS = {
    "audit",
    "links",
    "notifications",
    "documents",
    "signing",
    "accounts",
    "schools",
    "hubs",
    "programmes",
    "applications",
}


@pytest.fixture
def support(db) -> Client:
    client = Client()
    client.force_login(UserFactory(is_staff=True))
    return client


def test_everything_registered_is_read_only():
    assert all(isinstance(model_admin, ReadOnlyAdmin) for model_admin in site._registry.values())
    assert {model._meta.app_label for model in site._registry} == ROOMS


@pytest.mark.django_db
def test_a_stranger_is_sent_to_sign_in_by_code_and_others_are_refused(client):
    assert client.get("/admin/")["Location"] == "/sign-in?next=/admin/"
    assert client.get("/admin/login/")["Location"].startswith("/sign-in?next=/admin/login/")

    client.force_login(UserFactory())

    assert client.get("/admin/").status_code == 403


@pytest.mark.parametrize("model", sorted(site._registry, key=lambda m: m._meta.label))
def test_every_list_opens(support, model):
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")

    assert support.get(f"{url}?q=a").status_code == 200


def test_a_form_can_be_looked_at_and_not_changed(support):
    eoi = ExpressionOfInterestFactory()
    one, add = (
        reverse(f"admin:applications_expressionofinterest_{page}", args=args)
        for page, args in (("change", [eoi.pk]), ("add", []))
    )

    hub = reverse("admin:hubs_hub_change", args=[eoi.round.hub_id])
    assert eoi.round.hub.name in support.get(hub).content.decode()
    assert eoi.reference in support.get(one).content.decode()
    assert support.post(one, {"state": "accepted"}).status_code == 403
    assert support.get(add).status_code == 403
    assert support.post(reverse("admin:applications_expressionofinterest_delete", args=[eoi.pk])).status_code == 403
    eoi.refresh_from_db()
    assert eoi.state == "draft"


def test_what_is_secret_is_hidden_wherever_it_stands(rf):
    request = rf.get("/")
    request.user = UserFactory.build(is_staff=True)
    for model, model_admin in site._registry.items():
        shown = set(model_admin.get_fields(request))
        assert not shown & set(HIDDEN), model


def test_secret_columns_are_known_by_their_names():
    """A new column that holds a secret is named like the others, or HIDDEN learns its name."""
    marks = ("secret", "token", "encrypted", "trn_hash", "password", "session_key")
    columns = {f.name for m in apps.get_models() if m in site._registry for f in m._meta.concrete_fields}

    assert {c for c in columns if any(mark in c for mark in marks)} <= set(HIDDEN)
