"""What the rules ask is gathered from the database as it stands, in as many queries for one bid as for thirty."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from applications import facts
from applications.models import ExpressionOfInterest, Extension, Nominee, Return
from applications.rules import Code, Verdict, judge
from core.audit.log import record
from core.clock import london
from tests.clock import NOW
from tests.factories.accounts import UserFactory
from tests.factories.applications import CLOSES_AT, ExpressionOfInterestFactory, RoundFactory, a_lead_of
from tests.factories.hubs import HubFactory, HubSchoolFactory, LeaderFactory
from tests.factories.programmes import EditionFactory, EnrolmentFactory
from tests.factories.schools import LocalAuthorityFactory, RegisterImportFactory, SchoolFactory, SuccessionFactory
from tests.queries import queries

pytestmark = pytest.mark.django_db


def bid(eoi: ExpressionOfInterest, now=NOW):
    """As a page finds it: nothing loaded yet."""
    return facts.bid_of(ExpressionOfInterest.objects.get(pk=eoi.pk), now=now)


def judged(eoi: ExpressionOfInterest, code: str, now=NOW):
    return judge(bid(eoi, now), now=now).of(code)


def test_a_complete_draft_of_a_good_school_passes_all_rules():
    eoi = ExpressionOfInterestFactory()

    judgements = judge(bid(eoi), now=NOW)

    assert [(j.code, j.reason) for j in judgements if not j.passes] == []


def test_a_primary_draft_passes_all_rules():
    eoi = ExpressionOfInterestFactory(
        round=RoundFactory(edition=EditionFactory(primary=True)), school=SchoolFactory(primary=True)
    )

    assert judge(bid(eoi), now=NOW).verdict is Verdict.PASS


def test_the_register_is_quoted_with_its_date():
    RegisterImportFactory()
    school = SchoolFactory(special=True)

    entry = facts.bid_of_school(school, EditionFactory(), None, now=NOW).entry

    assert (entry.sector, entry.authority, entry.register_of) == ("special", "Gloucestershire", date(2026, 11, 16))


def test_a_closed_school_knows_those_who_followed_it_that_are_still_open():
    closed, between, heir = SchoolFactory(closed=True), SchoolFactory(closed=True), SchoolFactory(name="Severn Academy")
    SuccessionFactory(urn=closed.pk, link_urn=between.pk)
    SuccessionFactory(urn=between.pk, link_urn=heir.pk)

    entry = facts.bid_of_school(closed, EditionFactory(), None, now=NOW).entry

    assert entry.successors == ((heir.pk, "Severn Academy"),)


# --- Rounds -------------------------------------------------------------------------------------------------------


def test_open_rounds_are_those_that_take_forms_now_the_first_to_close_first():
    late, soon = RoundFactory(), RoundFactory(closing_soon=True)
    RoundFactory(closed=True)
    RoundFactory(announced_only=True)

    with queries(at_most=1):
        found = [(each.pk, each.hub.name, each.edition.programme.name) for each in facts.open_rounds(NOW)]

    assert [pk for pk, *_ in found] == [soon.pk, late.pk]


def test_current_rounds_are_open_or_announced():
    open_, announced = RoundFactory(), RoundFactory(announced_only=True)
    RoundFactory(closed=True)

    assert {each.pk for each in facts.current_rounds(NOW)} == {open_.pk, announced.pk}


def test_of_several_hubs_the_open_round_that_closes_last_is_taken():
    soon, late = RoundFactory(closing_soon=True), RoundFactory()
    announced, closed = RoundFactory(announced_only=True), RoundFactory(closed=True)
    rounds = [closed, soon, late, announced]

    def chosen(*among):
        return facts.round_for(rounds, [each.hub for each in among], now=NOW)

    assert chosen(soon, late, announced) == late
    assert chosen(soon, closed) == soon
    assert chosen(announced, closed) == announced
    assert chosen(closed) == closed
    assert chosen() is None


def test_an_extension_belongs_to_one_school_in_one_round():
    eoi = ExpressionOfInterestFactory()
    other = ExpressionOfInterestFactory(round=eoi.round)
    until = CLOSES_AT + timedelta(days=3)
    Extension.objects.create(
        round=eoi.round, school=eoi.school, closes_at=until, reason="Flood", granted_by=UserFactory(), granted_at=NOW
    )
    after = CLOSES_AT + timedelta(days=1)

    assert judged(eoi, Code.ROUND_OPEN, after).passes
    assert judged(other, Code.ROUND_OPEN, after).fails
    assert facts.bid_of_school(eoi.school, eoi.edition, eoi.round, now=after).extended_until == until


def test_the_date_of_a_return_extends_sending_and_signing():
    eoi = ExpressionOfInterestFactory()
    correct_by = CLOSES_AT + timedelta(days=30)
    Return.objects.create(
        eoi=eoi, returned_by=a_lead_of(eoi), returned_at=NOW, reason="Which site?", correct_by=correct_by
    )

    assert (bid(eoi).extended_until, bid(eoi).signing_ends_at) == (correct_by, correct_by)


def test_without_a_signing_deadline_signing_ends_14_days_after_sending():
    eoi = ExpressionOfInterestFactory(round__signing_deadline_at=None, signing=True)

    assert bid(eoi).signing_ends_at == NOW + timedelta(days=14)


def test_what_is_saved_in_the_half_hour_after_closing_does_not_hide_what_was_saved_before_it():
    late, in_time = ExpressionOfInterestFactory(), ExpressionOfInterestFactory()
    before, after = CLOSES_AT - timedelta(minutes=20), CLOSES_AT + timedelta(minutes=5)
    record("eoi.saved", in_time, by=in_time.begun_by, at=before)
    for eoi in (late, in_time):
        record("eoi.saved", eoi, by=eoi.begun_by, at=after)
        ExpressionOfInterest.objects.filter(pk=eoi.pk).update(saved_at=after)

    now = CLOSES_AT + timedelta(minutes=10)
    assert judged(in_time, Code.ROUND_OPEN, now).facts["in_grace"] is True
    assert judged(late, Code.ROUND_OPEN, now).fails


# --- People -------------------------------------------------------------------------------------------------------


def test_the_lead_teachers_are_told_in_their_order():
    eoi = ExpressionOfInterestFactory()

    assert [(lead.name, lead.role, lead.senior) for lead in bid(eoi).people.leads] == [
        ("Amira Khan", "key_stage_3_lead", True), ("Tom Ellis", "teacher", False),
    ]  # fmt: skip


@pytest.mark.parametrize("how", ["email", "trn"])
def test_an_advocate_in_a_live_form_of_another_school_is_a_question(how):
    eoi = ExpressionOfInterestFactory()
    same = {"email": "A.KHAN@" + f"s{eoi.school_id}.example"} if how == "email" else {"trn_hash": "hash"}
    if how == "trn":
        Nominee.objects.filter(eoi=eoi, position="lead_1").update(trn_hash="hash")
    other = ExpressionOfInterestFactory(nominees__lead_2=same)

    assert judged(eoi, Code.ONE_BID).passes  # the other form is a draft, which blocks nobody

    other = ExpressionOfInterestFactory(nominees__lead_2=same, signing=True)
    assert judged(eoi, Code.ONE_BID).verdict == Verdict.ASK
    assert bid(eoi).people.leads_elsewhere == ("Amira Khan",)
    assert other.state == "signing"


def test_who_heads_two_schools_may_sign_for_both():
    eoi = ExpressionOfInterestFactory()
    ExpressionOfInterestFactory(nominees__head={"email": f"head@s{eoi.school_id}.example"}, signing=True)

    assert judged(eoi, Code.ONE_BID).passes


# --- Pathway ------------------------------------------------------------------------------------------------------


def test_history_is_read_through_predecessors_and_successors():
    old, new = SchoolFactory(closed=True), SchoolFactory(academy=True)
    SuccessionFactory(urn=old.pk, link_urn=new.pk)
    EnrolmentFactory(school=old, edition=EditionFactory(year=2026), completed=True)
    embedding = EditionFactory(embedding=True)

    assert judge(facts.bid_of_school(new, embedding, None, now=NOW), now=NOW).of(Code.PATHWAY).passes
    stranger = SchoolFactory()
    assert judge(facts.bid_of_school(stranger, embedding, None, now=NOW), now=NOW).of(Code.PATHWAY).fails


def test_history_of_the_other_phase_does_not_count():
    school = SchoolFactory(all_through=True)
    EnrolmentFactory(school=school, edition=EditionFactory(primary=True, year=2024), completed=True)

    assert facts.bid_of_school(school, EditionFactory(), None, now=NOW).history == ()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"cohort": 5}, "specialist"),
        ({"cohort": None}, "leader"),
        ({"cohort": 5, "phase": "primary"}, ""),
        ({"cohort": 5, "stood_down_on": date(2026, 7, 1)}, ""),
    ],
)
def test_a_leader_at_the_school_is_known_where_sustaining_asks(fields, said):
    school = SchoolFactory()
    LeaderFactory(school=school, **fields)

    assert facts.bid_of_school(school, EditionFactory(sustaining=True), None, now=NOW).leads_a_group == said


# --- One bid ------------------------------------------------------------------------------------------------------


def test_a_draft_blocks_nobody_and_a_live_form_does_in_any_hub():
    eoi = ExpressionOfInterestFactory()
    other_hub = RoundFactory(edition=eoi.edition)
    ExpressionOfInterestFactory(round=other_hub, school=eoi.school)
    assert judged(eoi, Code.ONE_BID).passes

    live = ExpressionOfInterestFactory(round=other_hub, school=eoi.school, signing=True)
    assert judged(eoi, Code.ONE_BID).fails
    assert judged(live, Code.ONE_BID).passes  # its own is no rival


def test_a_live_form_under_the_old_number_of_the_school_counts():
    old, new = SchoolFactory(), SchoolFactory()
    SuccessionFactory(urn=old.pk, link_urn=new.pk)
    eoi = ExpressionOfInterestFactory(school=new)
    ExpressionOfInterestFactory(round=eoi.round, school=old, signing=True)

    assert judged(eoi, Code.ONE_BID).fails


def test_a_second_department_allowed_by_the_hub_has_a_lane_of_its_own():
    eoi = ExpressionOfInterestFactory(signing=True)
    second = ExpressionOfInterestFactory(round=eoi.round, school=eoi.school, lane="Lower site")

    assert bid(second).rival == ""


def test_a_school_on_the_roll_of_the_edition_has_its_place():
    edition = EditionFactory()
    place = EnrolmentFactory(edition=edition)

    assert facts.bid_of_school(place.school, edition, None, now=NOW).is_enrolled


def test_the_place_that_a_bid_itself_made_is_none_against_it():
    eoi = ExpressionOfInterestFactory(accepted=True)
    EnrolmentFactory(edition=eoi.edition, school=eoi.school, eoi_id=eoi.pk)

    assert judged(eoi, Code.ONE_BID).passes


def test_who_withdrew_from_the_edition_may_apply_again():
    edition = EditionFactory()
    place = EnrolmentFactory(edition=edition, withdrawn=True)

    assert not facts.bid_of_school(place.school, edition, None, now=NOW).is_enrolled


# --- Hub ----------------------------------------------------------------------------------------------------------


def test_the_hub_set_for_a_school_comes_before_those_of_its_area():
    round_ = RoundFactory()
    own = HubFactory(area=False)
    school = SchoolFactory()
    assert facts.bid_of_school(school, round_.edition, round_, now=NOW).default_hubs == (round_.hub.name,)

    HubSchoolFactory(school=school, hub=own)
    assert facts.bid_of_school(school, round_.edition, round_, now=NOW).default_hubs == (own.name,)


def test_a_school_of_another_area_gives_its_reason():
    devon = LocalAuthorityFactory(code="878", name="Devon", gss_code="E10000008")
    HubFactory(area=devon)
    eoi = ExpressionOfInterestFactory(school=SchoolFactory(la=devon))
    assert judged(eoi, Code.HUB).fails

    ExpressionOfInterest.objects.filter(pk=eoi.pk).update(hub_reason="Our trust works with this hub.")
    assert judged(eoi, Code.HUB).passes


# --- Many ---------------------------------------------------------------------------------------------------------


def test_thirty_bids_cost_as_many_queries_as_one():
    round_ = RoundFactory()
    RoundFactory(edition=round_.edition)
    for _ in range(3):
        ExpressionOfInterestFactory(round=round_, signing=True)

    def gather(number: int) -> int:
        eois = list(ExpressionOfInterest.objects.filter(round=round_)[:number])
        with queries() as counted:
            bids = facts.bids_of(eois, now=NOW)
        assert len(bids) == number
        return len(counted)

    one = gather(1)
    for _ in range(27):
        ExpressionOfInterestFactory(round=round_)
    assert gather(30) == one
    assert one <= 24


def test_closing_time_is_judged_by_the_clock_of_london():
    eoi = ExpressionOfInterestFactory()

    assert judged(eoi, Code.ROUND_OPEN, london(date(2027, 5, 28), 23, 59, 59)).passes
    assert judged(eoi, Code.ROUND_OPEN, london(date(2027, 5, 29), 0)).fails
