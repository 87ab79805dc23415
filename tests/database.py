"""What a test that commits leaves behind is taken away, and what migrations had put in is put back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

KEPT = "kept_by_tests_"


def keep_what_migrations_made(connection: BaseDatabaseWrapper) -> None:
    """Copy every table that is not empty after `migrate`, and make every flush put the rows back.

    On SQLite a flush is DELETE, which the append-only tables refuse: the triggers are dropped and made again inside the
    flush's own transaction. On PostgreSQL a flush is TRUNCATE, which row triggers do not see.
    """
    quote = connection.ops.quote_name
    kept: list[str] = []
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        for table in sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)} & present):
            cursor.execute(f"SELECT 1 FROM {quote(table)} LIMIT 1")  # noqa: S608  (a model's own table name)
            if cursor.fetchone() is None:
                continue
            cursor.execute(f"DROP TABLE IF EXISTS {quote(KEPT + table)}")
            cursor.execute(f"CREATE TABLE {quote(KEPT + table)} AS SELECT * FROM {quote(table)}")  # noqa: S608
            kept.append(table)
    operations = type(connection.ops)
    plain_flush = operations.sql_flush

    def sql_flush(self: Any, style: Any, tables: Sequence[str], **options: Any) -> Iterable[str]:
        statements = plain_flush(self, style, tables, **options)
        if not statements:
            return statements
        back = [f"INSERT INTO {quote(t)} SELECT * FROM {quote(KEPT + t)}" for t in kept if t in set(tables)]  # noqa: S608
        drop, make = _triggers(self.connection)
        return [*drop, *statements, *back, *make]

    # On the class: in a thread where the browser's loop runs, Django hands out another connection.
    operations.sql_flush = sql_flush  # type: ignore[method-assign]


def _triggers(connection: BaseDatabaseWrapper) -> tuple[list[str], list[str]]:
    if connection.vendor != "sqlite":
        return [], []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
        found = cursor.fetchall()
    return [f"DROP TRIGGER {connection.ops.quote_name(name)}" for name, _ in found], [sql for _, sql in found]
