"""The public verify page, and handing documents out."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import reverse

from core.documents import services, store
from tests.core.documents.edits import appended, edited
from tests.factories.documents import REFERENCE, store_document

pytestmark = pytest.mark.django_db
VERIFY = "/verify"


@pytest.fixture
def stored(sealed):
    return store_document(sealed, title="Commitment of Yeoford Academy")


def upload(client, data, name="commitment.pdf", **extra):
    return client.post(VERIFY, {"document": SimpleUploadedFile(name, data, "application/pdf")}, **extra)


def heading(response):
    text = response.content.decode()
    return text.partition("<h1")[2].partition(">")[2].partition("</h1>")[0].strip()


def test_the_page_asks_for_a_file_or_a_reference(client):
    response = client.get(reverse("documents:verify"))

    assert (response.status_code, heading(response)) == (200, "Verify a document")
    assert 'enctype="multipart/form-data"' in response.content.decode()


def test_the_file_we_made_is_genuine(client, stored, sealed):
    response = upload(client, sealed)

    assert heading(response) == "This document is genuine"
    assert stored.fingerprint in response.content.decode()


@pytest.mark.parametrize("change", [edited, appended])
def test_a_changed_file_is_altered(client, stored, sealed, change):
    assert heading(upload(client, change(sealed))) == "This document was altered"


def test_another_file_is_unknown(client, stored):
    assert heading(upload(client, b"%PDF-1.7\nwords")) == "We do not know this file"


def test_no_answer_names_a_person_or_a_school(client, stored, sealed):
    for response in (
        upload(client, sealed),
        upload(client, edited(sealed)),
        client.get(VERIFY, {"reference": REFERENCE}),
    ):
        text = response.content.decode()
        assert "Yeoford" not in text
        assert "Siân" not in text
        assert "Secondary Development 2027/28" in text


@pytest.mark.parametrize("typed", [REFERENCE, "hp 4k7q 2m"])
def test_a_reference_we_gave_out_is_known_with_day_edition_and_fingerprint(client, stored, typed):
    response = client.post(VERIFY, {"reference": typed})

    text = response.content.decode()
    assert heading(response) == f"We gave out the reference {REFERENCE}"
    assert all(word in text for word in ("Thursday 18 March 2027", stored.fingerprint, stored.about))
    assert stored.sha256 not in text


def test_the_code_on_a_document_leads_to_its_answer(client, stored):
    assert heading(client.get(VERIFY, {"reference": REFERENCE})) == f"We gave out the reference {REFERENCE}"


def test_a_reference_nobody_gave_out_is_unknown(client):
    assert heading(client.get(VERIFY, {"reference": REFERENCE})) == f"We do not know the reference {REFERENCE}"


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"reference": ""}, "Enter a reference, like HP-4K7Q-2M"),
        ({"reference": "HP-4K7Q-2N"}, "Check the reference"),
        ({}, "Choose the PDF you want to check"),
    ],
)
def test_a_form_that_cannot_be_answered_says_what_to_do(client, form, says):
    response = client.post(VERIFY, form)

    assert says in response.content.decode()
    assert "There is a problem" in response.content.decode()


def test_an_empty_file_is_told_so(client):
    assert "this one is empty" in upload(client, b"").content.decode()


def test_a_file_over_five_megabytes_is_refused_while_it_is_read(client):
    response = upload(client, b"%PDF-1.7\n" + b"x" * (5 << 20))

    assert response.status_code == 413
    assert "over 5 MB" in response.content.decode()


def test_a_file_of_just_five_megabytes_is_taken(client):
    assert upload(client, b"%PDF-1.7\n" + b"x" * ((5 << 20) - 9)).status_code == 200


class Counted(io.BytesIO):
    """A body that counts what is taken from it."""

    taken = 0

    def read(self, size=-1):
        data = super().read(size)
        self.taken += len(data)
        return data


def post_raw(client, size):
    body = (
        b'--x\r\nContent-Disposition: form-data; name="document"; filename="a.pdf"\r\n\r\n'
        + b"x" * size
        + b"\r\n--x--\r\n"
    )
    stream = Counted(body)
    request = {
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": stream,
    }
    response = client.generic("POST", VERIFY, **request)
    return response, stream.taken


def test_of_a_huge_upload_little_more_than_the_limit_is_read(client):
    response, taken = post_raw(client, 40 << 20)

    assert response.status_code == 413
    assert taken < 6 << 20


def test_without_the_bound_all_of_it_is_read(client, settings):
    """The control: Django alone takes forty megabytes without a word."""
    settings.FILE_UPLOAD_HANDLERS = settings.FILE_UPLOAD_HANDLERS[1:]

    response, taken = post_raw(client, 40 << 20)

    assert response.status_code == 200
    assert taken >= 40 << 20


def test_the_twenty_first_try_within_an_hour_from_one_address_is_refused(client, stored):
    for _ in range(20):
        assert client.post(VERIFY, {"reference": REFERENCE}).status_code == 200

    refused = client.post(VERIFY, {"reference": REFERENCE})
    elsewhere = client.post(VERIFY, {"reference": REFERENCE}, REMOTE_ADDR="192.0.2.9")

    assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
    assert elsewhere.status_code == 200


def test_looking_at_the_page_is_no_try(client):
    for _ in range(25):
        assert client.get(VERIFY).status_code == 200


def test_the_page_needs_the_token_of_its_form(stored):
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post(VERIFY, {"reference": REFERENCE}).status_code == 403


def test_a_document_is_handed_out_as_a_download_that_nothing_runs_in(stored, sealed):
    response = services.serve(RequestFactory().get("/"), stored)

    assert b"".join(response.streaming_content) == sealed
    assert response["Content-Disposition"] == 'attachment; filename="commitment.pdf"'
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_file_name_cannot_break_out_of_its_header(sealed):
    document = store_document(sealed, filename='a"\r\nX-Evil: 1.pdf')

    response = services.serve(RequestFactory().get("/"), document)

    assert "\r" not in response["Content-Disposition"]
    assert "X-Evil" not in response


def test_a_document_whose_file_was_changed_is_not_handed_out(stored):
    path = store.settings.STORAGE_DIR / stored.sha256[:2] / stored.sha256
    whole = path.read_bytes()
    path.chmod(0o640)
    try:
        path.write_bytes(whole + b"x")
        with pytest.raises(store.Altered):
            services.serve(RequestFactory().get("/"), stored)
    finally:
        path.write_bytes(whole)
        path.chmod(0o440)
