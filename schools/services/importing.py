"""The register's import: what the file says of each school becomes what the mirror says, and what changed is kept.

One transaction, and a school that is not in the file stays as it is. Memory is flat: rows go by in batches on SQLite,
through COPY into a table of the transaction on PostgreSQL.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from core.audit.log import record
from schools import register
from schools.models import EstablishmentType, LocalAuthority, RegisterImport, School, SchoolChange, Succession
from schools.register import LinkRow, Refused, Row

MIRRORED = tuple(name for name, _, _ in register.COLUMNS if name != "urn")
WRITTEN = ("urn", *MIRRORED, "search", "last_import_id")
BATCH = 400  # rows compared at once: fewer parameters than the 999 that SQLite allows
KEPT_NOTES = 200
_LOCK = 7_310_021  # one import at a time on PostgreSQL; any number that nobody else uses


class RefusedFile(Exception):
    """The import did not happen; the text says why."""


@dataclass
class Counts:
    """What became of the rows of one file."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0


@dataclass
class Imported:
    """What an import did, or would do."""

    file: str
    as_of: date
    encoding: str
    dry_run: bool
    schools: Counts = field(default_factory=Counts)
    not_in_file: int = 0  # schools of the mirror that the file does not name: they stay as they are
    links: Counts | None = None
    refused: list[Refused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        plain = asdict(self)
        plain["as_of"] = self.as_of.isoformat()
        return plain


@transaction.atomic
def import_register(
    *,
    path: Path,
    as_of: date,
    links: Path | None = None,
    dry_run: bool = False,
    older: bool = False,
    by: Any = None,
    now: datetime,
) -> Imported:
    """Bring the mirror in line with the register's file of a day, and its links with the file of links.

    Raises RefusedFile when the file as a whole cannot be used, or is older than the one before and `older` is not said:
    closed schools would open again. A dry run does all of it and takes it back.
    """
    if connection.vendor == "postgresql":  # on SQLite the transaction is alone already
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    in_use = RegisterImport.objects.in_use()
    if in_use is not None and as_of < in_use.as_of and not older:
        raise RefusedFile(
            f"{path.name} is of {as_of:%-d %B %Y}, older than the one in use, of {in_use.as_of:%-d %B %Y}. "
            "Say --older to go back to it."
        )
    try:
        with register.open_register(path) as table:
            done = Imported(file=path.name, as_of=as_of, encoding=table.encoding, dry_run=dry_run)
            done.notes += [f"The column {name} is not one of the register’s and was ignored." for name in table.unknown]
            run = RegisterImport.objects.create(
                as_of=as_of, file_name=path.name[:200], file_sha256=table.sha256, ran_at=now, by=by
            )
            stood, codes = School.objects.count(), Codes.known()
            rows = _readable(register.schools(table), done.schools, done.refused)
            (_copy if connection.vendor == "postgresql" else _compare)(_of_known_type(rows, codes, done), run, done)
            codes.keep(done)
            done.schools.rows += done.schools.refused
        if not done.schools.rows - done.schools.refused:
            raise RefusedFile(_nothing_read(path, done))
        done.not_in_file = stood - done.schools.changed - done.schools.unchanged
        if links is not None:
            done.links = _import_links(links, done)
    except register.UnreadableFile as refusal:
        raise RefusedFile(str(refusal)) from None
    for name, value in asdict(done.schools).items():
        setattr(run, name, value)
    run.links = done.links.rows - done.links.refused if done.links else 0
    run.notes = [*done.notes, *(f"Refused: {row}." for row in done.refused[:KEPT_NOTES])]
    run.save()
    record("register.imported", run, by=by, at=now, after=asdict(done.schools))
    if dry_run:
        transaction.set_rollback(True)
    return done


def _nothing_read(path: Path, done: Imported) -> str:
    first = f" The first: {done.refused[0]}." if done.refused else ""
    return f"{path.name} holds no row that could be read.{first}"


def _readable(rows: Iterable[Any], counts: Counts, refused: list[Refused]) -> Iterator[Any]:
    for row in rows:
        if isinstance(row, Refused):
            counts.refused += 1
            refused.append(row)
        else:
            counts.rows += 1
            yield row


@dataclass
class Codes:
    """The types and authorities that are known before the import, and the authorities that its rows add."""

    types: frozenset[str]
    authorities: frozenset[str]
    added: dict[str, str] = field(default_factory=dict)

    @classmethod
    def known(cls) -> Codes:
        codes = cls(
            frozenset(EstablishmentType.objects.values_list("code", flat=True)),
            frozenset(LocalAuthority.objects.values_list("code", flat=True)),
        )
        if not codes.types or not codes.authorities:
            raise RefusedFile("The reference data are missing: run load_reference first.")
        return codes

    def keep(self, done: Imported) -> None:
        """Add the new authorities under the register's names; foreign keys are checked when the transaction ends."""
        LocalAuthority.objects.bulk_create([LocalAuthority(code=c, name=name or c) for c, name in self.added.items()])
        if self.added:
            names = ", ".join(f"{code} {name}".strip() for code, name in sorted(self.added.items()))
            done.notes.append(f"Authorities that are not in the reference, added by their names: {names}.")


def _of_known_type(rows: Iterable[Row], codes: Codes, done: Imported) -> Iterator[Row]:
    """Rows whose type we have a rule for. Asks no database: a COPY may be under way."""
    for row in rows:
        if row.values["type_id"] not in codes.types:
            done.schools.rows -= 1
            done.schools.refused += 1
            reason = f"TypeOfEstablishment (code) is {row.values['type_id']!r}, a type that has no rule yet"
            done.refused.append(Refused(row.line, row.urn, reason))
            continue
        if row.values["la_id"] not in codes.authorities:
            codes.added.setdefault(row.values["la_id"], row.la_name)
        yield row


def _plain(value: Any) -> Any:
    """A value as history keeps it: numbers as numbers, days as text."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


# --- SQLite: compare batch by batch ---------------------------------------------------------------------------------


def _compare(rows: Iterator[Row], run: RegisterImport, done: Imported) -> None:
    names = (*MIRRORED, "search")
    while batch := list(islice(rows, BATCH)):
        there = {
            urn: values
            for urn, *values in School.objects.filter(urn__in=[row.urn for row in batch]).values_list("urn", *names)
        }
        written, history = [], []
        for row in batch:
            new = [row.values[name] for name in names]
            old = there.get(row.urn)
            if old == new:
                done.schools.unchanged += 1
                continue
            written.append(School(**row.values, last_import=run))
            if old is None:
                done.schools.new += 1
                history.append(SchoolChange(school_id=row.urn, register_import=run, before=None, after={}))
                continue
            changed = [i for i, name in enumerate(MIRRORED) if old[i] != new[i]]
            if not changed:  # only the folding for search is another
                done.schools.unchanged += 1
                continue
            done.schools.changed += 1
            before, after = ({names[i]: _plain(side[i]) for i in changed} for side in (old, new))
            history.append(SchoolChange(school_id=row.urn, register_import=run, before=before, after=after))
        School.objects.bulk_create(
            written, update_conflicts=True, unique_fields=["urn"], update_fields=[*names, "last_import"]
        )
        SchoolChange.objects.bulk_create(history)


# --- PostgreSQL: COPY, then one statement that touches changed rows only ----------------------------------------------


class Lines:
    """CSV lines of an iterator as something to read from, piece by piece."""

    def __init__(self, rows: Iterator[list[Any]]) -> None:
        self.rows, self.rest = rows, ""

    def read(self, size: int = 65536) -> str:
        buffer = io.StringIO()
        buffer.write(self.rest)
        writer = csv.writer(buffer, lineterminator="\n")
        while buffer.tell() < size and (row := next(self.rows, None)) is not None:
            writer.writerow(row)
        text = buffer.getvalue()
        self.rest = text[size:]
        return text[:size]


def _copy(rows: Iterator[Row], run: RegisterImport, done: Imported) -> None:
    school, change = School._meta.db_table, SchoolChange._meta.db_table
    columns = ", ".join(WRITTEN)
    compared = (*MIRRORED, "search")
    old = ", ".join(f"o.{name}" for name in compared)
    new = ", ".join(f"i.{name}" for name in compared)
    sets = ", ".join(f"{name} = EXCLUDED.{name}" for name in (*compared, "last_import_id"))
    excluded = ", ".join(f"EXCLUDED.{name}" for name in compared)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE incoming (LIKE {school} INCLUDING DEFAULTS) ON COMMIT DROP")
        with connection.wrap_database_errors:  # the driver’s own cursor: Django’s wrapper has no copy methods
            cursor.cursor.copy_expert(
                f"COPY incoming ({columns}) FROM STDIN WITH (FORMAT csv, NULL '\\N')", Lines(_cells(rows, run)), 65536
            )
        cursor.execute("ANALYZE incoming (urn)")  # all that the joins below ask of it
        cursor.execute(
            f"INSERT INTO {change} (school_id, register_import_id, before, after) "  # noqa: S608  (names of our own)
            f"SELECT i.urn, %s, NULL, '{{}}' FROM incoming i "
            f"WHERE NOT EXISTS (SELECT 1 FROM {school} o WHERE o.urn = i.urn)",
            [run.pk],
        )
        done.schools.new = cursor.rowcount
        cursor.execute(
            f"INSERT INTO {change} (school_id, register_import_id, before, after) "  # noqa: S608
            f"SELECT i.urn, %s, d.before, d.after FROM incoming i JOIN {school} o USING (urn) CROSS JOIN LATERAL ("
            "SELECT jsonb_object_agg(n.key, to_jsonb(o) -> n.key) AS before, jsonb_object_agg(n.key, n.value) AS after "
            "FROM jsonb_each(to_jsonb(i) - 'urn' - 'search' - 'last_import_id') n "
            "WHERE n.value IS DISTINCT FROM to_jsonb(o) -> n.key) d "
            f"WHERE ({old}) IS DISTINCT FROM ({new}) AND d.after IS NOT NULL",
            [run.pk],
        )
        done.schools.changed = cursor.rowcount
        cursor.execute(
            f"INSERT INTO {school} AS o ({columns}) SELECT {columns} FROM incoming ORDER BY urn "  # noqa: S608
            f"ON CONFLICT (urn) DO UPDATE SET {sets} WHERE ({old}) IS DISTINCT FROM ({excluded})"
        )
        cursor.execute("DROP TABLE incoming")
    done.schools.unchanged = done.schools.rows - done.schools.new - done.schools.changed


def _cells(rows: Iterator[Row], run: RegisterImport) -> Iterator[list[Any]]:
    for row in rows:
        values = row.values
        yield [*("\\N" if (value := values[name]) is None else value for name in WRITTEN[:-1]), run.pk]


# --- Links ----------------------------------------------------------------------------------------------------------


def _import_links(path: Path, done: Imported) -> Counts:
    """Add the links that are new and correct those that differ; either end may be a school of no file."""
    counts = Counts()
    fields = ("link_name", "established_on", "older", "newer")
    with register.open_links(path) as table:
        done.notes += [f"The column {name} of the links was ignored." for name in table.unknown]
        refused: list[Refused] = []
        rows = _readable(register.links(table), counts, refused)
        while batch := list(islice(rows, BATCH)):
            wanted: dict[tuple[str, str, str], LinkRow] = {(row.urn, row.link_urn, row.kind): row for row in batch}
            there = {
                key[:3]: key[3:]
                for key in Succession.objects.filter(urn__in={row.urn for row in batch}).values_list(
                    "urn", "link_urn", "kind", *fields
                )
            }
            written = []
            for key, row in wanted.items():
                new = (row.link_name, row.established_on, row.older, row.newer)
                if there.get(key) == new:
                    counts.unchanged += 1
                    continue
                counts.changed += key in there
                counts.new += key not in there
                mirrored = dict(zip(fields, new, strict=True))
                written.append(Succession(urn=row.urn, link_urn=row.link_urn, kind=row.kind, **mirrored))
            counts.unchanged += len(batch) - len(wanted)  # the same link once more
            Succession.objects.bulk_create(
                written, update_conflicts=True, unique_fields=["urn", "link_urn", "kind"], update_fields=list(fields)
            )
    counts.rows += counts.refused
    done.refused += [Refused(row.line, row.urn, f"{row.reason} ({path.name})") for row in refused]
    return counts
