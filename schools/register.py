"""Turns the register's files into plain rows: by column name, in UTF-8 or Windows-1252, one line at a time.

Knows no database. A file that cannot be used at all raises `UnreadableFile`; a row that cannot be read is handed over
as `Refused`, with its line and the reason, and the next row follows.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TextIO

from schools.folding import full_postcode, searched

OLD_AFTER = timedelta(days=100)  # a term: new copies are taken over far more often


def is_old(as_of: date | None, *, today: date) -> bool:
    """Whether a copy of the register is so old that whoever reads from it is told."""
    return as_of is not None and today - as_of > OLD_AFTER


class UnreadableFile(Exception):
    """The file as a whole cannot be used; the text says why."""


class _Unreadable(ValueError):
    """One cell cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One establishment: the mirror's fields by name, and the authority's name for codes we do not know yet."""

    line: int
    values: dict[str, Any]
    la_name: str

    @property
    def urn(self) -> str:
        return str(self.values["urn"])


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link: `link_urn` is what `kind` says of `urn`; `older` and `newer` only where the kind carries identity."""

    line: int
    urn: str
    link_urn: str
    link_name: str
    kind: str
    established_on: date | None
    older: str
    newer: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be read. `urn` is empty where not even that could be."""

    line: int
    urn: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}{f' (URN {self.urn})' if self.urn else ''}: {self.reason}"


# --- Cells ---------------------------------------------------------------------------------------------------------


def _text(limit: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if len(cell) > limit:
            raise _Unreadable(f"is longer than {limit} characters")
        return cell

    return read


def _needed(limit: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if not cell:
            raise _Unreadable("is empty")
        return _text(limit)(cell)

    return read


def _digits(length: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if not (cell.isascii() and cell.isdigit() and len(cell) == length):
            raise _Unreadable(f"is {cell!r}, not {length} digits")
        return cell

    return read


def _one_of(codes: str) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if len(cell) != 1 or cell not in codes:
            raise _Unreadable(f"is {cell!r}, not one of {', '.join(codes)}")
        return cell

    return read


def _whole(most: int) -> Callable[[str], int | None]:
    def read(cell: str) -> int | None:
        if not cell:
            return None
        if not (cell.isascii() and cell.isdigit()) or int(cell) > most:
            raise _Unreadable(f"is {cell!r}, not a number up to {most}")
        return int(cell)

    return read


def _per_cent(cell: str) -> Decimal | None:
    if not cell or cell.upper() == "SUPP":  # the register's word for figures too small to publish
        return None
    try:
        value = Decimal(cell)
    except InvalidOperation:
        raise _Unreadable(f"is {cell!r}, not a percentage") from None
    if not value.is_finite() or not 0 <= value <= 100:
        raise _Unreadable(f"is {cell!r}, not a percentage")
    return value.quantize(Decimal("0.1"))


_DAY = re.compile(r"(\d{2})[-/](\d{2})[-/](\d{4})", re.ASCII)


def _day(cell: str) -> date | None:
    if not cell:
        return None
    found = _DAY.fullmatch(cell)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else _refuse(cell)
    except ValueError:
        return _refuse(cell)


def _refuse(cell: str) -> date:
    raise _Unreadable(f"is {cell!r}, not a date as dd-mm-yyyy")


def _approved(cell: str) -> bool:
    return cell.casefold() == "approved"


def _postcode(cell: str) -> str:
    return full_postcode(cell) or _text(8)(cell)


# --- The file of all establishments ---------------------------------------------------------------------------------

# The mirror's field, the register's column, how its cells are read. Every one of these columns is needed.
COLUMNS: tuple[tuple[str, str, Callable[[str], Any]], ...] = (
    ("urn", "URN", _digits(6)),
    ("name", "EstablishmentName", _needed(200)),
    ("la_id", "LA (code)", _digits(3)),
    ("establishment_number", "EstablishmentNumber", _text(4)),
    ("type_id", "TypeOfEstablishment (code)", _digits(2)),
    ("status", "EstablishmentStatus (code)", _one_of("1234")),
    ("phase", "PhaseOfEducation (code)", _one_of("01234567")),
    ("low_age", "StatutoryLowAge", _whole(99)),
    ("high_age", "StatutoryHighAge", _whole(99)),
    ("opened_on", "OpenDate", _day),
    ("closed_on", "CloseDate", _day),
    ("section_41", "Section41Approved (name)", _approved),
    ("in_england", "GSSLACode (name)", lambda cell: not cell or cell.startswith("E")),
    ("trust_code", "Trusts (code)", _text(10)),
    ("trust_name", "Trusts (name)", _text(200)),
    ("street", "Street", _text(200)),
    ("locality", "Locality", _text(200)),
    ("address3", "Address3", _text(200)),
    ("town", "Town", _text(100)),
    ("county", "County (name)", _text(80)),
    ("postcode", "Postcode", _postcode),
    ("website", "SchoolWebsite", _text(255)),
    ("telephone", "TelephoneNum", _text(20)),
    ("pupils", "NumberOfPupils", _whole(99_999)),
    ("fsm_percent", "PercentageFSM", _per_cent),
    ("easting", "Easting", _whole(9_999_999)),
    ("northing", "Northing", _whole(9_999_999)),
    ("ukprn", "UKPRN", _text(8)),
    ("register_changed_on", "LastChangedDate", _day),
)
LA_NAME = "LA (name)"
NEEDED = (*(column for _, column, _ in COLUMNS), LA_NAME)
_NOT_KNOWN = {"Not applicable", "Not recorded", "Not known"}  # words for a blank, in columns of names
_BLANK_WORDS = {"county", "trust_name"}

# The rest of the register's header, as of 2025: known and not mirrored. A column in neither list is noted.
NOT_MIRRORED = frozenset(
    (
        "TypeOfEstablishment (name)|EstablishmentTypeGroup (code)|EstablishmentTypeGroup (name)|"
        "EstablishmentStatus (name)|ReasonEstablishmentOpened (code)|ReasonEstablishmentOpened (name)|"
        "ReasonEstablishmentClosed (code)|ReasonEstablishmentClosed (name)|PhaseOfEducation (name)|Boarders (code)|"
        "Boarders (name)|NurseryProvision (name)|OfficialSixthForm (code)|OfficialSixthForm (name)|Gender (code)|"
        "Gender (name)|ReligiousCharacter (code)|ReligiousCharacter (name)|ReligiousEthos (name)|Diocese (code)|"
        "Diocese (name)|AdmissionsPolicy (code)|AdmissionsPolicy (name)|SchoolCapacity|SpecialClasses (code)|"
        "SpecialClasses (name)|CensusDate|NumberOfBoys|NumberOfGirls|TrustSchoolFlag (code)|TrustSchoolFlag (name)|"
        "SchoolSponsorFlag (name)|SchoolSponsors (name)|FederationFlag (name)|Federations (code)|Federations (name)|"
        "FEHEIdentifier|FurtherEducationType (name)|HeadTitle (name)|HeadFirstName|HeadLastName|HeadPreferredJobTitle|"
        "BSOInspectorateName (name)|InspectorateReport|DateOfLastInspectionVisit|NextInspectionVisit|TeenMoth (name)|"
        "TeenMothPlaces|CCF (name)|SENPRU (name)|EBD (name)|PlacesPRU|FTProv (name)|EdByOther (name)|SEN1 (name)|"
        "SEN2 (name)|SEN3 (name)|SEN4 (name)|SEN5 (name)|SEN6 (name)|SEN7 (name)|SEN8 (name)|SEN9 (name)|SEN10 (name)|"
        "SEN11 (name)|SEN12 (name)|SEN13 (name)|TypeOfResourcedProvision (name)|ResourcedProvisionOnRoll|"
        "ResourcedProvisionCapacity|SenUnitOnRoll|SenUnitCapacity|GOR (code)|GOR (name)|DistrictAdministrative (code)|"
        "DistrictAdministrative (name)|AdministrativeWard (code)|AdministrativeWard (name)|"
        "ParliamentaryConstituency (code)|ParliamentaryConstituency (name)|UrbanRural (code)|UrbanRural (name)|"
        "MSOA (name)|LSOA (name)|InspectorateName (name)|SENStat|SENNoStat|BoardingEstablishment (name)|PropsName|"
        "PreviousLA (code)|PreviousLA (name)|PreviousEstablishmentNumber|Country (name)|UPRN|SiteName|QABName (code)|"
        "QABName (name)|EstablishmentAccredited (code)|EstablishmentAccredited (name)|QABReport|CHNumber|MSOA (code)|"
        "LSOA (code)|FSM|AccreditationExpiryDate"
    ).split("|")
)

# --- The file of links ----------------------------------------------------------------------------------------------

LINK_COLUMNS = ("URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate")


def identity(urn: str, link_urn: str, kind: str) -> tuple[str, str]:
    """(older, newer) where a link of this kind carries a school's identity on, else two empty strings.

    Successors and predecessors do, merged, amalgamated and split ones among them. Sixth form centres, expansions and
    changes of age range leave both schools what they are.
    """
    if kind.startswith("Successor") or kind == "Result of Amalgamation":
        return urn, link_urn
    if kind.startswith("Predecessor"):
        return link_urn, urn
    return "", ""


# --- Reading --------------------------------------------------------------------------------------------------------


@dataclass
class Table:
    """An open file: its header, and its rows once, in order."""

    encoding: str
    sha256: str
    header: list[str]
    unknown: list[str]  # columns in nobody's list
    _wanted: list[tuple[str, int]] = field(repr=False)  # the needed columns and where they stand
    _lines: Any = field(repr=False)

    def cells(self) -> Iterator[tuple[int, dict[str, str]] | Refused]:
        """(line, needed cells by column) of each row that has the header's number of cells; spaces round a cell go."""
        while True:
            line = self._lines.line_num + 1
            try:
                row = next(self._lines)
            except StopIteration:
                return
            except csv.Error as error:
                yield Refused(line, "", f"the line is not CSV ({error})")
                continue
            if not row:
                continue
            if len(row) != len(self.header):
                yield Refused(line, _urn_of(row), f"it has {len(row)} cells where the header has {len(self.header)}")
            elif bad := _damage(row, self.encoding):
                yield Refused(line, _urn_of(row), bad)
            else:
                yield line, {name: row[at].strip() for name, at in self._wanted}


def _urn_of(row: Sequence[str]) -> str:
    first = row[0].strip() if row else ""
    return first if re.fullmatch(r"[0-9]{6}", first) else ""


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ESCAPED = re.compile("[\udc80-\udcff]")


def _damage(row: Sequence[str], encoding: str) -> str:
    text = "".join(row)
    if text.isprintable():
        return ""
    if _CONTROL.search(text):
        return "it holds a control character"
    if _ESCAPED.search(text):
        return f"it holds a byte that is not {'UTF-8' if encoding == 'utf-8-sig' else 'Windows-1252'}"
    return ""


def _encoding(path: Path) -> tuple[str, str]:
    """The file's encoding and SHA-256, in one pass: UTF-8 by its mark or its look, else Windows-1252."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = 0
    first = True
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            if first and piece.startswith(codecs.BOM_UTF8):
                good = 1 << 40  # it says so itself
            if first and piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                raise UnreadableFile(f"{path.name} is in UTF-16; save it as CSV in UTF-8.")
            first = False
            digest.update(piece)
            text = decoder.decode(piece)
            if not text.isascii():
                escaped = len(_ESCAPED.findall(text))
                bad += escaped
                good += len(text) - len(text.encode("ascii", "ignore")) - escaped
    if first:
        raise UnreadableFile(f"{path.name} is empty.")
    # One stray byte in a file of UTF-8 spoils one row, not the accents of all others.
    return ("utf-8-sig" if good >= bad else "cp1252"), digest.hexdigest()


@contextmanager
def open_table(path: Path, needed: Sequence[str], known: frozenset[str] = frozenset()) -> Iterator[Table]:
    """Open a CSV file of the register; raises UnreadableFile when a needed column is missing, by its name."""
    try:
        encoding, sha256 = _encoding(path)
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from None
    file: TextIO
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
        lines = csv.reader(file)
        try:
            header = [name.strip() for name in next(lines)]
        except (StopIteration, csv.Error):
            raise UnreadableFile(f"{path.name} has no header.") from None
        if missing := [name for name in needed if name not in header]:
            raise UnreadableFile(
                f"{path.name} lacks {'the columns' if missing[1:] else 'the column'} {', '.join(missing)}."
            )
        if twice := [name for name in needed if header.count(name) > 1]:
            raise UnreadableFile(f"{path.name} has the column {twice[0]} twice.")
        unknown = [name for name in header if name not in needed and name not in known]
        yield Table(encoding, sha256, header, unknown, [(name, header.index(name)) for name in needed], lines)


def open_register(path: Path) -> Any:
    """Open the file of all establishments, as a context manager that gives a Table."""
    return open_table(path, NEEDED, NOT_MIRRORED)


def open_links(path: Path) -> Any:
    """Open the file of links, as a context manager that gives a Table."""
    return open_table(path, LINK_COLUMNS)


def schools(table: Table) -> Iterator[Row | Refused]:
    """Each establishment of an open file, or why it cannot be read; a URN that comes twice is refused then."""
    seen = bytearray(125_000)  # a bit for every six-digit URN: memory stays flat
    for found in table.cells():
        if isinstance(found, Refused):
            yield found
            continue
        line, cells = found
        try:
            values = {name: read(cells[column]) for name, column, read in COLUMNS}
        except _Unreadable:  # seldom: which column it was is found by reading once more
            yield Refused(line, _urn_of([cells["URN"]]), _first_fault(cells))
            continue
        at, bit = divmod(int(values["urn"]), 8)
        if seen[at] >> bit & 1:
            yield Refused(line, values["urn"], "this URN stood further up in the file")
            continue
        seen[at] |= 1 << bit
        for name in _BLANK_WORDS:
            if values[name] in _NOT_KNOWN:
                values[name] = ""
        values["search"] = searched(values["name"], values["town"], values["postcode"], values["urn"])
        yield Row(line, values, cells[LA_NAME][:80])


def links(table: Table) -> Iterator[LinkRow | Refused]:
    """Each link of an open file, or why it cannot be read."""
    urn = _digits(6)
    for found in table.cells():
        if isinstance(found, Refused):
            yield found
            continue
        line, cells = found
        try:
            one, other = _read(cells, "URN", urn), _read(cells, "LinkURN", urn)
            if one == other:
                raise _Unreadable("URN and LinkURN are the same school")
            kind = _read(cells, "LinkType", _needed(80))
            name = _read(cells, "LinkName", _text(200))
            day = _read(cells, "LinkEstablishedDate", _day)
        except _Unreadable as error:
            yield Refused(line, _urn_of([cells["URN"]]), str(error))
            continue
        yield LinkRow(line, one, other, name, kind, day, *identity(one, other, kind))


def _first_fault(cells: dict[str, str]) -> str:
    try:
        for _, column, read in COLUMNS:
            _read(cells, column, read)
    except _Unreadable as error:
        return str(error)
    return ""


def _read(cells: dict[str, str], column: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(cells[column])
    except _Unreadable as error:
        raise _Unreadable(f"{column} {error}") from None


def as_of(name: str) -> date | None:
    """The day in a file's name, eight digits that are a date (edubasealldata20231116.csv), or None."""
    for found in re.findall(r"(?<!\d)(\d{8})(?!\d)", name, re.ASCII):
        try:
            return date(int(found[:4]), int(found[4:6]), int(found[6:]))
        except ValueError:
            continue
    return None
