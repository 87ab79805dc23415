"""Every kind of document that the portal makes meets the whole list, and the verify page knows it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from applications.documents import COMMITMENT
from core.documents import jobs, store, verify
from core.documents.models import StoredDocument
from core.documents.verify import Verdict
from programmes.documents import SHEET
from tests.clock import NOW
from tests.core.documents import checklist
from tests.core.documents.edits import appended, edited, revised
from tests.core.documents.reader import TRUSTED, pdfsig
from tests.factories.applications import ExpressionOfInterestFactory, submit
from tests.factories.programmes import EditionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def commitment():
    """The sealed commitment of a form that everyone signed."""
    eoi = ExpressionOfInterestFactory()
    submit(eoi)
    jobs.want(kind=COMMITMENT, subject_id=eoi.pk, key=f"test:{eoi.pk}", now=NOW)
    jobs.make_waiting()
    return StoredDocument.objects.get(kind=COMMITMENT, subject_id=eoi.pk)


@pytest.fixture
def sheet():
    """The information sheet of an edition."""
    edition = EditionFactory()
    jobs.want(kind=SHEET, subject_id=edition.terms.get().pk, key=f"test:{edition.pk}", now=NOW)
    jobs.make_waiting()
    return StoredDocument.objects.get(kind=SHEET)


@pytest.mark.parametrize("kind", ["commitment", "sheet"])
def test_each_kind_of_document_meets_the_list_and_is_known_as_genuine(kind, request):
    document = request.getfixturevalue(kind)
    data = store.get(document.sha256)
    if (folder := os.environ.get("PORTAL_TEST_LOOK")) is not None:  # to look at them
        (Path(folder) / f"{kind}.pdf").write_bytes(data)

    assert checklist.faults(data) == []
    assert verify.verdict(data).document == document


def test_a_readers_own_software_trusts_the_commitment_and_sees_what_was_done_to_it(commitment, trusting):
    data = store.get(commitment.sha256)

    assert TRUSTED <= set(pdfsig(trusting, data))
    assert "Signature Validation: Digest Mismatch." in pdfsig(trusting, edited(data))
    assert "Not total document signed" in pdfsig(trusting, revised(data))
    assert "Not total document signed" in pdfsig(trusting, appended(data))
    assert [verify.verdict(each(data)).verdict for each in (edited, revised, appended)] == [Verdict.ALTERED] * 3
