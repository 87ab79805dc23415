"""Counting a page's queries: SELECT, INSERT, UPDATE and DELETE; session, user and roles included."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


class Counted(list[str]):
    """The statements that were run, in order."""

    def __str__(self) -> str:
        return f"{len(self)} queries:\n" + "\n".join(f"{n:3} {sql[:240]}" for n, sql in enumerate(self, 1))


@contextmanager
def queries(*, at_most: int | None = None) -> Iterator[Counted]:
    """Collect the queries of a block; with `at_most`, fail with all of them listed when there are more."""
    found = Counted()
    with CaptureQueriesContext(connection) as captured:
        yield found
    found.extend(q["sql"] for q in captured.captured_queries if q["sql"].lstrip("( ").upper().startswith(VERBS))
    if at_most is not None:
        assert len(found) <= at_most, f"more than {at_most}: {found}"
