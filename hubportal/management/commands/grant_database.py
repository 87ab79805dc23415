"""`manage.py grant_database`: give the portal's own role what it needs, and no more (security 4.4, 9.3)."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from core.audit.evidence import RefuseOnEvidence

KEPT_FROM_IT = {"django_migrations": ("INSERT", "UPDATE", "DELETE")}


class Command(BaseCommand):
    help = (
        "On PostgreSQL, run as the owner of the tables: the role of the portal may read and write every table, but"
        " neither alter one nor change or delete evidence. Without a role to grant to there is nothing to do."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--role", default=_role_of(os.environ.get("PORTAL_ROLE_URL", "")), help="who is given it")

    @transaction.atomic
    def handle(self, *args: Any, role: str, **options: Any) -> None:
        if connection.vendor != "postgresql" or not role:
            self.stdout.write("Nothing to grant: the portal's role owns its tables.")
            return
        quote = connection.ops.quote_name
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolname, current_user FROM pg_roles WHERE rolname = %s", [role])
            found = cursor.fetchone()
            if found is None:
                raise CommandError(f"There is no role {role}: see docs/running.md.")
            if found[0] == found[1]:
                raise CommandError(f"{role} owns the tables: DATABASE_URL and DATABASE_OWNER_URL name one role.")
            to = quote(role)
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {to}")
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {to}")
            cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {to}")
            for table, change in _kept():
                cursor.execute(f"REVOKE {change} ON {quote(table)} FROM {to}")
        self.stdout.write(f"{role} may read and write, but neither alter tables nor touch evidence.")


def _kept() -> Iterator[tuple[str, str]]:
    """Each table with a kind of change that the portal's role may not make."""
    for migration in MigrationLoader(None).disk_migrations.values():
        for operation in migration.operations:
            if isinstance(operation, RefuseOnEvidence):
                yield operation.table, operation.event.split()[0]
    for table, changes in KEPT_FROM_IT.items():
        for change in changes:
            yield table, change


def _role_of(url: str) -> str:
    return unquote(urlsplit(url).username or "")
