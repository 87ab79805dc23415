import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from core.audit.log import record
from tests.clock import NOW

ROLE = "portal_as_it_runs"


@pytest.fixture
def role(db):
    if connection.vendor != "postgresql":
        pytest.skip("roles are PostgreSQL's")
    with connection.cursor() as cursor:  # undone with the test's transaction
        cursor.execute(f"CREATE ROLE {ROLE}")
    call_command("grant_database", role=ROLE, verbosity=0)
    return ROLE


def try_as(role: str, statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        cursor.execute(statement)


@pytest.mark.services
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET note = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "ALTER TABLE accounts_user ADD COLUMN x int",
        "DROP TABLE accounts_user",
        "DELETE FROM signing_signature",
        "DELETE FROM signing_chainhead",
        "DELETE FROM django_migrations",
        "CREATE TABLE planted (x int)",
    ],
)
def test_the_portals_role_may_not(role, statement):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        try_as(role, statement)


@pytest.mark.services
@pytest.mark.parametrize(
    "statement",
    ["UPDATE accounts_user SET name = name", "DELETE FROM django_session", "SELECT count(*) FROM audit_event"],
)
def test_the_portals_role_may(role, statement):
    try_as(role, statement)


@pytest.mark.services
def test_the_portals_role_adds_evidence(role):
    person = get_user_model().objects.create_user("a@school.example")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {role}")

        record("accounts.renamed", person, by=person, at=NOW)


@pytest.mark.services
def test_granting_to_who_is_not_there_or_owns_the_tables_is_refused(role):
    with pytest.raises(CommandError, match="There is no role nobody_at_all"):
        call_command("grant_database", role="nobody_at_all")
    with pytest.raises(CommandError, match="owns the tables"):
        call_command("grant_database", role=connection.settings_dict["USER"] or "root")


@pytest.mark.django_db
def test_on_sqlite_there_is_nothing_to_grant(capsys):
    if connection.vendor == "postgresql":
        pytest.skip("on SQLite only")

    call_command("grant_database", role="portal")

    assert capsys.readouterr().out == "Nothing to grant: the portal's role owns its tables.\n"
