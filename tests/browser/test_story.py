"""The whole road in a real browser, with a real worker and real mail: from the start page to a place on the roll."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from applications.models import ExpressionOfInterest
from applications.states import State
from core.notifications import bell
from programmes.models import Enrolment
from tests import smtp
from tests.core.notifications.processes import child
from tests.factories.applications import RoundFactory
from tests.factories.hubs import HubMembershipFactory
from tests.factories.schools import SchoolFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
CELERY = ("-m", "celery", "-A", "hubportal.celery")
WAIT = 60.0


@pytest.fixture
def mail(settings: Any, live_server: Any) -> Iterator[smtp.Server]:
    """A mail server, a worker and a scheduler, as the demo has them."""
    settings.SITE_URL = live_server.url
    bell._bell.quiet_until = 0.0
    with (
        smtp.serving() as server,
        child(
            *CELERY, "worker", "--pool=solo", "-l", "WARNING", "--without-mingle", "--without-gossip",
            mail_server=server, SITE_URL=live_server.url,
        ),
        child(*CELERY, "beat", "-l", "WARNING", "--pidfile=", "-s", f"{settings.VAR_DIR}/beat-{server.port}"),
    ):  # fmt: skip
        yield server


def _mail_to(server: smtp.Server, address: str, subject: str) -> EmailMessage:
    """The newest mail to somebody whose subject has these words, waited for."""
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        found = [each for each in server.to(address) if subject in str(each["Subject"])]
        if found:
            return found[-1]
        time.sleep(0.2)
    seen = [(str(m["To"]), str(m["Subject"])) for m in server.taken]
    raise AssertionError(f"No mail to {address} about {subject!r}; there were {seen}")


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def _link(message: EmailMessage) -> str:
    found = re.search(r"https?://\S+/l/\S+", _text(message))
    assert found, _text(message)
    return found.group(0)


class Walk:
    """A person at a browser; every page they come to is looked at."""

    def __init__(self, page: Page, axe: Callable, *, script: bool) -> None:
        self.page, self.axe, self.script = page, axe, script

    def look(self) -> None:
        if self.script:
            assert self.axe(self.page) == [], self.page.url
            width = self.page.viewport_size["width"]  # type: ignore[index]
            assert self.page.evaluate("document.documentElement.scrollWidth") <= width, self.page.url

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()
        self.look()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()
        self.look()

    def fill(self, label: str, value: str) -> None:
        self.page.get_by_label(label).first.fill(value)

    def choose(self, label: str, *, group: str = "") -> None:
        where = self.page.get_by_role("group", name=group) if group else self.page
        where.get_by_label(label, exact=True).check()

    def sign_in(self, mail: smtp.Server, address: str) -> None:
        self.fill("E-mail address", address)
        before = len(mail.to(address))
        self.press("Send me a code")
        until = time.monotonic() + WAIT
        while len(mail.to(address)) <= before and time.monotonic() < until:
            time.sleep(0.1)
        code = re.search(r"\b\d{6}\b", _text(mail.to(address)[-1]))
        assert code
        self.page.get_by_label("code", exact=False).first.fill(code.group(0))
        self.press("Sign in")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_school_finds_itself_applies_signs_is_chosen_and_is_on_the_roll(
    script: bool, new_page: Callable[..., Page], axe: Callable, mail: smtp.Server, tmp_path: Any
) -> None:
    school = SchoolFactory(name="Maidenhill School", town="Stonehouse", telephone="01453 822469")
    round_ = RoundFactory()
    lead = HubMembershipFactory(hub=round_.hub, user__email="priya.nair@glow.example", user__name="Priya Nair").user

    # The school: from the start page to sent for signature.
    options = {} if script else {"java_script_enabled": False}
    sam = Walk(new_page(**options), axe, script=script)
    sam.page.goto("/")
    sam.look()
    sam.page.get_by_role("searchbox").or_(sam.page.get_by_role("combobox")).first.fill("maidenhill")
    sam.page.keyboard.press("Escape")
    sam.page.get_by_role("button", name="Check your school").click()
    if "/check/" not in sam.page.url:
        sam.follow("Maidenhill School")
    expect(sam.page.get_by_role("heading", level=1)).to_contain_text("Maidenhill School")
    sam.look()
    sam.page.get_by_role("button", name="Start an expression of interest").or_(
        sam.page.get_by_role("link", name="Start an expression of interest")
    ).first.click()
    sam.sign_in(mail, "sam.osei@maidenhill.example")
    if sam.page.get_by_label("Full name").count() and "/forms/" not in sam.page.url:
        sam.fill("Full name", "Sam Osei")
        sam.page.get_by_role("button").last.click()
    if sam.page.get_by_label("Your full name").count():
        sam.fill("Your full name", "Sam Osei")
    sam.press("Begin the form")
    sam.follow("School and hub")
    sam.choose("Yes, this is our address")
    if sam.page.get_by_role("group", name="Which Maths Hub?").count():
        sam.page.get_by_label(round_.hub.name).first.check()
    sam.press("Save and continue")
    if "/part/people" not in sam.page.url:
        sam.page.goto(re.sub(r"(/forms/[^/]+/).*", r"\1part/people/", sam.page.url))
    for number, (post, name, address) in enumerate(
        [("Headteacher", "Helen Carter", "h.carter"), ("Head of department", "Sam Osei", "sam.osei")]
    ):
        sam.page.get_by_label(post, exact=True).first.check()
        sam.page.get_by_label("Full name").nth(number).fill(name)
        sam.page.get_by_label("E-mail address").nth(number).fill(f"{address}@maidenhill.example")
    sam.press("Save and continue")
    for slug, name, role, senior in (
        ("lead-1", "Amira Khan", "Key Stage 3 lead", "Yes"),
        ("lead-2", "Tom Ellis", "Teacher of maths", "No"),
    ):
        if f"/part/{slug}" not in sam.page.url:
            sam.page.goto(re.sub(r"(/forms/[^/]+/).*", rf"\1part/{slug}/", sam.page.url))
        sam.look()
        first, last = name.lower().split()
        sam.fill("Full name", name)
        sam.fill("E-mail address", f"{first[0]}.{last}@maidenhill.example")
        sam.page.get_by_label(role, exact=True).check()
        sam.page.get_by_role("group", name=re.compile("Are they experienced")).get_by_label(senior, exact=True).check()
        sam.press("Save and continue")
    if "/part/worked-before" not in sam.page.url:
        sam.page.goto(re.sub(r"(/forms/[^/]+/).*", r"\1part/worked-before/", sam.page.url))
    sam.page.get_by_label("No", exact=True).check()
    sam.press("Save and continue")
    if "/part/statement" not in sam.page.url:
        sam.page.goto(re.sub(r"(/forms/[^/]+/).*", r"\1part/statement/", sam.page.url))
    sam.page.locator("textarea").first.fill(
        "We want one shared approach in which every lesson builds on what was understood."
    )
    sam.press("Save and continue")
    sam.page.goto(re.sub(r"(/forms/[^/]+/).*", r"\1check/", sam.page.url))
    sam.look()
    sam.press("Send for signature")

    # Sam is head of department: signs on the spot.
    sam.fill("Type your full name", "Sam Osei")
    for box in sam.page.get_by_role("checkbox").all():
        box.check()
    sam.page.get_by_role("button", name=re.compile("Sign for")).click()
    sam.look()

    # The others sign on their phones, from the mail.
    for name, address in (("Helen Carter", "h.carter"), ("Amira Khan", "a.khan"), ("Tom Ellis", "t.ellis")):
        asked = _mail_to(mail, f"{address}@maidenhill.example", "sign")
        phone = Walk(new_page(**{**PHONE, **options}), axe, script=script)
        phone.page.goto(_link(asked))
        phone.look()
        phone.press("Continue")
        phone.fill("Type your full name", name)
        if name != "Helen Carter":
            phone.page.get_by_label("If you leave the number out, why?").select_option(label="I do not know it")
            phone.page.get_by_label("Year 8", exact=True).check()
        phone.page.get_by_role("checkbox", name=re.compile("^I ")).last.check()
        phone.page.get_by_role("button", name=re.compile("Sign for")).click()
        phone.look()
        assert phone.page.problems == []  # type: ignore[attr-defined]
    eoi = ExpressionOfInterest.objects.get()
    assert eoi.state == State.SUBMITTED

    # The sealed commitment comes by mail, and the portal knows it again.
    sealed = _attached_pdf(mail)
    file = tmp_path / "commitment.pdf"
    file.write_bytes(sealed)
    anybody = Walk(new_page(**options), axe, script=script)
    anybody.page.goto("/verify")
    anybody.look()
    anybody.page.locator("input[type=file]").set_input_files(file)
    anybody.page.get_by_role("button").first.click()
    expect(anybody.page.locator("main")).to_contain_text(re.compile("genuine", re.IGNORECASE))
    anybody.look()

    # The hub lead decides.
    priya = Walk(new_page(**options), axe, script=script)
    priya.page.goto(f"/rounds/{round_.pk}/")
    priya.sign_in(mail, lead.email)
    priya.page.goto(f"/rounds/{round_.pk}/")
    priya.look()
    priya.follow("Maidenhill School")
    priya.follow("Offer a place")
    priya.press("Read the letters")
    priya.press("Send the offer")
    expect(priya.page.locator("main")).to_contain_text("Place offered")

    # The head accepts on a phone.
    offer = _mail_to(mail, "h.carter@maidenhill.example", "A place for Maidenhill School")
    phone = Walk(new_page(**{**PHONE, **options}), axe, script=script)
    phone.page.goto(_link(offer))
    phone.press("Continue")
    phone.page.get_by_label("Yes, our school takes up the place").check()
    phone.fill("Type your full name", "Helen Carter")
    phone.press("Send the answer")
    expect(phone.page.locator("main")).to_contain_text("The place is taken up")

    enrolment = Enrolment.objects.get()
    assert (enrolment.school, enrolment.eoi_id) == (school, eoi.pk)
    assert sorted(a.teacher.name for a in enrolment.advocates.all()) == ["Amira Khan", "Tom Ellis"]
    _mail_to(mail, "a.khan@maidenhill.example", "has its place")
    for walk in (sam, anybody, priya, phone):
        assert walk.page.problems == []  # type: ignore[attr-defined]


def _attached_pdf(server: smtp.Server) -> bytes:
    """The PDF of whichever mail brings it, waited for."""
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        for message in list(server.taken):
            for part in message.iter_attachments():
                if part.get_content_type() == "application/pdf":
                    content = part.get_content()
                    assert isinstance(content, bytes)
                    return content
        time.sleep(0.3)
    raise AssertionError(f"No mail brought the PDF: {[str(m['Subject']) for m in server.taken]}")
