"""The guard of evidence: rows of these tables are added, never changed or taken away.

On SQLite the triggers let through while the single row of `evidence_unlock` is set, which only the tests' flush and the
retention command do, inside their own transaction. On PostgreSQL nothing lets through: the table's grants and a role of
its own serve retention there, and a test's flush is a TRUNCATE, which the application's role is not granted.
"""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation

from core.triggers import Refuse

# A migration that guards a table depends on this one.
NEEDS = ("audit", "0002_append_only")

LOCKED_ON_SQLITE = "(SELECT is_open FROM evidence_unlock WHERE id = 1) IS NOT 1"


class RefuseOnEvidence(Refuse):
    """A trigger that refuses every change of its kind, but for the unlocked moment that SQLite knows."""

    def __init__(self, name: str, table: str, event: str, message: str) -> None:
        super().__init__(name, table, event, "TRUE", message)

    def deconstruct(self) -> tuple[str, list, dict]:
        return self.__class__.__name__, [self.name, self.table, self.event, self.message], {}

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.when = LOCKED_ON_SQLITE if schema_editor.connection.vendor == "sqlite" else "TRUE"
        super().database_forwards(app_label, schema_editor, from_state, to_state)


class MakeUnlock(Operation):
    """The table `evidence_unlock` with its one row, shut; SQLite alone has it."""

    reversible = True

    def deconstruct(self) -> tuple[str, list, dict]:
        return self.__class__.__name__, [], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """No model stands for it: nothing but the trigger reads it."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                "CREATE TABLE evidence_unlock (id integer PRIMARY KEY CHECK (id = 1), "
                "is_open integer NOT NULL DEFAULT 0 CHECK (is_open IN (0, 1)))",
                params=None,
            )
            schema_editor.execute("INSERT INTO evidence_unlock (id, is_open) VALUES (1, 0)", params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute("DROP TABLE evidence_unlock", params=None)

    def describe(self) -> str:
        return "Make the row that unlocks evidence on SQLite"


def guard(table: str) -> list[Operation]:
    """The operations that make a table append-only; their migration depends on `evidence.NEEDS`."""
    return [
        RefuseOnEvidence(f"{table}_no_update", table, "UPDATE", f"Rows of {table} are never changed."),
        RefuseOnEvidence(f"{table}_no_delete", table, "DELETE", f"Rows of {table} are never deleted."),
    ]
