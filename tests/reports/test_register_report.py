"""The register in numbers, and the first three rules against judgements worked out apart from the portal."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from reports.register_report import next_first_meeting
from schools.services import import_register, load_reference
from tests.clock import NOW
from tests.factories.schools import SchoolFactory
from tests.schools.files import LINKS, SAMPLE

EXAMPLES = Path(__file__).resolve().parents[1] / "eligibility_examples.csv"


@pytest.fixture
def sample(db):
    load_reference()
    import_register(path=SAMPLE, as_of=date(2023, 11, 16), links=LINKS, now=NOW)


def said(*arguments):
    out = io.StringIO()
    call_command("register_report", *arguments, stdout=out)
    return out.getvalue()


def test_the_sample_is_counted_by_status_and_phase(sample):
    assert json.loads(said("--json")) == {
        "as_of": "2023-11-16",
        "schools": 1200,
        "status": {"Open": 1027, "Closed": 149, "Open, but proposed to close": 14, "Proposed to open": 10},
        "secondary_or_equivalent": 546,
        "primary_or_equivalent": 532,
        "first_meeting": "2027-09-30",
    }


def test_every_example_is_judged_as_it_says(sample, tmp_path):
    said("--schools", tmp_path / "judged.csv", "--first-meeting", "2027-09-23")

    with (tmp_path / "judged.csv").open(encoding="utf-8", newline="") as file:
        judged = {row["urn"]: row for row in csv.DictReader(file)}
    with EXAMPLES.open(encoding="utf-8", newline="") as file:
        examples = list(csv.DictReader(file))
    assert len(judged) == 1200
    assert len(examples) == 102
    assert [
        (row["urn"], row["name"], judged[row["urn"]])
        for row in examples
        if (judged[row["urn"]]["secondary"], judged[row["urn"]]["primary"]) != (row["secondary"], row["primary"])
    ] == []


def test_a_school_that_opens_after_the_first_meeting_is_judged_by_that_day(db, tmp_path):
    SchoolFactory(urn="150001", proposed=True, opened_on=date(2027, 9, 10))

    for day, verdict in (("2027-09-09", "fail"), ("2027-09-10", "pass")):
        said("--schools", tmp_path / "judged.csv", "--first-meeting", day)
        assert (tmp_path / "judged.csv").read_text() == f"urn,secondary,primary\n150001,{verdict},fail\n"


def test_in_words_it_says_the_same(sample):
    assert "Open, secondary or equivalent: 546" in said()


@pytest.mark.parametrize(
    ("today", "meeting"),
    [
        (date(2027, 3, 18), date(2027, 9, 30)),
        (date(2027, 9, 29), date(2027, 9, 30)),
        (date(2027, 9, 30), date(2028, 9, 30)),
        (date(2027, 12, 31), date(2028, 9, 30)),
    ],
)
def test_the_first_meeting_is_taken_for_the_next_thirtieth_of_september(today, meeting):
    assert next_first_meeting(today) == meeting


def test_a_file_that_cannot_be_written_is_refused_and_nothing_is_left(db, tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("register_report", "--schools", tmp_path / "nowhere" / "judged.csv")

    assert list(tmp_path.iterdir()) == []


def test_nothing_imported_yet_is_said(db):
    assert json.loads(said("--json"))["as_of"] is None
