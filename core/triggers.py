"""Triggers that refuse a change, written once for SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation


class Refuse(Operation):
    """A BEFORE ... FOR EACH ROW trigger on `table` that refuses the change when `when` holds.

    `when` is SQL over NEW and OLD that both databases understand; subqueries are allowed. `event` is INSERT, UPDATE,
    UPDATE OF column or DELETE. The refusal reaches Django as an IntegrityError that carries `message`.
    """

    reversible = True

    def __init__(self, name: str, table: str, event: str, when: str, message: str) -> None:
        self.name, self.table, self.event, self.when, self.message = name, table, event, when, message

    def deconstruct(self) -> tuple[str, list, dict]:
        return self.__class__.__name__, [self.name, self.table, self.event, self.when, self.message], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models do not change."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        message = self.message.replace("'", "''")
        if schema_editor.connection.vendor == "sqlite":
            statements = [
                f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} FOR EACH ROW WHEN {self.when} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            ]
        else:
            row = "OLD" if self.event == "DELETE" else "NEW"
            statements = [
                f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {self.when} THEN "
                f"RAISE EXCEPTION '{message.replace('%', '%%')}' USING ERRCODE = 'integrity_constraint_violation'; "
                f"END IF; RETURN {row}; END $$",
                f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} FOR EACH ROW "
                f"EXECUTE FUNCTION {self.name}()",
            ]
        for statement in statements:
            schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {self.name}", params=None)
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {self.name} ON {self.table}", params=None)
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {self.name}()", params=None)

    def describe(self) -> str:
        return f"Refuse {self.event} on {self.table}: {self.message}"
