"""Every model change has its migration."""

from typing import Any

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState


def missing(written: ProjectState) -> dict[str, Any]:
    """Migrations that `makemigrations` would write, by app."""
    loader = MigrationLoader(None)
    changes = MigrationAutodetector(written, ProjectState.from_apps(apps)).changes(graph=loader.graph)
    return {app: [migration.operations for migration in migrations] for app, migrations in changes.items()}


def test_no_migration_is_missing():
    assert missing(MigrationLoader(None).project_state()) == {}


def test_a_change_without_its_migration_is_found():
    written = MigrationLoader(None).project_state()
    written.remove_field("accounts", "user", "name")

    assert list(missing(written)) == ["accounts"]


def test_no_two_migrations_of_a_room_are_the_last():
    assert MigrationLoader(None).detect_conflicts() == {}
