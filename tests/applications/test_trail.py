"""The history of a form on the hub's page: every step in words, and who took it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from applications.models import ExpressionOfInterest
from applications.services import deciding, drafts, sending
from applications.states import Action
from applications.views.bid import asked_of, trail_of
from applications.wording import EVENT_WORDS
from core.audit.log import record
from core.signing.models import SignatureRequest
from tests.clock import NOW
from tests.factories.applications import ExpressionOfInterestFactory, a_lead_of


def recorded_codes() -> set[str]:
    """Every code that the room writes into the trail of a form, read from its source."""
    found = {f"eoi.{action.value}" for action in Action}  # moving.move() makes these of the action
    for path in (Path(settings.BASE_DIR) / "applications").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record" and node.args:
                code = node.args[0]
                if isinstance(code, ast.Constant):
                    found.add(str(code.value))
                else:
                    assert path.name == "moving.py", f"{path}: a code that this test cannot read"
    return {code for code in found if code.startswith("eoi.")}


def test_every_code_that_is_recorded_of_a_form_has_words_and_no_words_are_left_over() -> None:
    recorded = recorded_codes()

    assert {"eoi.saved", "eoi.own_details_added", "eoi.all_signed", "eoi.noted"} <= recorded
    assert set(EVENT_WORDS) == recorded


@pytest.mark.django_db
def test_every_step_reads_as_a_sentence() -> None:
    eoi = ExpressionOfInterestFactory()
    for code in sorted(recorded_codes()):
        record(code, eoi, at=NOW, note="lead-2")

    said = [step["text"] for step in trail_of(eoi, [])]

    assert [text for text in said if "eoi." in text or "_" in text or "{" in text] == []


@pytest.fixture
def eoi() -> ExpressionOfInterest:
    """A form that was sent by the service, whose head of department has signed and whose second advocate said no."""
    form = ExpressionOfInterestFactory()
    sending.send_for_signature(eoi_id=form.pk, by=form.begun_by, now=NOW)
    asked = {request.name: request for request in SignatureRequest.objects.filter(subject_id=form.pk)}
    sending.sign(
        request_id=asked["Jo Marsh"].pk, typed_name="Jo Marsh", roles={"head_of_department"}, statement="I sign.",
        grade="B", address="192.0.2.7", browser="Phone", link_id=None, now=NOW,
    )  # fmt: skip
    sending.sign(
        request_id=asked["Amira Khan"].pk, typed_name="Amira Khan", roles={"lead"}, statement="I sign.",
        grade="B", address="192.0.2.7", browser="Phone", link_id=None, now=NOW,
        own=sending.OwnDetails(trn_reason="none_yet", year_groups=["Y7"]),
    )  # fmt: skip
    sending.refuse_to_sign(request_id=asked["Tom Ellis"].pk, reason="I leave at Easter.", link_id=None, now=NOW)
    form.refresh_from_db()
    return form


@pytest.mark.django_db
def test_signing_and_saying_no_name_the_person(eoi: ExpressionOfInterest) -> None:
    said = [step["text"] for step in trail_of(eoi, asked_of(eoi))]

    assert said == [
        f"Sent for signature, by {eoi.begun_by}.",
        "Jo Marsh signed.",
        "Amira Khan added their own details.",
        "Amira Khan signed.",
        "Tom Ellis said no: “I leave at Easter.”",
    ]


@pytest.mark.django_db
def test_who_is_no_longer_asked_is_named_all_the_same(eoi: ExpressionOfInterest) -> None:
    SignatureRequest.objects.filter(name="Tom Ellis").update(state="ended")

    said = [step["text"] for step in trail_of(eoi, asked_of(eoi))]

    assert said[-1] == "Tom Ellis said no: “I leave at Easter.”"


@pytest.mark.django_db
def test_saving_names_the_page_and_a_decision_its_terms() -> None:
    draft = ExpressionOfInterestFactory()
    drafts.save_page(
        eoi_id=draft.pk, page="lead-2", seen=0, by=draft.begun_by, now=NOW, nominees={"lead_2": {"name": "Una Ray"}}
    )
    sent = ExpressionOfInterestFactory(signing=True)
    deciding.offer(eoi_id=sent.pk, by=a_lead_of(sent), now=NOW)

    saved = trail_of(draft, [])[-1]["text"]
    offered = trail_of(sent, [])[-1]["text"]

    assert saved == f"Form changed: second Mastery Advocate, by {draft.begun_by}."
    assert offered == f"Place offered on condition of the missing signatures, by {a_lead_of(sent)}."


@pytest.mark.django_db
def test_the_page_of_the_bid_prints_no_code(client: Client, eoi: ExpressionOfInterest) -> None:
    client.force_login(a_lead_of(eoi))

    page = client.get(reverse("applications:bid", args=[eoi.pk])).content.decode()

    assert "Jo Marsh signed." in page
    assert "eoi." not in page.replace(f"s{eoi.school_id}.example", "")
