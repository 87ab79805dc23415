"""Small files in the register's form, written for a test."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from schools.register import LINK_COLUMNS, NEEDED

SAMPLE = Path(__file__).resolve().parents[2] / "demo" / "data" / "gias_sample_20231116.csv"
LINKS = SAMPLE.with_name("gias_links_sample_20250422.csv")

SCHOOL = {
    "URN": "115001",
    "LA (code)": "916",
    "LA (name)": "Gloucestershire",
    "EstablishmentNumber": "4001",
    "EstablishmentName": "Larkhill School",
    "TypeOfEstablishment (code)": "01",
    "EstablishmentStatus (code)": "1",
    "PhaseOfEducation (code)": "4",
    "StatutoryLowAge": "11",
    "StatutoryHighAge": "18",
    "OpenDate": "01-09-1958",
    "Section41Approved (name)": "Not applicable",
    "GSSLACode (name)": "E10000013",
    "Street": "East End Road",
    "Town": "Cheltenham",
    "Postcode": "GL53 8QF",
    "NumberOfPupils": "1180",
    "PercentageFSM": "12.5",
    "Easting": "396500",
    "Northing": "220400",
    "LastChangedDate": "02-11-2023",
}


def register_file(
    folder: Path,
    *rows: dict[str, str],
    name: str = "edubasealldata20231116.csv",
    columns: Sequence[str] = NEEDED,
    encoding: str = "cp1252",
    mark: bytes = b"",
) -> Path:
    """A file of all establishments; each row is SCHOOL with what differs."""
    return _written(folder / name, columns, ({**SCHOOL, **row} for row in rows), encoding, mark)


def links_file(folder: Path, *rows: tuple[str, ...], name: str = "links_edubasealldata20231116.csv") -> Path:
    """A file of links: URN, LinkURN, kind, and where it matters name and day."""
    full = (
        {**dict(zip(("URN", "LinkURN", "LinkType", "LinkName", "LinkEstablishedDate"), row, strict=False))}
        for row in rows
    )
    return _written(folder / name, LINK_COLUMNS, full, "cp1252", b"")


def _written(path: Path, columns: Sequence[str], rows: Iterable[dict[str, str]], encoding: str, mark: bytes) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows([row.get(column, "") for column in columns] for row in rows)
    if mark:
        path.write_bytes(mark + path.read_bytes())
    return path
