"""Signing by link and signed in, a no, new links and reminders, and the last signature."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import ExpressionOfInterest
from applications.services import sending, signed
from applications.states import NotAllowed
from core.documents.models import DocumentJob
from core.links.models import Link
from core.notifications.kinds import kind_of
from core.notifications.models import Message
from core.secrets import decrypt
from core.signing import chain
from core.signing import services as signing
from core.signing.models import Signature, SignatureRequest
from tests.clock import NOW
from tests.factories.accounts import UserFactory
from tests.factories.applications import ExpressionOfInterestFactory, offer
from tests.factories.applications import sign as all_sign
from tests.factories.programmes import EditionFactory
from tests.factories.schools import SchoolFactory
from tests.queries import queries

pytestmark = pytest.mark.django_db
HOURS = timedelta(hours=1)


@pytest.fixture
def eoi():
    """A form that has been sent; nobody has signed."""
    form = ExpressionOfInterestFactory()
    return sending.send_for_signature(eoi_id=form.pk, by=form.begun_by, now=NOW)


def request_of(role, **more):
    return next(r for r in SignatureRequest.objects.filter(**more).order_by("-asked_at") if role in r.roles)


def sign(role, *, now=NOW, **more):
    request = request_of(role, state__in=["asked", "refused"])
    return sending.sign(
        request_id=request.pk, typed_name=request.name, roles=set(request.roles), statement="I sign.", grade="B",
        address="192.0.2.7", browser="Phone", link_id=request.link_id, now=now, **more,
    )  # fmt: skip


def mailed_link(request):
    message = Message.objects.filter(to_email=request.email, text__contains="((personal link))").latest("created_at")
    return decrypt(message.secret).replace("http://127.0.0.1:8000", "")


def opened(request):
    """A fresh browser that has opened a person's newest link: client, and the page's address."""
    client = Client(HTTP_USER_AGENT="Phone")
    continue_ = client.get(mailed_link(request))["Location"]
    return client, client.post(continue_)["Location"]


def test_the_same_text_is_put_before_all_and_each_gets_their_own_part_beside_it(eoi):
    texts = {person.name: person.text for person in signed.people_of(eoi)}

    assert all("1. Both advocates are released" in text for text in texts.values())
    assert all("Amira Khan, Key Stage 3 lead" in text for text in texts.values())
    assert all("Signs as headteacher: Helen Carter, Headteacher" in text for text in texts.values())
    assert [name for name, text in texts.items() if "Statement of the head of department" in text] == ["Jo Marsh"]
    assert "Own entry as Mastery Advocate:\nTom Ellis, Teacher of maths" in texts["Tom Ellis"]
    assert not any("@" in text or eoi.round.hub.name in text for text in texts.values())


def test_primary_pages_and_texts_speak_of_maths_lead_and_lead_participants():
    form = ExpressionOfInterestFactory(round__edition=EditionFactory(primary=True), school=SchoolFactory(primary=True))
    sending.send_for_signature(eoi_id=form.pk, by=form.begun_by, now=NOW)
    client, address = opened(request_of("lead"))

    page = client.get(address).content.decode()

    assert "lead participants" in page
    for word in ("advocate", "department", "Key Stage 3"):
        assert word.lower() not in page.lower().replace("department for education", ""), word


def test_opening_a_link_changes_nothing_but_that_it_was_opened(eoi):
    request = request_of("head")
    before = list(SignatureRequest.objects.values("state", "answered_at"))

    for _ in range(3):
        Client().get(mailed_link(request))

    assert list(SignatureRequest.objects.values("state", "answered_at")) == before
    assert (Signature.objects.count(), Link.objects.get(pk=request.link_id).opened_count) == (0, 3)


def test_the_page_says_who_asks_what_it_costs_and_what_is_promised(eoi):
    sign("head_of_department")
    client, address = opened(request_of("head"))

    page = client.get(address).content.decode()

    for words in (
        eoi.school.name, "Secondary Development 2027/28", eoi.round.hub.name, "Amira Khan", "Tom Ellis", "£2,000",
        "10 days in the year", "Thursday 23 September 2027, 1pm", "1 of 4", "Both advocates are released", "Jo Marsh",
    ):  # fmt: skip
        assert words in page, words
    assert client.get(address)["Cache-Control"].find("no-store") >= 0


@pytest.mark.parametrize("missing", ["name", "as_head"])
def test_a_signature_needs_a_typed_name_and_each_tick(eoi, missing):
    client, address = opened(request_of("head"))
    data = {"name": "Helen Carter", "as_head": "on"}
    del data[missing]

    answer = client.post(address, data)

    assert (answer.status_code, Signature.objects.count()) == (422, 0)


@pytest.mark.parametrize("name", ["Wrong Person", "H C", "Mr Karter"])
def test_a_name_that_has_no_word_of_who_was_asked_does_not_sign(eoi, name):
    client, address = opened(request_of("head"))

    answer = client.post(address, {"name": name, "as_head": "on"})

    assert (answer.status_code, Signature.objects.count()) == (422, 0)
    assert "Only Helen Carter can answer here" in answer.content.decode()


@pytest.mark.parametrize("name", ["HELEN CARTER", "Dr H. Carter", "Helen Cartér-Vane", "Helen"])
def test_people_write_their_name_in_their_own_way(eoi, name):
    client, address = opened(request_of("head"))

    assert client.post(address, {"name": name, "as_head": "on"}).status_code == 302


def test_the_error_of_a_missing_tick_quotes_the_statement_as_it_stands(eoi):
    client, address = opened(request_of("head"))

    page = client.post(address, {"name": "Helen Carter"}).content.decode()

    assert "Tick the box to sign: “I am the headteacher, or sign for them, and sign for the school”" in page
    assert "i am the headteacher" not in page


def test_a_signature_keeps_what_was_ticked_and_where_it_came_from(eoi):
    client, address = opened(request_of("head"))

    client.post(address, {"name": "Helen  Carter", "as_head": "on"})

    signature = Signature.objects.get()
    assert (signature.typed_name, signature.role, signature.post, signature.grade, signature.browser) == (
        "Helen Carter", "head", "Headteacher", "B", "Phone"
    )  # fmt: skip
    assert signature.statement == "I am the headteacher, or sign for them, and sign for the school"
    assert (signature.content_sha256, signature.signed_at) == (eoi.content_sha256, NOW)


def test_a_second_tap_signs_once_and_shows_the_receipt(eoi):
    client, address = opened(request_of("head"))
    data = {"name": "Helen Carter", "as_head": "on"}

    client.post(address, data)
    again = client.post(address, data)

    assert Signature.objects.count() == 1
    assert "You have signed" in again.content.decode()


def test_another_browser_without_the_link_sees_the_page_of_dead_links(eoi):
    _, address = opened(request_of("head"))

    assert Client().get(address).status_code == 410


def test_the_receipt_stays_for_30_days(eoi, clock):
    client, address = opened(request_of("head"))
    client.post(address, {"name": "Helen Carter", "as_head": "on"})

    clock.on(days=29)
    assert "You have signed" in client.get(address).content.decode()
    clock.on(days=2)
    assert client.get(address).status_code == 410


def test_the_last_signature_submits_the_form_wants_the_pdf_and_tells_school_and_hub(eoi):
    for role in ("head", "head_of_department", "lead"):
        sign(role)
    assert ExpressionOfInterest.objects.get().state == "signing"

    sign("lead", now=NOW + HOURS)

    now = ExpressionOfInterest.objects.get()
    assert (now.state, now.submitted_at) == ("submitted", NOW + HOURS)
    assert DocumentJob.objects.filter(subject_id=eoi.pk).count() == 1
    told = Message.objects.filter(kind="applications.signed").values_list("to_email", flat=True)
    assert sorted(told) == sorted([eoi.begun_by.email, eoi.round.contact_email])
    assert chain.verify_chain(now=NOW + HOURS).faults == []


def test_a_failure_after_the_last_signature_leaves_nothing_behind(eoi, monkeypatch):
    for role in ("head", "head_of_department", "lead"):
        sign(role)
    monkeypatch.setattr(sending.jobs, "want", lambda **_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        sign("lead")

    assert (ExpressionOfInterest.objects.get().state, Signature.objects.count()) == ("signing", 3)


def test_in_an_offer_on_condition_the_last_signature_moves_no_state(eoi):
    offer(eoi)
    for role in ("head", "head_of_department", "lead", "lead"):
        sign(role, now=NOW + HOURS)

    now = ExpressionOfInterest.objects.get()
    assert (now.state, now.submitted_at, now.on_condition) == ("offered", NOW + HOURS, False)
    assert DocumentJob.objects.count() == 1


@pytest.mark.parametrize("state", ["accepted", "not_chosen", "withdrawn"])
def test_a_form_that_is_decided_or_over_takes_no_signature(state):
    form = ExpressionOfInterestFactory(signing=True)
    request = request_of("head")
    ExpressionOfInterest.objects.filter(pk=form.pk).update(state=state)

    with pytest.raises(NotAllowed):
        sending.sign(
            request_id=request.pk, typed_name="Helen Carter", roles={"head"}, statement="I sign.", grade="B",
            address="", browser="", link_id=request.link_id, now=NOW,
        )  # fmt: skip


def test_while_the_school_changes_the_form_nobody_signs(eoi):
    client, address = opened(request_of("head"))
    sending.revise(eoi_id=eoi.pk, by=eoi.begun_by, now=NOW)

    page = client.get(address)
    answer = client.post(address, {"name": "Helen Carter", "as_head": "on"})

    assert "is changing this form" in page.content.decode()
    assert (answer.status_code, Signature.objects.count()) == (200, 0)


def test_the_page_names_who_has_signed_with_their_roles_as_they_are_written(eoi):
    sign("head")
    sign("lead")
    client, address = opened(request_of("head_of_department"))

    html = " ".join(client.get(address).content.decode().split())

    assert "Helen Carter, headteacher" in html
    assert re.search(r"(Amira Khan|Tom Ellis), Mastery Advocate", html)


def test_nobody_signs_after_the_deadline(eoi, clock):
    request = request_of("head")

    with pytest.raises(signing.NotAllowed):
        sign("head", now=request.valid_until)


def test_a_no_tells_school_and_hub_and_a_changed_mind_may_sign(eoi):
    client, address = opened(request_of("head"))

    client.post(f"{address}no/", {"reason": "No cover this year."})

    assert (ExpressionOfInterest.objects.get().state, signed.someone_said_no(eoi)) == ("signing", True)
    told = Message.objects.filter(kind="applications.said_no")
    assert all("No cover this year." in message.text for message in told)
    assert told.count() == 2
    sending.reissue(request_id=request_of("head").pk, by=eoi.begun_by, now=NOW + HOURS)
    client, address = opened(request_of("head"))
    client.post(address, {"name": "Helen Carter", "as_head": "on"})
    assert (Signature.objects.count(), signed.someone_said_no(eoi)) == (1, False)


def test_the_link_of_who_said_no_says_so_and_offers_a_new_one_while_the_form_can_be_signed(eoi, clock):
    client, address = opened(request_of("head"))
    first = client.post(f"{address}no/", {"reason": "No cover this year."}).content.decode()

    again = client.get(address)

    said = " ".join(again.content.decode().split())
    assert again.status_code == 200
    assert "You said no for" in said
    assert "on Thursday 18 March 2027, 10:42am: “No cover this year.”" in said
    which = re.search(r'name="which" value="([^"]+)"', said)[1]
    assert "Send me a new link" in first
    client.post("/link/send-again", {"which": which})
    assert Message.objects.get(kind="applications.sign_link").to_email == request_of("head").email
    assert client.get(address).status_code == 410


def test_a_no_needs_a_reason(eoi):
    client, address = opened(request_of("head"))

    assert client.post(f"{address}no/", {"reason": " "}).status_code == 422
    assert request_of("head").state == "asked"


def test_a_new_link_ends_the_old_one_and_goes_to_the_address_on_file(eoi):
    request = request_of("head")
    old = mailed_link(request)

    sending.reissue(request_id=request.pk, by=eoi.begun_by, now=NOW + HOURS)

    message = Message.objects.get(kind="applications.sign_link")
    assert message.to_email == request.email
    assert Client().get(old).status_code == 410
    assert opened(request_of("head"))[0] is not None


def test_the_page_of_a_dead_link_sends_a_new_one_while_the_matter_is_open(eoi):
    request = request_of("head")
    sending.send_again(Link.objects.get(pk=request.link_id), NOW + HOURS)
    assert Message.objects.filter(kind="applications.sign_link").count() == 1
    sign("head")

    sending.send_again(Link.objects.get(pk=request.link_id), NOW + HOURS)

    assert Message.objects.filter(kind="applications.sign_link").count() == 1


def test_who_asks_for_a_new_link_when_the_time_is_over_is_told_so_and_the_page_says_what_it_always_says(eoi, clock):
    request = request_of("head")
    address, ends = mailed_link(request), request.valid_until
    pages = []
    for moment in (ends - timedelta(minutes=1), ends):
        clock.set(moment)
        Link.objects.filter(pk=request_of("head").link_id).update(ended_at=moment, ended_why="reissued")
        dead = Client().get(address)
        which = re.search(r'name="which" value="([^"]+)"', dead.content.decode())[1]
        pages.append((dead.status_code, Client().post("/link/send-again", {"which": which}).content))

    mail = Message.objects.get(kind="applications.sign_too_late")
    assert pages[0] == pages[1]
    assert Message.objects.filter(kind="applications.sign_link").count() == 1
    assert mail.to_email == request.email
    assert "the time for signing ended on" in mail.text
    assert f"The school can ask {eoi.round.hub.name} for more time" in mail.text
    assert kind_of(mail.kind).still_wanted(mail, ends)
    SignatureRequest.objects.update(valid_until=ends + HOURS)
    assert not kind_of(mail.kind).still_wanted(mail, ends)


def test_a_reminder_by_hand_goes_at_most_every_48_hours(eoi):
    request = request_of("head")

    with pytest.raises(sending.TooSoon):
        sending.remind(request_id=request.pk, by=eoi.begun_by, now=NOW + 47 * HOURS)
    sending.remind(request_id=request.pk, by=eoi.begun_by, now=NOW + 48 * HOURS)
    with pytest.raises(sending.TooSoon):
        sending.remind(request_id=request.pk, by=eoi.begun_by, now=NOW + 95 * HOURS)

    assert Message.objects.filter(kind="applications.sign_reminder").count() == 1
    assert opened(request_of("head"))[1]


def test_who_has_answered_is_not_reminded(eoi):
    sign("head")

    with pytest.raises(NotAllowed):
        sending.remind(request_id=request_of("head").pk, by=eoi.begun_by, now=NOW + 50 * HOURS)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_the_buttons_of_the_status_page_remind_and_send_links(eoi, clock):
    client = signed_in(eoi.begun_by)
    request = request_of("head")
    clock.on(hours=49)

    client.post(reverse("applications:remind", args=[eoi.pk, request.pk]))
    client.post(reverse("applications:reissue", args=[eoi.pk, request.pk]))

    kinds = Message.objects.filter(to_email=request.email).values_list("kind", flat=True)
    assert sorted(kinds) == ["applications.please_sign", "applications.sign_link", "applications.sign_reminder"]


def test_a_request_of_another_form_is_no_request_of_this_one(eoi):
    other = ExpressionOfInterestFactory(signing=True)
    request = SignatureRequest.objects.filter(subject_id=other.pk).first()

    answer = signed_in(eoi.begun_by).post(reverse("applications:reissue", args=[eoi.pk, request.pk]))

    assert answer.status_code == 404


def test_signed_in_only_the_address_that_was_asked_may_sign_on_the_spot(eoi):
    asked = UserFactory(email=request_of("head").email)
    here = reverse("applications:sign_here", args=[eoi.pk])

    assert signed_in(eoi.begun_by).get(here).status_code == 404
    assert signed_in(asked).get(here).status_code == 404  # the form is not theirs to see yet
    eoi.editors.create(user=asked, since=NOW)
    answer = signed_in(asked).post(here, {"name": "Helen Carter", "as_head": "on"})
    assert (answer.status_code, Signature.objects.get().grade) == (302, "A")


def test_who_sent_the_form_is_not_asked_by_themselves_and_keeps_menu_and_sign_out():
    form = ExpressionOfInterestFactory(begun_by__email="a.khan@larkhill.gloucs.example",
                                       nominees__lead_1={"email": "a.khan@larkhill.gloucs.example"})  # fmt: skip
    sending.send_for_signature(eoi_id=form.pk, by=form.begun_by, now=NOW)
    client = signed_in(form.begun_by)

    pages = [client.get(reverse(f"applications:{name}", args=[form.pk])) for name in ("sign_here", "refuse_here")]

    for page in pages:
        assert "Sign out" in page.content.decode()
        assert "Your forms" in page.content.decode()
    assert "asks you to back a place" not in pages[0].content.decode()
    assert "You have sent this form" in pages[0].content.decode()


def test_requests_still_wanted_are_sent_and_others_dropped(eoi):
    message = Message.objects.get(kind="applications.please_sign", to_email=request_of("head").email)
    wanted = kind_of(message.kind).still_wanted

    assert wanted(message, NOW)
    sign("head")
    assert not wanted(message, NOW)


def test_signatures_of_many_forms_are_read_in_one_query():
    forms = [ExpressionOfInterestFactory(signing=True) for _ in range(3)]
    all_sign(forms[0])

    with queries(at_most=1):
        found = signed.signatures_of_many(forms)

    assert [state for state, _ in found[forms[0].pk]] == ["signed"] * 4
    assert {state for state, _ in found[forms[1].pk]} == {"asked"}


def test_the_signing_page_asks_a_fixed_number_of_queries(eoi):
    client, address = opened(request_of("head"))

    with queries(at_most=14):
        client.get(address)
