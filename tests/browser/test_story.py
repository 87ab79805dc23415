"""The whole road in a real browser, with a real worker and real mail: from the start page to a place on the roll.

Once with scripts, where axe looks at every page that anybody comes to, and once without.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from applications.models import ExpressionOfInterest
from applications.states import State
from core.notifications import bell
from programmes.models import Enrolment
from tests import smtp
from tests.factories.applications import STATEMENT, RoundFactory
from tests.factories.hubs import HubMembershipFactory
from tests.factories.schools import RegisterImportFactory, SchoolFactory
from tests.processes import child

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
CELERY = ("-m", "celery", "-A", "hubportal.celery")
WAIT = 60.0
LINK = re.compile(r"https?://\S+/l/\S+")
CODE = re.compile(r"\b\d{6}\b")


@pytest.fixture
def mail(settings: Any, live_server: Any) -> Iterator[smtp.Server]:
    """A mail server, a worker and a scheduler, as the demo has them."""
    settings.SITE_URL = live_server.url
    bell._bell = bell._Bell()
    worker = (*CELERY, "worker", "--pool=solo", "-l", "WARNING", "--without-mingle", "--without-gossip")
    with (
        smtp.serving() as server,
        child(*worker, mail_server=server, SITE_URL=live_server.url),
        child(*CELERY, "beat", "-l", "WARNING", "--pidfile=", "-s", f"{settings.VAR_DIR}/beat-{server.port}"),
    ):
        yield server


def _newest(server: smtp.Server, address: str, subject: str, *, after: int = 0) -> EmailMessage:
    """The newest mail to an address whose subject has these words, once there are more than `after`; waited for."""
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        found = [each for each in server.to(address) if subject in str(each["Subject"])]
        if len(found) > after:
            return found[-1]
        time.sleep(0.1)
    raise AssertionError(
        f"No mail to {address} about {subject!r} among {[(str(m['To']), str(m['Subject'])) for m in server.taken]}"
    )


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def _found(pattern: re.Pattern[str], message: EmailMessage) -> str:
    found = pattern.search(_text(message))
    assert found, _text(message)
    return found.group(0)


def _pdf(message: EmailMessage) -> bytes:
    for part in message.iter_attachments():
        if part.get_content_type() == "application/pdf":
            content = part.get_content()
            assert isinstance(content, bytes)
            return content
    raise AssertionError(f"{message['Subject']} brings no PDF")


class Person:
    """Somebody at a browser of their own; every page they come to is looked at."""

    def __init__(self, page: Page, axe: Callable | None) -> None:
        self.page, self.axe = page, axe

    def look(self) -> None:
        if self.axe is None:  # without scripts there is nothing that axe could run in
            return
        assert self.axe(self.page) == [], self.page.url
        width = self.page.viewport_size["width"]  # type: ignore[index]
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width, self.page.url

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.look()

    def press(self, name: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()
        self.look()

    def follow(self, name: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).first.click()
        self.look()

    def fill(self, label: str, value: str, number: int = 0) -> None:
        self.page.get_by_label(label).nth(number).fill(value)

    def choose(self, label: str) -> None:
        self.page.get_by_label(label, exact=True).check()

    def sees(self, words: str) -> None:
        expect(self.page.locator("main")).to_contain_text(words)

    def sign_in(self, mail: smtp.Server, address: str) -> None:
        self.fill("E-mail address", address)
        before = len(mail.to(address))
        self.press("Send me a code")
        self.fill("code", _found(CODE, _newest(mail, address, "", after=before)))
        self.press("Sign in")

    def finds_the_school(self) -> None:
        """From the start page to the answer of the checker, with or without the list that scripts unfold."""
        self.open("/")
        self.page.get_by_label("Which school are you from?").fill("maidenhill")
        if self.axe:
            self.page.get_by_role("option", name=re.compile("Maidenhill School")).click()
        else:
            self.press("Check your school")
            self.follow("Maidenhill School")
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("Maidenhill School")
        self.look()

    def fills_in_the_form(self) -> None:
        """Part by part, as *Save and continue* leads."""
        self.follow("School and hub")
        self.choose("Yes, this is our address")
        self.press("Save and continue")
        for number, (post, name, address) in enumerate(
            [("Headteacher", "Helen Carter", "h.carter"), ("Head of department", "Sam Osei", "sam.osei")]
        ):
            self.choose(post)
            self.fill("Full name", name, number)
            self.fill("E-mail address", f"{address}@maidenhill.example", number)
        self.press("Save and continue")
        for name, address, role, senior in (
            ("Amira Khan", "a.khan", "Key Stage 3 lead", "Yes"),
            ("Tom Ellis", "t.ellis", "Teacher of maths", "No"),
        ):
            self.fill("Full name", name)
            self.fill("E-mail address", f"{address}@maidenhill.example")
            self.choose(role)
            group = self.page.get_by_role("group", name=re.compile("Are they experienced"))
            group.get_by_label(senior, exact=True).check()
            self.press("Save and continue")
        self.choose("No")
        self.press("Save and continue")
        self.page.locator("textarea").first.fill(STATEMENT)
        self.press("Save and continue")
        self.press("Save and continue")  # how it was heard of may be left out, and is not passed by


@pytest.mark.parametrize(
    "script",
    [pytest.param(True, id="with scripts"), pytest.param(False, id="without scripts", marks=pytest.mark.long)],
)
def test_a_school_finds_itself_applies_signs_is_chosen_and_is_on_the_roll(
    script: bool, new_page: Callable[..., Page], axe: Callable, mail: smtp.Server, tmp_path: Path
) -> None:
    RegisterImportFactory()
    school = SchoolFactory(name="Maidenhill School", town="Stonehouse", telephone="01453 822469")
    round_ = RoundFactory()
    lead = HubMembershipFactory(hub=round_.hub, user__email="priya.nair@glow.example", user__name="Priya Nair").user
    everybody: list[Person] = []

    def person(**options: Any) -> Person:
        everybody.append(Person(new_page(java_script_enabled=script, **options), axe if script else None))
        return everybody[-1]

    # The school: from the start page to sent for signature.
    sam = person()
    sam.finds_the_school()
    sam.press("Start an expression of interest")
    sam.sign_in(mail, "sam.osei@maidenhill.example")
    sam.fill("Your full name", "Sam Osei")
    sam.press("Save and go on")
    sam.press("Begin the form")
    sam.fills_in_the_form()
    sam.follow("Check your answers")
    sam.press("Send for signature")

    # Sam is head of department and signs on the spot; the others sign on their phones, from the mail.
    sam.fill("Type your full name", "Sam Osei")
    sam.page.get_by_role("checkbox", name=re.compile("^I ")).last.check()
    sam.press("Sign for Maidenhill School")
    for name, address in (("Helen Carter", "h.carter"), ("Amira Khan", "a.khan"), ("Tom Ellis", "t.ellis")):
        phone = person(**PHONE)
        phone.open(_found(LINK, _newest(mail, f"{address}@maidenhill.example", "sign")))
        phone.press("Continue")
        phone.fill("Type your full name", name)
        if name != "Helen Carter":
            phone.page.get_by_label("If you leave the number out, why?").select_option(label="I do not know it")
            phone.choose("Year 8")
        phone.page.get_by_role("checkbox", name=re.compile("^I ")).last.check()
        phone.press("Sign for Maidenhill School")
        phone.sees("signed")
    eoi = ExpressionOfInterest.objects.get()
    assert eoi.state == State.SUBMITTED

    # Each of the four gets the sealed commitment, and the portal knows it again; a changed copy it does not.
    copies = {
        _pdf(_newest(mail, f"{who}@maidenhill.example", "Signed by everyone"))
        for who in ("sam.osei", "h.carter", "a.khan", "t.ellis")
    }
    assert len(copies) == 1
    sealed = copies.pop()
    for name, data, answer in (
        ("sealed.pdf", sealed, "This document is genuine"),
        ("changed.pdf", sealed[:-40] + bytes([sealed[-40] ^ 1]) + sealed[-39:], "altered"),
    ):
        (tmp_path / name).write_bytes(data)
        anybody = person()
        anybody.open("/verify")
        anybody.page.get_by_label("The PDF you were sent").set_input_files(tmp_path / name)
        anybody.press("Check this file")
        anybody.sees(answer)

    # The hub lead decides.
    priya = person()
    priya.open(f"/rounds/{round_.pk}/")
    priya.sign_in(mail, lead.email)
    priya.follow("Maidenhill School")
    priya.press("Offer a place")
    priya.press("Read the letters")
    priya.press("Send the offer")
    priya.sees("Place offered")

    # The head accepts on a phone.
    phone = person(**PHONE)
    phone.open(_found(LINK, _newest(mail, "h.carter@maidenhill.example", "A place for Maidenhill School")))
    phone.press("Continue")
    phone.choose("Yes, our school takes up the place")
    phone.fill("Type your full name", "Helen Carter")
    phone.press("Send the answer")
    phone.sees("The place is accepted")

    enrolment = Enrolment.objects.get()
    assert (enrolment.school, enrolment.eoi_id) == (school, eoi.pk)
    assert sorted(a.teacher.name for a in enrolment.advocates.all()) == ["Amira Khan", "Tom Ellis"]
    _newest(mail, "a.khan@maidenhill.example", "has its place")
    for each in everybody:
        assert each.page.problems == []  # type: ignore[attr-defined]
