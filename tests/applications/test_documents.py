"""The commitment in the portal's hand: what it says, its seal, and to whom it goes."""

from __future__ import annotations

import subprocess

import pytest
from django.test import Client
from django.urls import reverse

from applications import documents
from applications.services import sending
from core.documents import jobs
from core.documents.models import DocumentJob, JobState
from core.documents.services import content
from core.documents.verify import known, verdict
from core.notifications.models import Message
from core.signing.models import ChainLink, Signature
from tests.clock import NOW
from tests.factories.accounts import UserFactory
from tests.factories.applications import ExpressionOfInterestFactory, send, sign
from tests.factories.hubs import HubMembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.STORAGE_DIR = tmp_path


@pytest.fixture
def eoi():
    """A form whose last signature has just been given by the service."""
    form = ExpressionOfInterestFactory()
    sending.send_for_signature(eoi_id=form.pk, by=form.begun_by, now=NOW)
    for standing in documents.signing.standing("eoi", form.pk):
        request = standing.request
        sending.sign(
            request_id=request.pk, typed_name=request.name, roles=set(request.roles), statement="I sign.", grade="B",
            address="192.0.2.7", browser="Phone", link_id=request.link_id, now=NOW,
        )  # fmt: skip
    form.refresh_from_db()
    return form


def lines_of(pdf, tmp_path):
    path = tmp_path / "read.pdf"
    path.write_bytes(pdf)
    run = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True)
    return run.stdout.splitlines()


def text_of(pdf, tmp_path):
    return " ".join(" ".join(lines_of(pdf, tmp_path)).split())


def test_the_pdf_says_who_promised_what_and_how_each_signature_is_evidenced(eoi, tmp_path):
    assert jobs.make_waiting() == 1

    text = text_of(content(documents.latest(eoi)), tmp_path)

    for words in (
        eoi.school.name, eoi.school_id, eoi.reference, "Secondary Development 2027/28, terms 1", eoi.round.hub.name,
        "Both advocates are released", "Statement of the head of department", "Pupils leave Year 9",
        "Helen Carter", "Jo Marsh", "Amira Khan", "Tom Ellis", "Personal link, and the typed name", "Grade B",
        "18 March 2027", "simple electronic signature", "Is this document genuine?",
        ChainLink.objects.latest("number").own[:16],
    ):  # fmt: skip
        assert words in text, words
    assert "192.0.2.7" not in text


def test_it_says_in_words_what_the_evidence_means_and_claims_no_more_than_is_known(eoi, tmp_path):
    jobs.make_waiting()

    pdf = content(documents.latest(eoi))
    text = text_of(pdf, tmp_path)

    assert "Each person opened the page that shows the text above, typed their name and confirmed:" in text
    assert "Grade B: signed by a link made for this person alone and mailed to the address shown" in text
    assert "the portal numbers every signature it is given and ties each to the one before" in text
    assert text.count("“I sign.”") == 1
    assert "read the text in full" not in text
    days = [line for line in lines_of(pdf, tmp_path) if "18 March 2027" in line and "Personal link" in line]
    assert len(days) == len(eoi.nominees.all())


def test_it_is_sealed_genuine_and_one_changed_byte_is_seen(eoi):
    jobs.make_waiting()
    pdf = content(documents.latest(eoi))

    assert verdict(pdf).verdict == "genuine"
    assert verdict(pdf + b" ").verdict == "altered"
    assert verdict(pdf[:999] + bytes([pdf[999] ^ 1]) + pdf[1000:]).verdict != "genuine"


def test_it_goes_to_all_who_signed_and_to_who_works_on_the_form_each_address_once(eoi):
    eoi.editors.create(user=UserFactory(email=eoi.nominees.get(position="lead_1").email), since=NOW)

    jobs.make_waiting()

    document = documents.latest(eoi)
    mails = Message.objects.filter(kind="applications.commitment")
    assert sorted(m.to_email for m in mails) == sorted([*(n.email for n in eoi.nominees.all()), eoi.begun_by.email])
    assert {tuple(m.documents) for m in mails} == {(str(document.pk),)}


def test_a_job_that_runs_twice_makes_and_sends_it_once(eoi):
    jobs.make_waiting()
    jobs.make_waiting()

    assert Message.objects.filter(kind="applications.commitment").count() == 5
    assert DocumentJob.objects.filter(state=JobState.DONE).count() == 1


def test_what_is_not_signed_by_all_any_more_gets_no_document():
    form = ExpressionOfInterestFactory()
    send(form)
    sign(form, by=["head"])

    with pytest.raises(jobs.NotWanted):
        documents.make(form.pk, NOW)


def test_making_it_twice_gives_the_same_words(eoi):
    assert documents.make(eoi.pk, NOW).html == documents.make(eoi.pk, NOW).html


def test_a_reference_is_known_by_its_edition_and_day_and_nothing_else(eoi):
    found = known(eoi.reference)

    assert (found.about, found.day.isoformat()) == (str(eoi.edition), "2027-03-18")
    assert documents.known("HP-ZZZZ-ZZ") is None


def test_school_and_hub_download_it_and_strangers_find_nothing(eoi):
    jobs.make_waiting()
    address = reverse("applications:commitment", args=[eoi.pk])

    def status(user):
        client = Client()
        client.force_login(user)
        return client.get(address).status_code

    assert status(eoi.begun_by) == 200
    assert status(UserFactory()) == 404
    assert eoi.pk in type(eoi).objects.visible_to(HubMembershipFactory(hub=eoi.round.hub).user).values_list(
        "pk", flat=True
    )


def test_before_it_is_made_there_is_nothing_to_download(eoi):
    client = Client()
    client.force_login(eoi.begun_by)

    assert client.get(reverse("applications:commitment", args=[eoi.pk])).status_code == 404


def test_who_signs_in_two_roles_is_named_once_under_what_was_confirmed():
    signed = [Signature(typed_name=name, statement="I sign.") for name in ("Jo Marsh", "Jo Marsh", "Tom Ellis")]

    assert documents._confirmed(signed) == [("I sign.", ["Jo Marsh", "Tom Ellis"])]
