"""Reading the register's files: encodings, columns, and rows that cannot be read."""

from datetime import date
from decimal import Decimal

import pytest

from schools import register
from schools.register import NEEDED, Refused, Row, UnreadableFile
from tests.schools.files import LINKS, SAMPLE, links_file, register_file


def read(path):
    with register.open_register(path) as table:
        return list(register.schools(table))


def refusals(path):
    return [str(row) for row in read(path) if isinstance(row, Refused)]


def test_a_row_is_read_by_column_name_into_plain_values(tmp_path):
    (row,) = read(register_file(tmp_path, {}, columns=NEEDED[::-1]))

    assert isinstance(row, Row)
    assert row.values["urn"] == "115001"
    assert row.values["la_id"] == "916"
    assert row.values["opened_on"] == date(1958, 9, 1)
    assert row.values["closed_on"] is None
    assert row.values["fsm_percent"] == Decimal("12.5")
    assert row.values["low_age"] == 11
    assert row.values["section_41"] is False
    assert row.values["in_england"] is True
    assert row.values["search"] == "larkhill school cheltenham gl53 8qf gl538qf 115001"


@pytest.mark.parametrize(("encoding", "mark"), [("cp1252", b""), ("utf-8", b""), ("utf-8", b"\xef\xbb\xbf")])
def test_accents_arrive_in_each_encoding(tmp_path, encoding, mark):
    (row,) = read(register_file(tmp_path, {"EstablishmentName": "École d’été – ô"}, encoding=encoding, mark=mark))

    assert row.values["name"] == "École d’été – ô"


def test_one_stray_byte_in_utf_8_spoils_its_own_row_only(tmp_path):
    names = ["École Un", "Xcole Deux", "École Trois"]
    rows = [{"URN": f"11500{i}", "EstablishmentName": name} for i, name in enumerate(names)]
    path = register_file(tmp_path, *rows, encoding="utf-8")
    path.write_bytes(path.read_bytes().replace(b"Xcole", b"\xe9cole"))

    assert refusals(path) == ["line 3 (URN 115001): it holds a byte that is not UTF-8"]
    assert [row.values["name"] for row in read(path) if isinstance(row, Row)] == ["École Un", "École Trois"]


def test_a_byte_that_windows_1252_does_not_have_spoils_its_own_row_only(tmp_path):
    path = register_file(tmp_path, {"EstablishmentName": "Étoile"}, {"URN": "115002", "EstablishmentName": "Xtoile"})
    path.write_bytes(path.read_bytes().replace(b"Xtoile", b"\x81toile"))

    assert [type(row) for row in read(path)] == [Row, Refused]


def test_utf_16_is_refused_by_name(tmp_path):
    path = tmp_path / "register.csv"
    path.write_text("URN", encoding="utf-16")

    with pytest.raises(UnreadableFile, match="UTF-16"):
        read(path)


@pytest.mark.parametrize("column", NEEDED)
def test_a_missing_column_is_refused_by_its_name(tmp_path, column):
    path = register_file(tmp_path, {}, columns=[name for name in NEEDED if name != column])

    with pytest.raises(UnreadableFile) as refusal:
        read(path)

    assert str(refusal.value) == f"{path.name} lacks the column {column}."


def test_a_column_that_comes_twice_is_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="has the column URN twice"):
        read(register_file(tmp_path, {}, columns=[*NEEDED, "URN"]))


def test_unknown_columns_are_named_and_those_of_the_register_are_not(tmp_path):
    path = register_file(tmp_path, {}, columns=[*NEEDED, "SchoolCapacity", "Favourite colour"])

    with register.open_register(path) as table:
        assert table.unknown == ["Favourite colour"]


def test_an_empty_file_and_a_missing_one_are_refused(tmp_path):
    empty = tmp_path / "empty.csv"
    empty.touch()

    with pytest.raises(UnreadableFile, match="is empty"):
        read(empty)
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read(tmp_path / "nowhere.csv")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"URN": "11500"}, "line 2: URN is '11500', not 6 digits"),
        ({"URN": "١١٥٠٠١"}, "line 2: URN is '١١٥٠٠١', not 6 digits"),
        ({"EstablishmentName": " "}, "line 2 (URN 115001): EstablishmentName is empty"),
        (
            {"EstablishmentStatus (code)": "9"},
            "line 2 (URN 115001): EstablishmentStatus (code) is '9', not one of 1, 2, 3, 4",
        ),
        ({"OpenDate": "31-02-2020"}, "line 2 (URN 115001): OpenDate is '31-02-2020', not a date as dd-mm-yyyy"),
        ({"OpenDate": "2020-01-02"}, "line 2 (URN 115001): OpenDate is '2020-01-02', not a date as dd-mm-yyyy"),
        ({"StatutoryLowAge": "eleven"}, "line 2 (URN 115001): StatutoryLowAge is 'eleven', not a number up to 99"),
        ({"PercentageFSM": "140"}, "line 2 (URN 115001): PercentageFSM is '140', not a percentage"),
        ({"EstablishmentName": "x" * 201}, "line 2 (URN 115001): EstablishmentName is longer than 200 characters"),
        ({"Street": "East\x00End"}, "line 2 (URN 115001): it holds a control character"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_with_line_and_reason(tmp_path, change, reason):
    path = register_file(tmp_path, change, {"URN": "115002"}, encoding="utf-8")

    first, second = read(path)

    assert str(first) == reason
    assert isinstance(second, Row)


def test_a_row_with_too_few_cells_is_refused_and_the_next_one_read(tmp_path):
    path = register_file(tmp_path, {}, {"URN": "115002"})
    lines = path.read_bytes().split(b"\r\n")
    path.write_bytes(b"\r\n".join([lines[0], b'"115001","x"', *lines[2:]]))

    first, second = read(path)

    assert str(first) == f"line 2 (URN 115001): it has 2 cells where the header has {len(NEEDED)}"
    assert isinstance(second, Row)


def test_a_number_that_comes_twice_is_refused_the_second_time(tmp_path):
    path = register_file(tmp_path, {}, {"EstablishmentName": "Another"})

    assert refusals(path) == ["line 3 (URN 115001): this URN stood further up in the file"]


def test_figures_too_small_to_publish_are_blank(tmp_path):
    (row,) = read(register_file(tmp_path, {"PercentageFSM": "SUPP"}))

    assert row.values["fsm_percent"] is None


@pytest.mark.parametrize(
    ("code", "inside"), [("E10000013", True), ("", True), ("W06000001", False), ("X999999", False)]
)
def test_england_is_told_by_the_code_of_the_authority(tmp_path, code, inside):
    (row,) = read(register_file(tmp_path, {"GSSLACode (name)": code}))

    assert row.values["in_england"] is inside


def test_the_whole_sample_is_read_and_nothing_of_it_is_unknown():
    with register.open_register(SAMPLE) as table:
        rows = list(register.schools(table))

        assert (table.encoding, table.unknown) == ("cp1252", [])
    assert [type(row) for row in rows] == [Row] * 1200
    with register.open_links(LINKS) as table:
        assert [type(row) for row in register.links(table)] == [register.LinkRow] * 1801


@pytest.mark.parametrize(
    ("kind", "ends"),
    [
        ("Successor", ("115001", "136001")),
        ("Successor - amalgamated", ("115001", "136001")),
        ("Successor - Split School", ("115001", "136001")),
        ("Predecessor", ("136001", "115001")),
        ("Predecessor - merged", ("136001", "115001")),
        ("Result of Amalgamation", ("115001", "136001")),
        ("Sixth Form Centre Link", ("", "")),
        ("Expansion", ("", "")),
        ("Merged - expansion of school capacity", ("", "")),
        ("Other", ("", "")),
    ],
)
def test_some_kinds_of_link_carry_a_school_on(kind, ends):
    assert register.identity("115001", "136001", kind) == ends


def test_a_link_of_a_school_to_itself_is_refused(tmp_path):
    with register.open_links(links_file(tmp_path, ("115001", "115001", "Successor"))) as table:
        (row,) = register.links(table)

    assert str(row) == "line 2 (URN 115001): URN and LinkURN are the same school"


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("edubasealldata20231116.csv", date(2023, 11, 16)),
        ("gias_sample_20231116.csv", date(2023, 11, 16)),
        ("99999999_20240229.csv", date(2024, 2, 29)),
        ("gias_sample.csv", None),
        ("run202311161.csv", None),
        ("20231301.csv", None),
    ],
)
def test_the_day_of_a_file_stands_in_its_name(name, day):
    assert register.as_of(name) == day
