"""Every edge of the nine rules of eligibility, on plain facts."""

from __future__ import annotations

import csv
import dataclasses
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from applications import rules
from applications.rules import Bid, Code, Entry, Judgements, Offer, Past, People, Signatory, Verdict, Window
from core.clock import london
from programmes.rules import Lead

NOW = london(date(2027, 3, 18), 10, 42).astimezone(UTC)
MEETING = date(2027, 9, 23)
OPENS = london(date(2027, 3, 1), 9).astimezone(UTC)
CLOSES = london(date(2027, 5, 29), 0).astimezone(UTC)  # "Friday 28 May 2027, 11:59pm"
PASS, FAIL, ASK = Verdict.PASS, Verdict.FAIL, Verdict.ASK

COMMUNITY = {
    "type_code": "01", "type_name": "Community school", "type_group": "Local authority maintained schools",
    "state_funded": "yes", "sector": "mainstream",
}  # fmt: skip
ACADEMY = {
    "type_code": "34", "type_name": "Academy converter", "type_group": "Academies",
    "state_funded": "yes", "sector": "mainstream",
}  # fmt: skip
SPECIAL = {
    "type_code": "07", "type_name": "Community special school", "type_group": "Special schools",
    "state_funded": "yes", "sector": "special", "phase": "0",
}  # fmt: skip
ALTERNATIVE = SPECIAL | {"type_code": "14", "type_name": "Pupil referral unit", "sector": "alternative"}
COLLEGE = {
    "type_code": "06", "type_name": "City technology college", "type_group": "Independent schools",
    "state_funded": "yes", "sector": "mainstream", "phase": "0",
}  # fmt: skip
SECTION_41 = {
    "type_code": "10", "type_name": "Other independent special school", "type_group": "Special schools",
    "state_funded": "section41", "sector": "special", "phase": "0",
}  # fmt: skip
INDEPENDENT = {
    "type_code": "11", "type_name": "Other independent school", "type_group": "Independent schools",
    "state_funded": "no", "sector": "independent", "phase": "0",
}  # fmt: skip
POST_16 = {
    "type_code": "39", "type_name": "Free schools 16 to 19", "type_group": "Free Schools",
    "state_funded": "post16", "sector": "post16", "phase": "6",
}  # fmt: skip
SECURE = {
    "type_code": "24", "type_name": "Secure units", "type_group": "Other types",
    "state_funded": "yes", "sector": "other", "phase": "0",
}  # fmt: skip


def entry(**fields) -> Entry:
    usual = {
        "urn": "115775", "name": "Maidenhill School", "status": "1", "phase": "4", "low_age": 11, "high_age": 16,
        "authority": "Gloucestershire", "register_of": date(2023, 11, 16), **COMMUNITY,
    }  # fmt: skip
    return Entry(**(usual | fields))


def offer(**fields) -> Offer:
    usual = {
        "programme": "Secondary Development", "phase": "secondary", "year": 2027, "stage": "development",
        "senior_lead_teachers": 1,
    }  # fmt: skip
    return Offer(**(usual | fields))


def primary(**fields) -> Offer:
    usual = {"programme": "Primary Development", "phase": "primary", "senior_lead_teachers": 0, "once_only": True}
    return offer(**(usual | fields))


def window(**fields) -> Window:
    return Window(**({"hub": "GLOW", "opens_at": OPENS, "closes_at": CLOSES, "first_meeting_on": MEETING} | fields))


AMIRA = Lead("Amira Khan", "a.khan@maidenhill.example", "key_stage_3_lead", senior=True)
TOM = Lead("Tom Ellis", "t.ellis@maidenhill.example", "teacher", senior=False)
HELEN = Signatory("headteacher", "Helen Carter", "head@maidenhill.example")
JO = Signatory("head_of_department", "Jo Marsh", "j.marsh@maidenhill.example")


def people(**fields) -> People:
    return People(**({"leads": (AMIRA, TOM), "head": HELEN, "head_of_department": JO} | fields))


def bid(**fields) -> Bid:
    usual = {
        "entry": entry(), "offer": offer(), "window": window(), "people": people(), "default_hubs": ("GLOW",),
        "saved_at": NOW,
    }  # fmt: skip
    return Bid(**(usual | fields))


def judged(code: str, *, now: datetime = NOW, **fields) -> rules.Judgement:
    return rules.judge(bid(**fields), now=now).of(code)


# --- All of them --------------------------------------------------------------------------------------------------


def test_a_good_bid_passes_all_nine_rules_in_order():
    judgements = rules.judge(bid(), now=NOW)

    assert [(j.code, j.verdict) for j in judgements] == [(code, PASS) for code in Code]
    assert judgements.verdict is PASS


def test_every_objection_is_shown_at_once():
    broken = bid(entry=entry(status="2", **INDEPENDENT), window=None, people=People(), is_enrolled=True)

    assert [j.code for j in rules.judge(broken, now=NOW).fails] == [
        Code.REGISTER_OPEN, Code.STATE_FUNDED, Code.PHASE, Code.ROUND_OPEN, Code.LEAD_TEACHERS, Code.SUPPORT,
        Code.ONE_BID,
    ]  # fmt: skip


def test_a_school_that_asks_before_any_form_is_told_what_the_form_will_ask_and_nobody_has_to_settle_it():
    judgements = rules.judge(bid(people=None), now=NOW)

    assert [j.code for j in judgements if j.later] == [Code.LEAD_TEACHERS, Code.SUPPORT]
    assert judgements.asks == [] and judgements.verdict is PASS
    assert judgements.of(Code.SUPPORT).reason == (
        "You will say who signs: the headteacher, or a senior leader who may commit the school, and the head of "
        "department."
    )
    assert judgements.of(Code.LEAD_TEACHERS).reason == (
        "You will be asked for their names. A head of department, second in department or Key Stage lead would do."
    )


def test_what_is_kept_with_a_form_names_each_rule_with_the_values_and_the_date_it_judged_by():
    kept = rules.judge(bid(), now=NOW).as_json(at=NOW)

    assert kept["judged_at"] == "2027-03-18T10:42:00+00:00"
    assert [row["code"] for row in kept["judgements"]] == list(Code)
    assert kept["judgements"][0]["facts"] == {
        "register_of": "2023-11-16", "status": "1", "opened_on": None, "closed_on": None, "first_meeting": "2027-09-23",
    }  # fmt: skip
    assert Judgements.from_json(kept) == rules.judge(bid(), now=NOW)


def test_a_question_is_open_until_it_is_settled():
    judgements = rules.judge(bid(entry=entry(**SECTION_41, high_age=18, section_41=True)), now=NOW)

    assert [j.code for j in judgements.unsettled([])] == [Code.STATE_FUNDED]
    assert judgements.unsettled([Code.STATE_FUNDED]) == []


def test_every_fail_and_ask_says_what_can_be_done_about_it():
    broken = [
        bid(entry=entry(status="2"), window=None, people=People(), is_enrolled=True),
        bid(entry=entry(**INDEPENDENT), window=window(closes_at=NOW), rival="Jurassic"),
        bid(entry=entry(**POST_16), window=window(other_areas="no", hub="Jurassic")),
        bid(offer=offer(stage="embedding"), entry=entry(phase="2")),
        bid(entry=entry(**SECURE), people=people(leads_elsewhere=("Amira Khan",))),
        bid(entry=entry(**SECTION_41), people=people(leads=(AMIRA, AMIRA))),
    ]
    found = [j for each in broken for j in rules.judge(each, now=NOW) if not j.passes]

    assert {j.code for j in found} == set(Code)
    # A school outside the state sector is told once, by the rule on funding, where else it can turn.
    assert [j.reason for j in found if not j.remedy] == [
        "The programme is for state-funded schools of this phase only."
    ]


@pytest.mark.parametrize("stage", ["readiness", "development", "embedding", "sustaining"])
def test_a_primary_school_never_reads_of_departments_advocates_or_key_stage_3(stage):
    schools = [
        entry(phase=str(phase), low_age=4, high_age=11, status=status) for phase in range(8) for status in "1234"
    ]
    histories = [(), (Past("development", 2026, "active"),), (Past("development", 2024, "completed"),)]
    named = [None, People(), people(leads=(TOM, TOM)), people(), people(head=JO, head_of_department=JO)]

    for one in schools:
        for history in histories:
            for who in named:
                wanted = primary(stage=stage, lead_role_wanted="maths_lead")
                for judgement in rules.judge(bid(entry=one, offer=wanted, history=history, people=who), now=NOW):
                    text = f"{judgement.title} {judgement.reason} {judgement.remedy}".lower()
                    assert not any(word in text for word in ("department", "advocate", "key stage 3")), text


def test_a_special_school_says_maths_lead_for_head_of_department():
    judgements = rules.judge(bid(entry=entry(**SPECIAL, high_age=19), people=None), now=NOW)

    assert judgements.of(Code.SUPPORT).title == "Its headteacher and maths lead support it"
    assert "head of department" not in judgements.of(Code.LEAD_TEACHERS).reason


# --- 1. On the register and open ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"status": "1"}, PASS),
        ({"status": "3"}, PASS),
        ({"status": "2"}, FAIL),
        ({"status": "4", "opened_on": None}, ASK),
        ({"status": "4", "opened_on": date(2027, 9, 1)}, PASS),
        ({"status": "4", "opened_on": MEETING}, PASS),
        ({"status": "4", "opened_on": MEETING + timedelta(days=1)}, FAIL),
    ],
)
def test_a_school_is_open_or_opens_by_the_first_meeting(fields, verdict):
    assert judged(Code.REGISTER_OPEN, entry=entry(**fields)).verdict == verdict


@pytest.mark.parametrize(("opens", "verdict"), [(date(2027, 9, 30), PASS), (date(2027, 10, 1), FAIL)])
def test_without_a_first_meeting_a_school_opens_by_the_end_of_september(opens, verdict):
    late = entry(status="4", opened_on=opens)

    assert judged(Code.REGISTER_OPEN, entry=late, window=window(first_meeting_on=None)).verdict == verdict
    assert judged(Code.REGISTER_OPEN, entry=late, window=None).verdict == verdict


def test_a_closed_school_is_shown_its_successor():
    closed = entry(status="2", closed_on=date(2022, 8, 31), successors=(("148036", "Gloucester Academy"),))

    judgement = judged(Code.REGISTER_OPEN, entry=closed)

    assert judgement.reason == "The register of 16 November 2023 says that it has been closed since 31 August 2022."
    assert judgement.remedy == "It was followed by Gloucester Academy (URN 148036): check that school."


# --- 2. State-funded, in England ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        (COMMUNITY, PASS),
        (ACADEMY, PASS),
        (COLLEGE, PASS),
        (SPECIAL, PASS),
        (POST_16, PASS),  # the state funds it; its phase is what does not fit
        (SECURE, PASS),
        (INDEPENDENT, FAIL),
        (SECTION_41 | {"section_41": True}, ASK),
        (SECTION_41 | {"section_41": False}, FAIL),
        (COMMUNITY | {"in_england": False}, FAIL),
        (SECTION_41 | {"section_41": True, "in_england": False}, FAIL),
    ],
)
def test_funding_is_judged_by_the_code_of_the_type(fields, verdict):
    assert judged(Code.STATE_FUNDED, entry=entry(**fields)).verdict == verdict


def test_a_name_never_decides_about_funding():
    grand = entry(name="The Independent Grammar School for Boys (Private)")
    plain = entry(name="St Mary’s Academy", **INDEPENDENT)

    assert judged(Code.STATE_FUNDED, entry=grand).passes
    assert judged(Code.STATE_FUNDED, entry=plain).fails


def test_the_reason_says_what_kind_of_school_it_is():
    assert judged(Code.STATE_FUNDED).reason == "A community school, maintained by Gloucestershire."
    assert judged(Code.STATE_FUNDED, entry=entry(**ACADEMY)).reason == (
        "Its type on the register is academy converter, which the state funds."
    )


# --- 3. In the programme's phase ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "secondary", "primary_"),
    [
        ({"phase": "1", "low_age": 3, "high_age": 5}, FAIL, FAIL),
        ({"phase": "2", "low_age": 4, "high_age": 11}, FAIL, PASS),
        ({"phase": "4"}, PASS, FAIL),
        ({"phase": "7", "low_age": 4, "high_age": 18}, PASS, PASS),
        ({"phase": "7", "low_age": 4, "high_age": 11}, PASS, PASS),
        ({"phase": "6", "low_age": 16, "high_age": 19}, FAIL, FAIL),
        # Middle schools pass the phase they are deemed to be in; in the other one their ages decide.
        ({"phase": "5", "low_age": 9, "high_age": 13}, PASS, ASK),
        ({"phase": "5", "low_age": 11, "high_age": 14}, PASS, FAIL),
        ({"phase": "5", "low_age": 10, "high_age": 11}, PASS, FAIL),
        ({"phase": "5", "low_age": None, "high_age": 13}, PASS, ASK),
        ({"phase": "3", "low_age": 8, "high_age": 12}, ASK, PASS),
        ({"phase": "3", "low_age": 4, "high_age": 11}, FAIL, PASS),
        ({"phase": "3", "low_age": 8, "high_age": None}, ASK, PASS),
        # Phase is 0 for special schools and alternative provision: the statutory ages decide.
        (SPECIAL | {"low_age": 4, "high_age": 19}, PASS, PASS),
        (SPECIAL | {"low_age": 11, "high_age": 16}, PASS, FAIL),
        (SPECIAL | {"low_age": 10, "high_age": 12}, PASS, PASS),
        (SPECIAL | {"low_age": 4, "high_age": 11}, FAIL, PASS),
        (SPECIAL | {"low_age": 4, "high_age": None}, ASK, PASS),
        (SPECIAL | {"low_age": None, "high_age": 16}, PASS, ASK),
        (SPECIAL | {"low_age": None, "high_age": None}, ASK, ASK),
        (ALTERNATIVE | {"low_age": 5, "high_age": 16}, PASS, PASS),
        (ALTERNATIVE | {"low_age": 5, "high_age": 11}, FAIL, PASS),
        (ALTERNATIVE | {"low_age": None, "high_age": None}, ASK, ASK),
        (COLLEGE | {"low_age": 11, "high_age": 18}, PASS, FAIL),
        (COLLEGE | {"low_age": 11, "high_age": None}, ASK, FAIL),
        (COLLEGE | {"low_age": 4, "high_age": 11}, FAIL, FAIL),
        (SECTION_41 | {"low_age": 10, "high_age": 18}, PASS, PASS),
        (SECTION_41 | {"low_age": 12, "high_age": 16}, PASS, FAIL),
        (SECURE | {"low_age": 12, "high_age": 17}, ASK, ASK),
        (SECURE | {"low_age": None, "high_age": None}, ASK, ASK),
        (POST_16 | {"low_age": 14, "high_age": 19}, FAIL, FAIL),
        (INDEPENDENT | {"low_age": 4, "high_age": 18}, FAIL, FAIL),
        (COMMUNITY | {"phase": "0"}, FAIL, FAIL),
    ],
)
def test_the_phase_is_judged_by_type_phase_and_ages(fields, secondary, primary_):
    school = entry(**fields)

    assert judged(Code.PHASE, entry=school).verdict == secondary
    assert judged(Code.PHASE, entry=school, offer=primary()).verdict == primary_


def test_a_post_16_school_is_pointed_to_the_programmes_for_post_16():
    judgement = judged(Code.PHASE, entry=entry(**POST_16))

    assert (judgement.reason, judgement.remedy) == (
        "It teaches post-16 students only.", "Ask your hub about its programmes for post-16 teachers.",
    )  # fmt: skip


def test_a_school_that_starts_at_14_passes_with_a_note():
    judgement = judged(Code.PHASE, entry=entry(low_age=14, high_age=19))

    assert judgement.passes and judgement.facts["starts_late"]
    assert judgement.reason.endswith("Its pupils start at 14, and the programme begins in Key Stage 3.")
    assert "starts_late" not in judged(Code.PHASE, entry=entry(low_age=13)).facts


ROOT = Path(__file__).parent.parent.parent
SAMPLE = {"encoding": "cp1252", "newline": ""}


def _rows(path: str, **how: str) -> list[dict[str, str]]:
    with (ROOT / path).open(**({"encoding": "utf-8", "newline": ""} | how)) as file:
        return list(csv.DictReader(file))


def _day(text: str) -> date | None:
    return datetime.strptime(text, "%d-%m-%Y").date() if text else None


def _entries() -> dict[str, Entry]:
    """Every school of the sample as the rules see it, read here apart from the importer."""
    types = {row["code"]: row for row in _rows("schools/reference/establishment_rules.csv")}
    found = {}
    for row in _rows("demo/data/gias_sample_20231116.csv", **SAMPLE):
        kind = types[row["TypeOfEstablishment (code)"].zfill(2)]
        found[row["URN"]] = Entry(
            urn=row["URN"],
            name=row["EstablishmentName"],
            type_code=kind["code"],
            type_name=kind["name"],
            type_group=kind["group_name"],
            state_funded=kind["state_funded"],
            sector=kind["sector"],
            status=row["EstablishmentStatus (code)"],
            phase=row["PhaseOfEducation (code)"],
            low_age=int(row["StatutoryLowAge"]) if row["StatutoryLowAge"] else None,
            high_age=int(row["StatutoryHighAge"]) if row["StatutoryHighAge"] else None,
            section_41=row["Section41Approved (name)"] == "Approved",
            opened_on=_day(row["OpenDate"]),
        )
    return found


def test_every_example_is_judged_as_it_says():
    entries = _entries()
    examples = _rows("tests/eligibility_examples.csv")

    judged = {
        row["urn"]: {k: str(v) for k, v in rules.register_verdicts(entries[row["urn"]], first_meeting=MEETING).items()}
        for row in examples
    }

    assert len(examples) == 102
    assert judged == {row["urn"]: {"secondary": row["secondary"], "primary": row["primary"]} for row in examples}


# --- 4. The round is open -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        (OPENS - timedelta(seconds=1), FAIL),
        (OPENS, PASS),
        (london(date(2027, 5, 28), 23, 59, 0), PASS),
        (london(date(2027, 5, 28), 23, 59, 59), PASS),
        (CLOSES, FAIL),
        (CLOSES + timedelta(minutes=1), FAIL),
    ],
)
def test_a_round_is_open_to_the_end_of_its_closing_minute(now, verdict):
    assert judged(Code.ROUND_OPEN, now=now).verdict == verdict


def test_the_reason_names_the_closing_minute_with_its_weekday():
    assert judged(Code.ROUND_OPEN).reason == "GLOW takes expressions of interest until Friday 28 May 2027, 11:59pm."


@pytest.mark.parametrize(
    ("saved", "now", "verdict"),
    [
        (CLOSES - timedelta(minutes=60), CLOSES, PASS),
        (CLOSES - timedelta(minutes=60, seconds=1), CLOSES, FAIL),
        (CLOSES - timedelta(seconds=1), CLOSES + timedelta(minutes=29, seconds=59), PASS),
        (CLOSES - timedelta(seconds=1), CLOSES + timedelta(minutes=30), FAIL),
        (CLOSES, CLOSES + timedelta(minutes=5), FAIL),  # saved too late to count
    ],
)
def test_a_form_saved_in_the_last_hour_may_be_sent_in_the_half_hour_after(saved, now, verdict):
    judgement = judged(Code.ROUND_OPEN, saved_at=saved, now=now)

    assert judgement.verdict == verdict
    assert judgement.facts.get("in_grace", False) is (verdict == PASS)


def test_before_closing_nothing_is_recorded_as_grace():
    assert (
        "in_grace"
        not in judged(Code.ROUND_OPEN, saved_at=CLOSES - timedelta(minutes=5), now=CLOSES - timedelta(1)).facts
    )


@pytest.mark.parametrize(("now", "verdict"), [(CLOSES + timedelta(days=2), PASS), (CLOSES + timedelta(days=3), FAIL)])
def test_an_extension_lets_one_school_send_later(now, verdict):
    judgement = judged(Code.ROUND_OPEN, extended_until=CLOSES + timedelta(days=3), now=now)

    assert judgement.verdict == verdict


def test_an_extension_is_named_in_the_reason():
    judgement = judged(Code.ROUND_OPEN, extended_until=CLOSES + timedelta(days=3))

    assert judgement.reason == "GLOW has given your school until Monday 31 May 2027, 11:59pm."


def test_the_grace_of_half_an_hour_follows_an_extension_too():
    until = CLOSES + timedelta(days=3)

    assert judged(
        Code.ROUND_OPEN, extended_until=until, saved_at=until - timedelta(minutes=10), now=until + timedelta(minutes=10)
    ).passes


def test_a_form_that_was_sent_in_time_may_be_sent_again_until_its_signing_deadline():
    signing_ends = CLOSES + timedelta(days=14)
    again = {"sent_at": CLOSES - timedelta(days=1), "signing_ends_at": signing_ends}

    assert judged(Code.ROUND_OPEN, now=signing_ends - timedelta(seconds=1), **again).passes
    assert judged(Code.ROUND_OPEN, now=signing_ends, **again).fails
    # The signing deadline is no road for a form that was never sent.
    assert judged(Code.ROUND_OPEN, now=CLOSES + timedelta(days=1), signing_ends_at=signing_ends).fails


def test_a_live_form_was_sent_in_time_whatever_the_time_is_now():
    judgement = judged(Code.ROUND_OPEN, is_live=True, sent_at=CLOSES - timedelta(hours=1), now=CLOSES + timedelta(90))

    assert judgement.passes
    assert judgement.reason == "It was sent on Friday 28 May 2027, 11pm."


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        # Closing in the night the clocks go forward: 00:59 is the last minute before 1am GMT becomes 2am BST.
        (date(2027, 3, 28), datetime(2027, 3, 28, 22, 59, 59, tzinfo=UTC), datetime(2027, 3, 28, 23, 0, tzinfo=UTC)),
        # And the day they go back: 11:59pm is GMT again.
        (date(2027, 10, 31), datetime(2027, 10, 31, 23, 59, 59, tzinfo=UTC), datetime(2027, 11, 1, 0, 0, tzinfo=UTC)),
        (date(2027, 3, 27), datetime(2027, 3, 27, 23, 59, 59, tzinfo=UTC), datetime(2027, 3, 28, 0, 0, tzinfo=UTC)),
        (date(2027, 10, 30), datetime(2027, 10, 30, 22, 59, 59, tzinfo=UTC), datetime(2027, 10, 30, 23, 0, tzinfo=UTC)),
    ],
)
def test_closing_at_11_59pm_holds_on_both_days_the_clocks_change(day, before, after):
    closes = london(day + timedelta(days=1), 0)
    closing = {"window": window(opens_at=closes.astimezone(UTC) - timedelta(days=30), closes_at=closes)}

    assert judged(Code.ROUND_OPEN, now=before, saved_at=None, **closing).passes
    assert judged(Code.ROUND_OPEN, now=after, saved_at=None, **closing).fails
    assert "11:59pm" in judged(Code.ROUND_OPEN, now=before, saved_at=None, **closing).reason


def test_the_hour_before_closing_is_an_hour_also_when_the_clocks_go_forward():
    closes = london(date(2027, 3, 28), 2, 30).astimezone(UTC)  # 1:30am by the clock of winter
    within, before = closes - timedelta(minutes=59), closes - timedelta(minutes=61)

    for saved, verdict in ((within, PASS), (before, FAIL)):
        assert (
            judged(
                Code.ROUND_OPEN, window=window(closes_at=closes), saved_at=saved, now=closes + timedelta(minutes=1)
            ).verdict
            == verdict
        )


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"opens_at": None, "closes_at": None, "announced": "about the end of March"},
         "The round of GLOW opens about the end of March."),
        ({"opens_at": None, "closes_at": None}, "The round of GLOW is announced, and its dates are not set."),
        ({"closes_at": None}, "The round of GLOW is announced, and its dates are not set."),
        ({"opens_at": london(date(2027, 4, 12), 9)}, "The round of GLOW opens on Monday 12 April 2027, 9am."),
        ({"closes_at": london(date(2027, 3, 13), 0)}, "The round of GLOW closed on Friday 12 March 2027, 11:59pm."),
    ],
)  # fmt: skip
def test_a_round_that_is_not_open_says_when(fields, reason):
    judgement = judged(Code.ROUND_OPEN, window=window(**fields))

    assert (judgement.verdict, judgement.reason) == (FAIL, reason)


def test_without_a_round_it_fails():
    assert judged(Code.ROUND_OPEN, window=None).fails


def test_a_full_round_still_takes_forms_as_reserves():
    judgement = judged(Code.ROUND_OPEN, window=window(is_full=True))

    assert judgement.passes and judgement.reason.endswith("new forms go in as reserves.")


def test_no_round_is_open_on_an_edition_without_commitments():
    assert judged(Code.ROUND_OPEN, offer=offer(has_commitments=False)).fails


def test_a_programme_that_is_joined_by_continuing_has_no_form():
    assert judged(Code.ROUND_OPEN, offer=offer(stage="embedding", by_form=False)).fails


# --- 5. Lead teachers ---------------------------------------------------------------------------------------------


def lead(**fields) -> Lead:
    return dataclasses.replace(AMIRA, **fields)


@pytest.mark.parametrize(
    ("leads", "verdict"),
    [
        ((AMIRA, TOM), PASS),
        ((TOM, AMIRA), PASS),
        ((), FAIL),
        ((AMIRA,), FAIL),
        ((AMIRA, Lead()), FAIL),
        ((AMIRA, dataclasses.replace(TOM, email="")), FAIL),
        ((AMIRA, dataclasses.replace(TOM, name=" ")), FAIL),
        ((AMIRA, dataclasses.replace(TOM, role="")), FAIL),
        ((AMIRA, dataclasses.replace(TOM, email="A.KHAN@maidenhill.example ")), FAIL),
        ((lead(trn_hash="x"), dataclasses.replace(TOM, trn_hash="x")), FAIL),
        ((lead(trn_hash="x"), dataclasses.replace(TOM, trn_hash="y")), PASS),
        ((lead(trn_hash="x"), TOM), PASS),
        # At least one of them is senior, by role and by the plain question.
        ((lead(senior=False), TOM), FAIL),
        ((lead(senior=None), TOM), FAIL),
        ((lead(role="head_of_department", senior=None), TOM), PASS),
        ((lead(role="head_of_department", senior=False), TOM), PASS),  # not asked of a head of department, who is
        ((lead(role="second_in_department"), TOM), PASS),
        ((lead(role="second_in_department", senior=False), TOM), FAIL),
        ((lead(role="key_stage_4_lead"), TOM), PASS),
        ((lead(role="teacher"), TOM), PASS),  # the head of department affirms it by signing
        ((lead(role="other", role_text="Numeracy lead of the trust"), TOM), PASS),
        ((AMIRA, lead(email="other@maidenhill.example")), PASS),  # both may be senior
        # A role that contradicts the answer is a question for the hub.
        ((lead(role="early_career"), TOM), ASK),
        ((lead(role="other", role_text="ECT 2"), TOM), ASK),
        ((lead(role="other", role_text="Newly qualified teacher"), TOM), ASK),
        ((lead(role="other", role_text="Director of maths"), TOM), PASS),
        ((lead(role="early_career", senior=False), TOM), FAIL),
        ((lead(role="early_career", email="new@maidenhill.example"), AMIRA), PASS),  # someone else is senior
    ],
)
def test_two_different_people_are_named_one_of_them_senior(leads, verdict):
    assert judged(Code.LEAD_TEACHERS, people=people(leads=leads)).verdict == verdict


def test_in_primary_nobody_need_be_senior():
    class_teachers = (lead(role="teacher", senior=None), dataclasses.replace(TOM, senior=None))

    assert judged(Code.LEAD_TEACHERS, offer=primary(), people=people(leads=class_teachers)).passes


@pytest.mark.parametrize("role", ["early_career", "teacher", "other"])
def test_the_other_may_be_anyone_keen(role):
    keen = dataclasses.replace(TOM, role=role, role_text="Teacher of PE, some maths, two days a week", senior=False)

    assert judged(Code.LEAD_TEACHERS, people=people(leads=(AMIRA, keen))).passes


def test_the_specialist_programme_wants_one_teacher():
    wanted = offer(stage="", specialist=True, lead_teachers=1, senior_lead_teachers=0, must_sign=("head", "lead"))

    assert judged(Code.LEAD_TEACHERS, offer=wanted, people=people(leads=(TOM,))).passes
    assert judged(Code.LEAD_TEACHERS, offer=wanted, people=people(leads=(Lead(),))).fails


def test_readiness_asks_where_neither_is_the_maths_lead():
    readiness = primary(stage="readiness", lead_role_wanted="maths_lead")
    with_lead = (dataclasses.replace(AMIRA, role="maths_lead"), TOM)

    assert judged(Code.LEAD_TEACHERS, offer=readiness, people=people(leads=with_lead)).passes
    assert judged(Code.LEAD_TEACHERS, offer=readiness, people=people(leads=(AMIRA, TOM))).verdict == ASK


# --- 6. Support ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({}, PASS),
        ({"head": Signatory()}, FAIL),
        ({"head_of_department": Signatory()}, FAIL),
        ({"head": dataclasses.replace(HELEN, post="")}, FAIL),
        ({"head": dataclasses.replace(HELEN, email="")}, FAIL),
        ({"head": dataclasses.replace(HELEN, post="deputy")}, PASS),
        ({"head": dataclasses.replace(HELEN, post="executive_head")}, PASS),
        ({"head_of_department": dataclasses.replace(JO, post="acting_hod")}, PASS),
        # No head of department: a leader who manages maths signs there, other than the head.
        ({"head_of_department": dataclasses.replace(JO, post="vacant")}, PASS),
        ({"head_of_department": dataclasses.replace(HELEN, post="vacant")}, FAIL),
        ({"head_of_department": dataclasses.replace(HELEN, post="none", email="HEAD@maidenhill.example")}, FAIL),
        # One person may hold two roles and signs once for both.
        ({"head_of_department": Signatory("head_of_department", AMIRA.name, AMIRA.email)}, PASS),
        ({"head_of_department": dataclasses.replace(HELEN, post="head_of_department")}, PASS),
    ],
)
def test_head_and_head_of_department_are_named_to_sign(fields, verdict):
    assert judged(Code.SUPPORT, people=people(**fields)).verdict == verdict


def test_at_least_two_people_must_sign():
    alone = Signatory("headteacher", "Helen Carter", "head@maidenhill.example")
    one = lead(email="head@maidenhill.example")
    teacher = offer(stage="", specialist=True, lead_teachers=1, senior_lead_teachers=0, must_sign=("head", "lead"))

    assert judged(Code.SUPPORT, offer=teacher, people=People(leads=(one,), head=alone)).fails
    assert judged(Code.SUPPORT, offer=teacher, people=People(leads=(AMIRA,), head=alone)).passes


def test_the_specialist_programme_asks_no_head_of_department():
    teacher = offer(stage="", specialist=True, lead_teachers=1, senior_lead_teachers=0, must_sign=("head", "lead"))

    judgement = judged(Code.SUPPORT, offer=teacher, people=None)

    assert judgement.title == "Its headteacher supports it"


# --- 7. The pathway -----------------------------------------------------------------------------------------------

DEV, EMB, SUS, READY = "development", "embedding", "sustaining", "readiness"


def past(stage: str, year: int, state: str = "completed", urn: str = "115775") -> Past:
    return Past(stage, year, state, urn)


@pytest.mark.parametrize(
    ("history", "stage", "verdict"),
    [
        ([], DEV, PASS),
        ([], EMB, FAIL),
        ([], SUS, FAIL),
        ([past(DEV, 2026)], EMB, PASS),
        ([past(DEV, 2025)], EMB, FAIL),  # the year straight after, or not
        ([past(DEV, 2026)], SUS, PASS),
        ([past(DEV, 2019)], SUS, PASS),  # a gap is fine
        ([past(EMB, 2026)], SUS, PASS),
        ([past(EMB, 2021)], SUS, PASS),
        ([past(DEV, 2024), past(EMB, 2025), past(SUS, 2026)], SUS, PASS),
        ([past(DEV, 2025), past(EMB, 2026)], EMB, FAIL),
        # A stage that is running counts on condition.
        ([past(DEV, 2026, "active")], EMB, PASS),
        ([past(DEV, 2026, "active")], SUS, PASS),
        # What was withdrawn from or not completed does not count, and may be begun again.
        ([past(DEV, 2026, "withdrawn")], DEV, PASS),
        ([past(DEV, 2026, "not_completed")], DEV, PASS),
        ([past(DEV, 2026, "withdrawn")], EMB, FAIL),
        ([past(DEV, 2026, "not_completed")], SUS, FAIL),
        # Development again: a question in secondary.
        ([past(DEV, 2024)], DEV, ASK),
        ([past(DEV, 2026, "active")], DEV, ASK),
        ([past(DEV, 2024), past(EMB, 2025)], DEV, ASK),
        # The year of the edition itself is the matter of the rule on one bid.
        ([past(DEV, 2027, "active")], DEV, PASS),
        # An academy conversion never loses history.
        ([past(DEV, 2026, urn="100001")], EMB, PASS),
    ],
)
def test_the_secondary_pathway_allows_the_stage_or_not(history, stage, verdict):
    assert judged(Code.PATHWAY, offer=offer(stage=stage), history=tuple(history)).verdict == verdict


@pytest.mark.parametrize(
    ("history", "stage", "verdict"),
    [
        ([], READY, PASS),
        ([], DEV, PASS),
        ([past(READY, 2026)], DEV, PASS),
        ([past(READY, 2026, "active")], DEV, PASS),
        ([past(READY, 2026, "withdrawn")], DEV, PASS),
        ([past(DEV, 2020)], DEV, FAIL),  # once only
        ([past(DEV, 2026, "active")], DEV, FAIL),
        ([past(DEV, 2026, "withdrawn")], DEV, PASS),
        ([past(DEV, 2024), past(SUS, 2026)], DEV, FAIL),
        ([past(SUS, 2026)], DEV, ASK),  # a leader's school that never took Development itself
        ([past(DEV, 2026)], READY, FAIL),
        ([past(DEV, 2026)], EMB, PASS),
        ([past(DEV, 2020)], SUS, PASS),
    ],
)
def test_the_primary_pathway_allows_the_stage_or_not(history, stage, verdict):
    wanted = primary(stage=stage, once_only=stage == DEV)

    assert judged(Code.PATHWAY, offer=wanted, history=tuple(history)).verdict == verdict


def test_a_running_stage_shows_its_condition():
    judgement = judged(Code.PATHWAY, offer=offer(stage=EMB), history=(past(DEV, 2026, "active"),))

    assert judgement.facts["condition"] == "if you complete Development 2026/27"
    assert judgement.reason == "If it completes Development 2026/27, which its hub confirms when that year ends."


def test_what_is_completed_already_needs_no_condition():
    history = (past(DEV, 2023), past(SUS, 2026, "active"))

    assert "condition" not in judged(Code.PATHWAY, offer=offer(stage=SUS), history=history).facts


@pytest.mark.parametrize(("leader", "verdict"), [("specialist", PASS), ("leader", ASK), ("", FAIL)])
def test_the_school_of_a_specialist_may_join_sustaining_at_once(leader, verdict):
    assert judged(Code.PATHWAY, offer=offer(stage=SUS), leads_a_group=leader).verdict == verdict


def test_a_programme_outside_the_pathway_passes():
    assert judged(Code.PATHWAY, offer=offer(stage=""), history=(past(DEV, 2020),)).passes


# --- 8. One bid ---------------------------------------------------------------------------------------------------


def test_a_second_live_bid_fails_and_names_the_hub_that_holds_the_first():
    judgement = judged(Code.ONE_BID, rival="Jurassic")

    assert judgement.fails and "Jurassic" in judgement.reason


def test_a_school_on_the_roll_has_its_place_already():
    assert judged(Code.ONE_BID, is_enrolled=True).fails


def test_an_advocate_in_live_bids_of_two_schools_is_a_question():
    judgement = judged(Code.ONE_BID, people=people(leads_elsewhere=("Tom Ellis",)))

    assert judgement.verdict == ASK
    assert judgement.reason == "Tom Ellis stands in another school’s expression of interest."


# --- 9. The hub ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({}, PASS),
        ({"default_hubs": ("GLOW", "Jurassic")}, PASS),
        ({"default_hubs": ("Jurassic",), "hub_reason": "Our trust works with GLOW"}, PASS),
        ({"default_hubs": ("Jurassic",), "hub_reason": " "}, FAIL),
        ({"default_hubs": ("Jurassic",), "people": None}, PASS),  # the form asks for the reason
        ({"default_hubs": ("Jurassic",), "hub_reason": "x", "window": window(other_areas="last")}, PASS),
        ({"default_hubs": ("Jurassic",), "hub_reason": "x", "window": window(other_areas="no")}, FAIL),
        ({"default_hubs": (), "hub_reason": ""}, ASK),
        ({"window": None}, PASS),
        ({"window": None, "default_hubs": ()}, PASS),
    ],
)
def test_a_school_joins_its_default_hub_or_says_why_another(fields, verdict):
    assert judged(Code.HUB, **fields).verdict == verdict


def test_a_round_for_its_own_area_says_which_hub_takes_the_school():
    judgement = judged(Code.HUB, default_hubs=("Jurassic",), window=window(other_areas="no"))

    assert judgement.remedy == "Choose Jurassic."


def test_who_did_not_know_the_hub_is_told_which_one_was_taken():
    assert "so we chose GLOW" in judged(Code.HUB, hub_unsure=True).reason
