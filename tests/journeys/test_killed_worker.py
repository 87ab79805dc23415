"""kill -9 of a real Celery worker between the last signature and the PDF: it is made and mailed all the same."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from applications.documents import COMMITMENT
from applications.services import sending
from core.documents import verify
from core.documents.models import StoredDocument
from core.notifications import bell
from core.signing.models import SignatureRequest
from tests import smtp
from tests.clock import NOW
from tests.factories.applications import ExpressionOfInterestFactory
from tests.processes import child

pytestmark = pytest.mark.django_db(transaction=True)

CELERY = ("-m", "celery", "-A", "hubportal.celery")
WORKER = (*CELERY, "worker", "--pool=solo", "-l", "WARNING", "--without-mingle", "--without-gossip")
WAIT = 90.0


@pytest.fixture
def mail() -> Iterator[smtp.Server]:
    bell._bell = bell._Bell()
    with smtp.serving() as server:
        yield server


def _until(so: object, said: str) -> None:
    until = time.monotonic() + WAIT
    while not so():  # type: ignore[operator]
        assert time.monotonic() < until, said
        time.sleep(0.1)


def _sign(request: SignatureRequest) -> None:
    sending.sign(
        request_id=request.pk, typed_name=request.name, roles=set(request.roles), statement="I sign.", grade="B",
        address="192.0.2.7", browser="Phone", link_id=request.link_id, now=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    "killed",
    ["while it makes the PDF", pytest.param("before it hears of the signature", marks=pytest.mark.long)],
)
def test_the_worker_is_killed_between_the_last_signature_and_the_pdf(
    killed: str, mail: smtp.Server, tmp_path: Path
) -> None:
    eoi = ExpressionOfInterestFactory()
    sending.send_for_signature(eoi_id=eoi.pk, by=eoi.begun_by, now=NOW)
    first, *others = SignatureRequest.objects.filter(subject_id=eoi.pk)
    for request in others:
        _sign(request)
    begun = tmp_path / "begun"
    with child(*WORKER, "-I", "tests.journeys.hangs", mail_server=mail, PORTAL_TEST_BEGUN=str(begun)) as worker:
        _until(lambda: mail.taken, "The worker delivers what there is to deliver")
        if killed.startswith("while"):
            _sign(first)
            _until(begun.exists, "The worker begins on the PDF")
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    if not killed.startswith("while"):
        _sign(first)
    assert not StoredDocument.objects.exists()

    with (
        child(*WORKER, mail_server=mail),
        child(*CELERY, "beat", "-l", "WARNING", "--pidfile=", "-s", str(tmp_path / "beat")),
    ):
        _until(lambda: len(_copies(mail)) == 5, "The four who signed and who sent the form get the PDF")

    document = StoredDocument.objects.get(kind=COMMITMENT, subject_id=eoi.pk)
    assert set(_copies(mail)) == {eoi.begun_by.email, *(n.email for n in eoi.nominees.all())}
    for copy in _copies(mail).values():
        assert verify.verdict(copy).document == document


def _copies(server: smtp.Server) -> dict[str, bytes]:
    """The PDF that each address got."""
    with server.lock:
        return {
            str(message["To"].addresses[0].addr_spec): part.get_content()
            for message in server.taken
            for part in message.iter_attachments()
            if part.get_content_type() == "application/pdf"
        }
