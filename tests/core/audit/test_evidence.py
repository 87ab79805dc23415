"""Rows of evidence are added, never changed or taken away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from core.audit import log
from core.audit.evidence import RefuseOnEvidence
from core.audit.models import Event
from tests.clock import NOW
from tests.factories.links import issue_link

ROOT = Path(__file__).resolve().parents[3]
on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL has no row that unlocks")


def an_event() -> Event:
    link, _ = issue_link()
    return log.record("link.issued", link, at=NOW)


def unlock(is_open: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE evidence_unlock SET is_open = %s", [is_open])


@pytest.mark.django_db
def test_an_audit_row_cannot_be_changed():
    event = an_event()

    with pytest.raises(IntegrityError, match="Rows of audit_event are never changed"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(note="else")


@pytest.mark.django_db
def test_an_audit_row_cannot_be_deleted():
    event = an_event()

    with pytest.raises(IntegrityError, match="Rows of audit_event are never deleted"), transaction.atomic():
        Event.objects.filter(pk=event.pk).delete()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_event")
    assert Event.objects.count() == 1


@on_sqlite
@pytest.mark.django_db
def test_while_the_row_is_set_the_guard_lets_through_and_then_refuses_again():
    event = an_event()

    unlock(1)
    Event.objects.filter(pk=event.pk).update(note="else")
    unlock(0)

    assert Event.objects.get(pk=event.pk).note == "else"
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.filter(pk=event.pk).delete()


@on_sqlite
@pytest.mark.django_db
def test_the_guard_refuses_when_the_row_is_gone_and_a_second_row_is_impossible():
    event = an_event()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO evidence_unlock (id, is_open) VALUES (2, 1)")

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM evidence_unlock")

    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.filter(pk=event.pk).delete()


@pytest.mark.django_db(transaction=True)
def test_the_flush_after_a_test_that_commits_empties_evidence_and_leaves_it_guarded():
    from django.core.management import call_command

    an_event()
    call_command("flush", interactive=False, verbosity=0)
    assert Event.objects.count() == 0

    event = an_event()
    with pytest.raises(IntegrityError):
        Event.objects.filter(pk=event.pk).delete()


@pytest.mark.django_db
def test_every_guard_of_the_migrations_is_there_at_their_end():
    """SQLite drops a table's triggers when a later migration makes the table anew: they must be made again then."""
    loader = MigrationLoader(connection)
    wanted = {
        operation.name
        for migration in loader.disk_migrations.values()
        for operation in migration.operations
        if isinstance(operation, RefuseOnEvidence)
    }
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {name for (name,) in cursor.fetchall()}

    assert {"audit_event_no_update", "audit_event_no_delete"} <= wanted <= present


def test_nothing_but_the_guard_and_its_tests_writes_the_row_that_unlocks():
    mentions = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if not {".venv", "var", "node_modules"} & set(path.relative_to(ROOT).parts)
        and re.search(r"evidence_unlock", path.read_text())
    }

    assert mentions == {"core/audit/evidence.py", "tests/core/audit/test_evidence.py"}
    assert not [model for model in apps.get_models() if model._meta.db_table == "evidence_unlock"]
