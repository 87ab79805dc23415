"""A school's road from the first page to the sealed commitment, over HTTP."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import ExpressionOfInterest, Nominee
from core.documents import jobs
from core.documents.models import StoredDocument
from core.notifications.models import Message
from core.secrets import decrypt
from core.signing.models import Signature, SignatureRequest
from tests.clock import NOW
from tests.factories.accounts import UserFactory
from tests.factories.applications import RoundFactory
from tests.factories.schools import SchoolFactory

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def version(page) -> str:
    return re.search(r'name="version" value="(\d+)"', page.content.decode())[1]


def save(client, url, **data):
    page = client.get(url)
    assert page.status_code == 200
    return client.post(url, {"version": version(page), **data})


def begin(client, round_, school, **more):
    address = f"{reverse('applications:begin')}?urn={school.urn}&edition={round_.edition_id}"
    answer = client.post(address, {"once": uuid4(), **more})
    assert answer.status_code == 302, answer.content.decode()
    return ExpressionOfInterest.objects.get(school=school)


def fill_in(client, eoi, *, own_email="a.khan@larkhill.gloucs.example"):
    def page(slug):
        return reverse("applications:page", args=[eoi.pk, slug])

    assert save(client, page("school"), register="right", hub=str(eoi.round_id)).status_code == 302
    people = {
        "head-post": "headteacher", "head-name": "Helen Carter", "head-email": "h.carter@larkhill.gloucs.example",
        "head-of-department-post": "head_of_department", "head-of-department-name": "Jo Marsh",
        "head-of-department-email": "j.marsh@larkhill.gloucs.example",
    }  # fmt: skip
    assert save(client, page("people"), **people).status_code == 302
    first = {"name": "Amira Khan", "email": own_email, "role_code": "key_stage_3_lead", "senior": "yes"}
    assert save(client, page("lead-1"), **first, trn="12345", year_groups=["Y7", "Y8"]).status_code == 302
    second = {"name": "Tom Ellis", "email": "t.ellis@larkhill.gloucs.example", "role_code": "teacher", "senior": "no"}
    assert save(client, page("lead-2"), **second).status_code == 302
    assert save(client, page("worked-before"), worked_before="no", worked_before_what="").status_code == 302
    assert save(client, page("statement"), statement="We want every pupil to understand why. " * 16).status_code == 302
    assert save(client, page("heard"), heard="A colleague").status_code == 302


def link_to_sign(email):
    """The personal link of the newest request to an address, as its mail carries it."""
    message = Message.objects.filter(to_email=email, text__contains="((personal link))").order_by("-created_at").first()
    return decrypt(message.secret)


def open_link(url):
    """A new browser opens a mailed link and presses Continue; (client, address of the page)."""
    client = Client(HTTP_USER_AGENT="Phone")
    address = client.get(url.replace("http://127.0.0.1:8000", ""))
    assert address.status_code == 302
    page = client.post(address["Location"])
    assert page.status_code == 302
    return client, page["Location"]


def test_a_school_begins_fills_in_sends_signs_and_gets_its_sealed_commitment(settings, tmp_path):
    settings.STORAGE_DIR = tmp_path
    round_ = RoundFactory()
    school = SchoolFactory()
    user = UserFactory(email="a.khan@larkhill.gloucs.example", name="")
    client = signed_in(user)

    eoi = begin(client, round_, school, name="Amira Khan")
    list_ = client.get(reverse("applications:task_list", args=[eoi.pk]))
    assert "71 days left" in list_.content.decode()
    fill_in(client, eoi)
    check = client.get(reverse("applications:check_answers", args=[eoi.pk]))
    assert "Send for signature" in check.content.decode()
    sent = client.post(reverse("applications:check_answers", args=[eoi.pk]))
    assert sent["Location"] == reverse("applications:sign_here", args=[eoi.pk])

    spot = client.get(sent["Location"])
    assert spot.status_code == 200
    done = client.post(sent["Location"], {"name": "Amira Khan", "as_lead": "on"})
    assert done.status_code == 302
    for name, email, role in (("Helen Carter", "h.carter", "head"), ("Jo Marsh", "j.marsh", "head_of_department")):
        phone, address = open_link(link_to_sign(f"{email}@larkhill.gloucs.example"))
        page = phone.get(address)
        assert page.status_code == 200
        assert "Amira Khan" in page.content.decode()
        answer = phone.post(address, {"name": name, f"as_{role}": "on"})
        assert answer.status_code == 302, answer.content.decode()
        assert "You have signed" in phone.get(address).content.decode()
    phone, address = open_link(link_to_sign("t.ellis@larkhill.gloucs.example"))
    assert "Your own details" in phone.get(address).content.decode()
    answer = phone.post(
        address, {"name": "Tom Ellis", "as_lead": "on", "trn_reason": "none_yet", "year_groups": ["Y7"]}
    )
    assert answer.status_code == 302

    eoi.refresh_from_db()
    assert (eoi.state, eoi.submitted_at) == ("submitted", NOW)
    assert sorted(Signature.objects.values_list("grade", "role")) == [
        ("A", "lead"), ("B", "head"), ("B", "head_of_department"), ("B", "lead"),
    ]  # fmt: skip
    tom = Nominee.objects.get(eoi=eoi, position="lead_2")
    assert (tom.trn_reason, tom.year_groups) == ("none_yet", ["Y7"])
    assert jobs.make_waiting() == 1
    document = StoredDocument.objects.get(subject_id=eoi.pk)
    assert document.reference == eoi.reference
    mails = Message.objects.filter(kind="applications.commitment").values_list("to_email", flat=True)
    assert sorted(m.partition("@")[0] for m in mails) == ["a.khan", "h.carter", "j.marsh", "t.ellis"]
    assert client.get(reverse("applications:commitment", args=[eoi.pk])).status_code == 200
    assert phone.get(reverse("applications:signed_commitment", args=[address.split("/")[-2]])).status_code == 200
    status = client.get(reverse("applications:task_list", args=[eoi.pk])).content.decode()
    assert "Everyone has signed" in status
    assert eoi.reference in status


def test_a_no_leaves_the_form_in_signing_and_another_person_is_named_by_revising():
    round_ = RoundFactory()
    client = signed_in(UserFactory(name="Sam Osei", email="s.osei@larkhill.gloucs.example"))
    eoi = begin(client, round_, SchoolFactory())
    fill_in(client, eoi)
    client.post(reverse("applications:check_answers", args=[eoi.pk]))
    phone, address = open_link(link_to_sign("j.marsh@larkhill.gloucs.example"))
    phone.post(address, {"name": "Jo Marsh", "as_head_of_department": "on"})
    phone, address = open_link(link_to_sign("h.carter@larkhill.gloucs.example"))

    answer = phone.post(f"{address}no/", {"reason": "We have no cover this year ((code))."})

    assert answer.status_code == 200
    eoi.refresh_from_db()
    assert eoi.state == "signing"
    told = Message.objects.filter(kind="applications.said_no")
    assert sorted(m.to_email for m in told) == sorted([round_.contact_email, "s.osei@larkhill.gloucs.example"])
    assert "Your no is recorded" in phone.get(address).content.decode()
    status = client.get(reverse("applications:task_list", args=[eoi.pk])).content.decode()
    assert "Helen Carter said no" in status

    client.post(reverse("applications:revise", args=[eoi.pk]))
    people = {
        "head-post": "acting_head", "head-name": "Ian Bell", "head-email": "i.bell@larkhill.gloucs.example",
        "head-of-department-post": "head_of_department", "head-of-department-name": "Jo Marsh",
        "head-of-department-email": "j.marsh@larkhill.gloucs.example",
    }  # fmt: skip
    save(client, reverse("applications:page", args=[eoi.pk, "people"]), **people)
    client.post(reverse("applications:check_answers", args=[eoi.pk]))

    eoi.refresh_from_db()
    states = dict(SignatureRequest.objects.exclude(state="ended").values_list("name", "state"))
    # Who signs as head is part of what all of them sign, so each is asked anew.
    assert states == {"Ian Bell": "asked", "Jo Marsh": "asked", "Amira Khan": "asked", "Tom Ellis": "asked"}
