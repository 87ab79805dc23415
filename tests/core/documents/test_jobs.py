"""A document that is wanted is made once, whoever dies on the way."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from core import clock
from core.documents import jobs, pdf, store, tasks, verify
from core.documents.jobs import DocumentKind, Made, NotWanted
from core.documents.models import DocumentJob, JobState, StoredDocument
from tests.clock import NOW
from tests.core.documents import checklist
from tests.factories.documents import KIND, MADE, REFERENCE, sample_html, store_document
from tests.races import race

pytestmark = pytest.mark.django_db


def want(subject=None, key="paper:1", kind=KIND.name):
    return jobs.want(kind=kind, subject_id=subject or uuid4(), key=key, now=NOW)


@pytest.fixture
def kind(monkeypatch):
    """Registers a kind for one test."""

    def register(make, made=lambda document, now: None):
        monkeypatch.setitem(jobs._KINDS, "tests.other", DocumentKind("tests.other", make, made))
        return "tests.other"

    return register


def made_of(html, *, sealed=True):
    return lambda subject_id, now: Made(html, REFERENCE, "Title", "file.pdf", None, sealed=sealed)


def let_lease_run_out(job):
    DocumentJob.objects.filter(pk=job.pk).update(leased_until=clock.real_now() - timedelta(seconds=1))


def retry_now():
    DocumentJob.objects.filter(not_before__isnull=False).update(not_before=clock.real_now())


def test_a_wish_is_a_row_and_its_key_is_taken_once():
    assert want().state == JobState.WAITING
    assert want() is None
    assert DocumentJob.objects.count() == 1


def test_a_kind_that_nobody_registered_is_a_mistake():
    with pytest.raises(ImproperlyConfigured):
        want(kind="tests.unknown")


def test_a_wish_goes_with_the_transaction_that_made_it():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        want()
        raise ZeroDivisionError

    assert not DocumentJob.objects.exists()


def test_the_document_is_made_sealed_stored_and_its_room_is_told():
    subject = uuid4()
    job = want(subject)

    assert jobs.make_waiting() == 1

    document = StoredDocument.objects.get()
    job.refresh_from_db()
    assert (job.state, job.document, job.finished_at, job.lease) == (JobState.DONE, document, NOW, None)
    assert (document.subject_id, document.version, document.reference) == (subject, 1, REFERENCE)
    assert (document.created_at, document.about) == (NOW, "Secondary Development 2027/28")
    data = store.get(document.sha256)
    assert len(data) == document.size
    assert verify.verdict(data).verdict == verify.Verdict.GENUINE
    assert checklist.faults(data) == []
    assert MADE == [document]


def test_nothing_waiting_makes_nothing_and_takes_no_lock(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert jobs.make_waiting() == 0


def test_running_again_makes_nothing_more():
    want()

    assert [jobs.make_waiting(), jobs.make_waiting()] == [1, 0]
    assert StoredDocument.objects.count() == len(MADE) == 1


def test_a_second_wish_for_the_same_thing_is_its_next_version():
    subject = uuid4()
    want(subject, key="paper:1")
    want(subject, key="paper:2")

    jobs.make_waiting()

    assert list(StoredDocument.objects.order_by("version").values_list("version", flat=True)) == [1, 2]


def test_a_document_without_a_seal_whose_bytes_are_known_is_not_stored_twice(kind):
    name, subject = kind(made_of(sample_html(rows=1), sealed=False)), uuid4()
    for number in (1, 2):
        jobs.want(kind=name, subject_id=subject, key=f"sheet:{number}", now=NOW)

    assert jobs.make_waiting() == 2

    assert StoredDocument.objects.count() == 1
    assert DocumentJob.objects.filter(state=JobState.DONE, document=StoredDocument.objects.get()).count() == 2


def test_a_leased_job_is_nobody_elses_until_its_lease_is_over():
    want()
    first = jobs.claim()

    assert jobs.claim() is None
    let_lease_run_out(first)
    second = jobs.claim()

    assert (second.pk, second.attempts) == (first.pk, 2)
    assert second.lease != first.lease


def test_who_lost_the_lease_stores_nothing():
    want()
    slow = jobs.claim()
    let_lease_run_out(slow)
    quick = jobs.claim()

    assert jobs.make(quick, now=NOW)
    assert not jobs.make(slow, now=NOW)

    assert StoredDocument.objects.count() == len(MADE) == 1


def test_a_lease_lasts_as_long_as_the_setting_says(settings):
    settings.DOCUMENT_LEASE_SECONDS = 60
    want()

    job = jobs.claim()

    assert timedelta(seconds=55) < job.leased_until - clock.real_now() <= timedelta(seconds=60)


def test_a_document_that_breaks_waits_and_is_tried_again(kind):
    broken = [True]

    def make(subject_id, now):
        if broken:
            raise pdf.PdfError("Helen Carter's page is too long")
        return made_of(sample_html(rows=1))(subject_id, now)

    job = want(kind=kind(make))

    assert jobs.make_waiting() == 0
    job.refresh_from_db()
    assert (job.state, job.last_fault, job.attempts) == (JobState.WAITING, "PdfError", 1)
    assert timedelta(seconds=50) < job.not_before - clock.real_now() <= timedelta(minutes=1)
    assert jobs.make_waiting() == 0

    broken.clear()
    retry_now()
    assert jobs.make_waiting() == 1


def test_one_broken_document_does_not_hold_up_the_others(kind):
    want(kind=kind(lambda subject_id, now: 1 / 0), key="broken")
    want(key="whole")

    assert jobs.make_waiting() == 1


def test_after_twelve_tries_a_job_has_failed(kind):
    job = want(kind=kind(lambda subject_id, now: 1 / 0))

    for _ in range(14):
        jobs.make_waiting()
        retry_now()

    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.FAILED, 12)


def test_a_job_whose_worker_dies_each_time_is_given_up_as_well():
    job = want()
    for _ in range(12):
        let_lease_run_out(jobs.claim())

    assert jobs.claim() is None

    job.refresh_from_db()
    assert (job.state, job.last_fault) == (JobState.FAILED, "Died")


def test_what_is_wanted_no_more_ends_without_a_document(kind):
    def make(subject_id, now):
        raise NotWanted

    job = want(kind=kind(make))
    jobs.make_waiting()

    job.refresh_from_db()
    assert (job.state, job.last_fault, job.document) == (JobState.FAILED, "NotWanted", None)


def test_when_its_room_cannot_take_it_no_row_is_left_and_the_job_waits(kind):
    def made(document, now):
        raise RuntimeError

    want(kind=kind(made_of(sample_html(rows=1)), made))

    assert jobs.make_waiting() == 0
    assert not StoredDocument.objects.exists()
    assert DocumentJob.objects.get().state == JobState.WAITING


def test_a_document_that_takes_too_long_is_broken_off(kind, monkeypatch):
    monkeypatch.setattr(jobs, "SECONDS_EACH", 0.2)

    def endless(subject_id, now):
        while True:
            pass

    job = want(kind=kind(endless))
    jobs.make_waiting()

    job.refresh_from_db()
    assert job.last_fault == "TooSlow"


def test_a_full_disk_leaves_the_job_waiting(monkeypatch):
    def full(data, root=None):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "put", full)
    want()

    assert jobs.make_waiting() == 0
    assert DocumentJob.objects.get().last_fault == "OSError"


def test_the_task_and_the_command_make_what_waits(capsys):
    want(key="one")
    tasks.make_documents()
    want(key="two")
    call_command("make_documents")

    assert capsys.readouterr().out == "1 documents made\n"
    assert len(MADE) == 2


def test_a_stored_document_never_changes(sealed):
    document = store_document(sealed)

    for change in (lambda: document.save(), lambda: document.delete(), lambda: StoredDocument.objects.update(size=1)):
        with pytest.raises(IntegrityError, match="never"), transaction.atomic():
            change()


def test_a_job_cannot_be_done_without_its_document():
    job = want()

    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentJob.objects.filter(pk=job.pk).update(state=JobState.DONE)


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_make_each_document_once():
    for number in range(4):
        want(key=f"paper:{number}")

    made = race(4, lambda number: jobs.make_waiting())

    assert sum(made) == StoredDocument.objects.count() == len(MADE) == 4


DYING = """
import os, sys
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from core.documents import jobs, seal, store
import tests.factories.documents as factory
die = lambda *args, **kwargs: os.kill(os.getpid(), 9)
at = sys.argv[2]
if at == "before anything":
    jobs.pdf.prepare = die
elif at == "after the seal":
    store.put = die
elif at == "after the file":
    jobs._keep = die
elif at == "before the commit":
    jobs._KINDS[factory.KIND.name] = jobs.DocumentKind(factory.KIND.name, factory.KIND.make, die)
jobs.make_waiting()
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("at", ["before anything", "after the seal", "after the file", "before the commit"])
def test_after_kill_9_at_any_point_the_document_is_made_once_all_the_same(at):
    want()

    dead = subprocess.run(
        [sys.executable, "-c", DYING, str(connection.settings_dict["NAME"]), at],
        cwd=Path(settings.BASE_DIR),
        capture_output=True,
        check=False,
    )

    assert dead.returncode == -9, dead.stderr.decode()
    assert not StoredDocument.objects.exists()
    let_lease_run_out(DocumentJob.objects.get())
    assert jobs.make_waiting() == 1
    assert StoredDocument.objects.count() == len(MADE) == 1
