"""Every page of a form and of signing, narrow and wide: axe finds nothing, and the console is silent."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from applications import documents
from applications.models import Answer, Nominee
from applications.services import drafts, sending
from core.documents import jobs
from core.documents.services import content
from core.notifications.models import Message
from core.secrets import decrypt
from core.signing.models import SignatureRequest
from tests.clock import NOW
from tests.factories.accounts import UserFactory
from tests.factories.applications import ExpressionOfInterestFactory, RoundFactory, offer, sign
from tests.factories.schools import SchoolFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("PORTAL_SHOTS", "")
WIDTHS = (360, 1280)


@pytest.fixture
def look(axe) -> Callable:
    """axe and the console at both widths; with PORTAL_SHOTS a picture of each."""

    def run(page, name):
        page.wait_for_load_state()  # after a click the page may be half read
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if SHOTS:
                page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} scrolls sideways at {width}"
            assert axe(page) == [], name
        # A page that says what is wrong comes with 422, which the console repeats.
        assert [problem for problem in page.problems if "422" not in problem] == []

    return run


def sign_in(page, live_server, user):
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])


def _make_documents() -> int:
    try:
        return jobs.make_waiting()
    finally:
        connection.close()


def go(page, name, *args):
    page.goto(reverse(f"applications:{name}", args=args))


def test_pages_of_a_draft(page, live_server, look):
    user = UserFactory(name="Amira Khan", email="a.khan@larkhill.gloucs.example")
    sign_in(page, live_server, user)
    round_ = RoundFactory()
    page.goto(f"{reverse('applications:begin')}?urn={SchoolFactory().urn}&edition={round_.edition_id}")
    look(page, "begin")
    eoi = ExpressionOfInterestFactory(round=round_, begun_by=user, school=SchoolFactory(name="Maidenhill School"))
    go(page, "own_forms")
    look(page, "list")
    go(page, "task_list", eoi.pk)
    look(page, "tasks")
    for slug in ("school", "people", "lead-1", "worked-before", "statement", "heard"):
        go(page, "page", eoi.pk, slug)
        look(page, f"page-{slug}")
    go(page, "check_answers", eoi.pk)
    look(page, "check")
    Nominee.objects.filter(eoi=eoi, position="lead_1").update(senior=False)
    Nominee.objects.filter(eoi=eoi, position="lead_2").update(role_code="", role="", email="tom@gmail.com")
    Answer.objects.filter(eoi=eoi, code="statement").update(text="We want every pupil to understand. " * 12)
    go(page, "task_list", eoi.pk)
    look(page, "tasks-unfinished")
    go(page, "check_answers", eoi.pk)
    look(page, "check-unfinished")
    go(page, "page", eoi.pk, "lead-2")
    with page.expect_navigation():
        page.get_by_role("button", name="Save and continue").click()
    look(page, "page-lead-2-errors")
    go(page, "page", eoi.pk, "people")
    page.get_by_label("Full name").first.fill("Helena Carter")
    drafts.save_page(
        eoi_id=eoi.pk, page="people", seen=9, by=UserFactory(name="Jo Marsh"), now=NOW,
        nominees={"head": {"name": "Ellen Carter"}},
    )  # fmt: skip
    with page.expect_navigation():
        page.get_by_role("button", name="Save and continue").click()
    look(page, "page-conflict")
    go(page, "withdraw", eoi.pk)
    look(page, "withdraw")


def test_pages_of_signing(page, new_page, live_server, look):
    user = UserFactory(name="Sam Osei", email="s.osei@larkhill.gloucs.example")
    sign_in(page, live_server, user)
    eoi = ExpressionOfInterestFactory(begun_by=user, school=SchoolFactory(name="Maidenhill School"))
    sending.send_for_signature(eoi_id=eoi.pk, by=user, now=NOW)
    sign(eoi, by=["head_of_department"])
    phone = new_page()
    for role in ("head", "lead"):
        request = next(r for r in SignatureRequest.objects.filter(state="asked") if role in r.roles)
        message = Message.objects.get(kind="applications.please_sign", to_email=request.email)
        phone.goto(decrypt(message.secret).replace("http://127.0.0.1:8000", live_server.url))
        look(phone, f"continue-{role}")
        with phone.expect_navigation():
            phone.get_by_role("button", name="Continue").click()
        look(phone, f"sign-{role}")
        with phone.expect_navigation():
            phone.get_by_role("button", name="Sign for").click()
        look(phone, f"sign-{role}-errors")
        if role == "lead":
            with phone.expect_navigation():
                phone.get_by_role("link", name="No, with a reason").click()
            look(phone, "sign-no")
            phone.get_by_label("Why do you say no?").fill("I am not timetabled to teach maths next year.")
            with phone.expect_navigation():
                phone.get_by_role("button", name="Say no").click()
            look(phone, "sign-refused")
            continue
        phone.get_by_label("Type your full name").fill("Helen Carter")
        phone.get_by_label("I am the headteacher").check()
        with phone.expect_navigation():
            phone.get_by_role("button", name="Sign for").click()
        look(phone, "sign-receipt")
    go(page, "task_list", eoi.pk)
    look(page, "status-no")


def test_pages_of_a_form_that_is_signed(page, live_server, look, settings, tmp_path):
    settings.STORAGE_DIR = tmp_path
    user = UserFactory(name="Sam Osei", email="s.osei@larkhill.gloucs.example")
    sign_in(page, live_server, user)
    eoi = ExpressionOfInterestFactory(begun_by=user, school=SchoolFactory(name="Maidenhill School"), submitted=True)
    jobs.want(kind=documents.COMMITMENT, subject_id=eoi.pk, key="x", now=NOW)
    with ThreadPoolExecutor() as elsewhere:  # the browser keeps a loop in this thread, and the seal needs its own
        assert elsewhere.submit(_make_documents).result() == 1
    if SHOTS:
        (Path(SHOTS) / "commitment.pdf").write_bytes(content(documents.latest(eoi)))
    go(page, "task_list", eoi.pk)
    look(page, "status-submitted")
    offer(eoi)
    go(page, "task_list", eoi.pk)
    look(page, "status-offered")


def test_what_an_answer_asks_besides_unfolds_with_it_and_stands_there_without_scripts(page, new_page, live_server):
    eoi = ExpressionOfInterestFactory(school=SchoolFactory(name="Maidenhill School"))
    plain = new_page(java_script_enabled=False)
    for each in (page, plain):
        sign_in(each, live_server, eoi.begun_by)
        go(each, "page", eoi.pk, "school")
    address = page.get_by_label("Your address, where it differs")

    page.wait_for_selector("html[data-ready]")
    folded = address.is_hidden()
    page.get_by_label("No, ours differs").check()
    address.fill("Larkhill Lane 2")
    page.get_by_label("Yes, this is our address").check()

    assert folded
    assert address.is_hidden()
    assert plain.get_by_label("Your address, where it differs").is_visible()
