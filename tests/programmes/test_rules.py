"""The rule on people: who counts as senior, the meter, and the words of each phase."""

from __future__ import annotations

import pytest

from programmes.rules import (
    Lead,
    LeadRole,
    counted,
    lead_roles,
    lead_teachers_objection,
    meter,
    ncp_code,
    role_label,
    senior_is_asked,
    wanted_people,
    words,
)

SECONDARY, PRIMARY = words("secondary"), words("primary")
AMIRA = Lead("Amira Khan", "a.khan@school.example", LeadRole.KEY_STAGE_3_LEAD, senior=True)
TOM = Lead("Tom Ellis", "t.ellis@school.example", LeadRole.TEACHER, senior=False)


@pytest.mark.parametrize(
    ("leads", "text"),
    [
        (
            [],
            "No Mastery Advocate is named yet. One has to be senior: a head of department, second in department or Key "
            "Stage lead would do",
        ),
        (
            [TOM],
            "One of two Mastery Advocates is named. One has to be senior: a head of department, second in department "
            "or Key Stage lead would do",
        ),
        ([TOM, AMIRA], "Both Mastery Advocates are named, and Amira Khan is senior"),
        ([AMIRA, Lead(name="Tom Ellis")], "One of two Mastery Advocates is named, and Amira Khan is senior"),
    ],
)
def test_the_meter_says_where_the_rule_on_people_stands(leads, text):
    found = meter(leads, wanted=2, wanted_senior=1, words=SECONDARY)

    assert found.text == text
    assert found.is_full is (text.startswith("Both"))


def test_the_meter_of_a_primary_school_says_nothing_of_seniority():
    assert meter([TOM], wanted=2, wanted_senior=0, words=PRIMARY).text == "One of two lead participants is named"


def test_the_plain_question_is_not_put_to_a_head_of_department_nor_in_primary():
    assert not senior_is_asked(LeadRole.HEAD_OF_DEPARTMENT, wanted_senior=1)
    assert senior_is_asked(LeadRole.SECOND_IN_DEPARTMENT, wanted_senior=1)
    assert not senior_is_asked(LeadRole.TEACHER, wanted_senior=0)


def test_an_objection_says_how_many_are_missing():
    objection = lead_teachers_objection([TOM], wanted=2, wanted_senior=1, words=SECONDARY)

    assert objection is not None
    assert objection.reason == "One of two Mastery Advocates is named."
    assert objection.remedy == "Name one more Mastery Advocate, each with an e-mail address of their own."


def test_the_roles_to_choose_from_follow_the_phase():
    assert [label for _, label in lead_roles("secondary")] == [
        "Head of department", "Second in department", "Key Stage 3 lead", "Key Stage 4 lead",
        "Lead practitioner in maths", "Teacher of maths", "Early career teacher", "Another role",
    ]  # fmt: skip
    assert [label for _, label in lead_roles("primary")] == [
        "Maths lead", "Deputy or assistant headteacher", "Year or phase lead", "Class teacher", "Early career teacher",
        "Another role",
    ]  # fmt: skip


def test_special_schools_and_alternative_provision_say_maths_lead():
    assert lead_roles("secondary", sector="special")[0] == ("head_of_department", "Maths lead")
    assert words("secondary", sector="alternative").head_of_department == "maths lead"
    assert role_label("head_of_department", "secondary") == "Head of department"


def test_every_code_of_a_role_fits_its_column():
    assert max(len(role) for role in LeadRole) <= 20


@pytest.mark.parametrize(
    ("wanted", "senior", "heading"),
    [
        (2, 1, "Two Mastery Advocates, one of them senior"),
        (2, 0, "Two Mastery Advocates"),
        (1, 0, "One Mastery Advocate"),
    ],
)
def test_the_rule_as_a_heading(wanted, senior, heading):
    assert wanted_people(wanted=wanted, wanted_senior=senior, words=SECONDARY) == heading


def test_numbers_below_ten_are_words():
    assert [counted(0), counted(2), counted(9), counted(10)] == ["no", "two", "nine", "10"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("NCP24-12", "NCP24-12"), ("24-12", "NCP24-12"), ("NCP 20-10", "NCP20-10"), ("ncp24-14A", "NCP24-14a"),
        (" 24 – 12 ", "NCP24-12"), ("NCP27-3", "NCP27-03"), ("", ""), ("  ", ""),
    ],
)  # fmt: skip
def test_a_code_is_kept_in_one_way_however_it_is_written(typed, kept):
    assert ncp_code(typed) == kept


@pytest.mark.parametrize("typed", ["NCP", "2024-12", "24-123", "24-12ab", "24/12"])
def test_what_is_no_code_is_refused(typed):
    with pytest.raises(ValueError, match="Enter the code like NCP27-12"):
        ncp_code(typed)
