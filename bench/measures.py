"""The six figures, each beside its floor."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.mail import get_connection
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import documents
from bench import world
from bench.timing import Figure, by_turns
from core.documents import pdf, seal
from core.notifications import delivery
from core.notifications.composing import mail_of
from core.notifications.models import Message
from schools.models import School
from schools.services import import_register
from schools.services.importing import WRITTEN
from tests.clock import NOW, TODAY


@dataclass(frozen=True)
class Size:
    """How much there is of everything."""

    rows: int  # of the register
    forms: int
    mails: int
    pages: int  # turns of each page
    runs: int  # turns of what takes seconds
    papers: int


WHOLE = Size(rows=52_000, forms=2_000, mails=1_000, pages=40, runs=3, papers=7)
SMALL = Size(rows=1_200, forms=60, mails=40, pages=3, runs=1, papers=1)

# --- Pages --------------------------------------------------------------------------------------------------------


def queue(world_: world.World, size: Size) -> Figure:
    """The queue of a round's forms, 50 rows, beside a bare list of as many."""
    key = world_.round.pk
    ours = f"{reverse('applications:queue', args=[key])}?view=all"
    return _pages(world_.lead, ours, reverse("bench:list", args=[key]), size)


def bid(world_: world.World, size: Size) -> Figure:
    """Everything about one form, beside a page that says nothing."""
    return _pages(world_.lead, reverse("applications:bid", args=[world_.bid.pk]), reverse("bench:page"), size)


def form(world_: world.World, size: Size) -> Figure:
    """The page of a lead teacher in a form, beside a bare form of the same fields."""
    key = world_.draft.pk
    ours = reverse("applications:page", args=[key, "lead-1"])
    return _pages(world_.applicant, ours, reverse("bench:form", args=[key]), size)


def _pages(user: Any, ours: str, floor: str, size: Size) -> Figure:
    client = _signed_in(user)

    def get(url: str) -> None:
        response = client.get(url)
        assert response.status_code == 200, f"{url} answers {response.status_code}"

    get(ours)
    with CaptureQueriesContext(connection) as asked:
        get(ours)
    return by_turns(lambda: get(ours), lambda: get(floor), turns=size.pages, warm_up=3, queries=len(asked))


def _signed_in(user: Any) -> Client:
    from django.conf import settings

    client = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0], HTTP_X_FORWARDED_PROTO="https")
    client.force_login(user)
    return client


# --- The register -------------------------------------------------------------------------------------------------


def register(size: Size) -> Figure:
    """The whole register into an empty mirror, beside COPY and an upsert of the same rows into a table like it."""
    mirror, columns = School._meta.db_table, ", ".join(WRITTEN)
    sets = ", ".join(f"{name} = EXCLUDED.{name}" for name in WRITTEN if name != "urn")
    with tempfile.TemporaryDirectory() as folder:
        path, rows = Path(folder) / "edubasealldata20270301.csv", Path(folder) / "rows.csv"
        world.write_register(path, size.rows)
        import_register(path=path, as_of=TODAY, now=NOW)
        with connection.cursor() as cursor, rows.open("w") as file:
            cursor.cursor.copy_expert(
                f"COPY (SELECT {columns} FROM {mirror} ORDER BY urn) TO STDOUT (FORMAT csv)", file
            )
            cursor.execute(f"CREATE TABLE bench_mirror (LIKE {mirror} INCLUDING ALL)")

        def empty(table: str) -> None:
            with connection.cursor() as cursor:
                cursor.execute(f"TRUNCATE {table} CASCADE")

        def ours() -> None:
            done = import_register(path=path, as_of=TODAY, now=NOW)
            assert done.schools.new == size.rows, done.schools

        @transaction.atomic
        def floor() -> None:
            with connection.cursor() as cursor, rows.open() as file:
                cursor.execute("CREATE TEMP TABLE incoming (LIKE bench_mirror) ON COMMIT DROP")
                cursor.cursor.copy_expert(f"COPY incoming ({columns}) FROM STDIN (FORMAT csv)", file, 65536)
                cursor.execute(
                    f"INSERT INTO bench_mirror ({columns}) SELECT {columns} FROM incoming "
                    f"ON CONFLICT (urn) DO UPDATE SET {sets}"
                )
                assert cursor.rowcount == size.rows

        figure = by_turns(
            ours,
            floor,
            turns=size.runs,
            warm_up=0,  # the import above was one
            before_ours=lambda: empty(mirror),
            before_floor=lambda: empty("bench_mirror"),
        )
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE bench_mirror")
            cursor.execute("ANALYZE")
    return figure


# --- The commitment -----------------------------------------------------------------------------------------------


def paper(world_: world.World, size: Size) -> Figure:
    """The sealed commitment, tagged and archival, beside what WeasyPrint makes of the same HTML and style sheet."""
    from weasyprint import HTML

    made = documents.make(world_.bid.pk, NOW)
    style, fonts = pdf._style()
    fetcher = pdf._fetcher_class()

    def ours() -> None:
        seal.seal(pdf.render(made.html), made.reference)

    def floor() -> None:
        HTML(string=made.html, url_fetcher=fetcher(), base_url="asset:").write_pdf(
            stylesheets=[style], font_config=fonts
        )

    return by_turns(ours, floor, turns=size.papers)


# --- Mail ---------------------------------------------------------------------------------------------------------


def mail(world_: world.World, size: Size) -> Figure:
    """Reminders from the outbox to a server on loopback, beside Django sending the same mails over one connection."""
    waiting = world.reminders(size.mails)
    mails = [mail_of(message, now=NOW) for message in waiting]
    assert len(mails) == size.mails

    def fill() -> None:
        Message.objects.filter(kind=waiting[0].kind).delete()
        Message.objects.bulk_create(waiting, batch_size=500)

    def ours() -> None:
        told = delivery.drain(now=NOW, limit=size.mails, seconds=600)
        assert told == {"sent": size.mails}, told

    def floor() -> None:
        with get_connection("django.core.mail.backends.smtp.EmailBackend") as server:
            sent = server.send_messages(mails)
        assert sent == size.mails

    return by_turns(ours, floor, turns=size.runs, before_ours=fill)


@dataclass(frozen=True)
class Measure:
    """One figure: what takes it, and how many times its floor it is meant to stay below."""

    take: Callable[[world.World, Size], Figure]
    aim: float


# In the order in which they are taken, after the register, which fills the mirror.
OF_THE_WORLD = {
    "queue": Measure(queue, 2.5),
    "bid": Measure(bid, 4.0),
    "form": Measure(form, 2.0),
    "pdf": Measure(paper, 1.35),
    "mail": Measure(mail, 1.43),
}
AIM_OF_THE_REGISTER = 2.0
