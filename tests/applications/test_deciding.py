"""What a hub lead decides, one edge a test."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from applications.models import ExpressionOfInterest, Note, Round
from applications.services import deciding, sending
from applications.services.deciding import NO_PLACE_FOR_IT, ConflictOfInterest, QuestionsOpen, ReasonNeeded
from applications.services.moving import AnotherLiveBid, NoPlaceLeft
from applications.states import Action, NotAllowed, State
from core.audit.log import history
from core.clock import london
from core.links.models import Link
from core.notifications.models import Message
from core.signing import services as signing
from core.signing.models import SignatureRequest
from schools.models import SchoolRole
from tests.clock import NOW
from tests.factories.applications import ExpressionOfInterestFactory, RoundFactory, a_lead_of, send, sign
from tests.factories.schools import SchoolMembershipFactory

pytestmark = pytest.mark.django_db


def _subjects(eoi: ExpressionOfInterest) -> list[str]:
    return list(
        Message.objects.filter(subject_id=eoi.pk).order_by("created_at", "pk").values_list("subject", flat=True)
    )


def test_an_offer_holds_a_place_and_says_until_when() -> None:
    eoi = ExpressionOfInterestFactory(submitted=True)

    deciding.offer(eoi_id=eoi.pk, by=a_lead_of(eoi), now=NOW)

    eoi.refresh_from_db()
    assert (eoi.state, eoi.on_condition) == (State.OFFERED, False)
    assert eoi.answer_by == london(date(2027, 4, 2), 0)  # fourteen days: up to 11:59pm of 1 April
    assert Round.objects.get(pk=eoi.round_id).places_held == 1


@pytest.mark.parametrize(
    ("days", "last_day"),
    [
        (7, date(2027, 3, 25)),  # a Thursday
        (8, date(2027, 3, 30)),  # Good Friday: the Tuesday after Easter
        (11, date(2027, 3, 30)),  # Easter Monday
        (16, date(2027, 4, 5)),  # a Saturday
        (17, date(2027, 4, 5)),  # a Sunday
        (18, date(2027, 4, 5)),  # that Monday itself
    ],
)
def test_an_offer_that_names_no_day_lapses_on_a_working_day(days: int, last_day: date) -> None:
    assert deciding.default_answer_by(RoundFactory.build(days_to_answer=days), NOW) == deciding.end_of(last_day)


def test_head_and_head_of_department_each_get_a_link_and_the_applicant_gets_none() -> None:
    eoi = ExpressionOfInterestFactory(submitted=True)

    deciding.offer(eoi_id=eoi.pk, by=a_lead_of(eoi), now=NOW)

    mails = Message.objects.filter(subject_id=eoi.pk, kind="applications.offer")
    assert {m.to_email: bool(m.secret) for m in mails} == {
        f"head@s{eoi.school_id}.example": True,
        f"j.marsh@s{eoi.school_id}.example": True,
        eoi.begun_by.email: False,
    }
    assert Link.objects.filter(subject_id=eoi.pk, kind="applications.answer_offer").count() == 2


def test_an_offer_before_all_have_signed_is_on_condition_and_signing_ends_with_it() -> None:
    eoi = ExpressionOfInterestFactory(signing=True)

    deciding.offer(eoi_id=eoi.pk, by=a_lead_of(eoi), now=NOW)

    eoi.refresh_from_db()
    assert (eoi.state, eoi.on_condition) == (State.OFFERED, True)
    assert eoi.signing_deadline_at == eoi.answer_by
    assert set(Link.objects.filter(kind="signing.sign", ended_at=None).values_list("valid_until", flat=True)) == {
        eoi.answer_by
    }


def _says_no(eoi: ExpressionOfInterest, role: str) -> SignatureRequest:
    request = SignatureRequest.objects.get(subject_id=eoi.pk, roles__icontains=f'"{role}"')
    signing.refuse(request_id=request.pk, reason="We cannot release two teachers.", now=NOW)
    return request


def _offered(eoi: ExpressionOfInterest) -> dict[str, Message]:
    return {m.to_email: m for m in Message.objects.filter(subject_id=eoi.pk, kind="applications.offer")}


def test_who_said_no_to_signing_is_not_asked_to_accept_until_they_sign_after_all() -> None:
    eoi = ExpressionOfInterestFactory(signing=True)
    head = _says_no(eoi, "head")

    deciding.offer(eoi_id=eoi.pk, by=a_lead_of(eoi), now=NOW)

    assert head.email not in _offered(eoi)
    assert "Helen Carter (has said no)" in _offered(eoi)[f"j.marsh@s{eoi.school_id}.example"].text
    sending.sign(
        request_id=head.pk, typed_name="Helen Carter", roles={"head"}, statement="I sign.", grade="B",
        address="192.0.2.7", browser="Phone", link_id=None, now=NOW + timedelta(hours=1),
    )  # fmt: skip
    assert _offered(eoi)[head.email].secret
    assert Link.objects.filter(subject_id=eoi.pk, kind="applications.answer_offer", ended_at=None).count() == 2


def test_where_both_who_could_accept_said_no_the_applicant_reads_that_nobody_is_asked() -> None:
    eoi = ExpressionOfInterestFactory(signing=True)
    _says_no(eoi, "head")
    _says_no(eoi, "head_of_department")

    deciding.offer(eoi_id=eoi.pk, by=a_lead_of(eoi), now=NOW)

    (letter,) = _offered(eoi).values()
    assert letter.to_email == eoi.begun_by.email
    assert "Nobody has been asked to accept it yet" in letter.text


def test_a_form_that_lapsed_before_any_offer_is_reopened_first_and_one_whose_offer_lapsed_is_offered_again() -> None:
    never = ExpressionOfInterestFactory(signing=True, lapsed=True)
    before = ExpressionOfInterestFactory(submitted=True, offered=True, lapsed=True)

    with pytest.raises(NotAllowed, match="reopen it first"):
        deciding.offer(eoi_id=never.pk, by=a_lead_of(never), now=NOW)
    assert deciding.offer(eoi_id=before.pk, by=a_lead_of(before), now=NOW).state == State.OFFERED


def test_what_an_act_leaves_as_it_was_is_known_with_its_reason_before_it_is_taken() -> None:
    round_ = RoundFactory(places=2)
    accepted = ExpressionOfInterestFactory(round=round_, accepted=True)
    one, two = (ExpressionOfInterestFactory(round=round_, submitted=True) for _ in range(2))
    eois = list(ExpressionOfInterest.objects.filter(round=round_).select_related("round").order_by("state", "pk"))

    found = deciding.left_out(eois, Action.OFFER, by=a_lead_of(one), now=NOW)

    assert found.pop(accepted.pk) == "This form is accepted already: left as it was."
    assert list(found.values()) == [NO_PLACE_FOR_IT]
    assert set(found) < {one.pk, two.pk}


def test_no_offer_is_made_when_every_place_is_held() -> None:
    round_ = RoundFactory(places=1)
    ExpressionOfInterestFactory(round=round_, offered=True)
    eoi = ExpressionOfInterestFactory(round=round_, submitted=True)

    with pytest.raises(NoPlaceLeft):
        deciding.offer(eoi_id=eoi.pk, by=a_lead_of(eoi), now=NOW)

    eoi.refresh_from_db()
    assert eoi.state == State.SUBMITTED
    assert not Message.objects.filter(subject_id=eoi.pk, kind="applications.offer").exists()


def test_a_question_of_the_rules_is_settled_with_a_reason_before_a_place_is_offered() -> None:
    # A second live form for another edition names the same advocate: the rules ask.
    eoi = ExpressionOfInterestFactory(submitted=True)
    other = ExpressionOfInterestFactory(nominees__lead_1={"email": f"a.khan@s{eoi.school_id}.example"})
    send(other)
    lead = a_lead_of(eoi)
    asked = deciding.unsettled(eoi, now=NOW)
    assert [question.code for question in asked] == ["one_bid"]

    with pytest.raises(QuestionsOpen):
        deciding.offer(eoi_id=eoi.pk, by=lead, now=NOW)
    deciding.settle(eoi_id=eoi.pk, code="one_bid", by=lead, now=NOW, reason="She moves to this school in September.")
    deciding.offer(eoi_id=eoi.pk, by=lead, now=NOW)

    eoi.refresh_from_db()
    assert eoi.state == State.OFFERED


def test_a_question_that_the_rules_do_not_ask_cannot_be_settled() -> None:
    eoi = ExpressionOfInterestFactory(submitted=True)

    with pytest.raises(NotAllowed):
        deciding.settle(eoi_id=eoi.pk, code="state_funded", by=a_lead_of(eoi), now=NOW, reason="We like them.")


def test_settling_needs_a_reason() -> None:
    eoi = ExpressionOfInterestFactory(submitted=True)

    with pytest.raises(ReasonNeeded):
        deciding.settle(eoi_id=eoi.pk, code="one_bid", by=a_lead_of(eoi), now=NOW, reason="  ")


def test_reserves_are_ranked_in_the_order_in_which_they_are_held() -> None:
    round_ = RoundFactory()
    first, second = (ExpressionOfInterestFactory(round=round_, submitted=True) for _ in range(2))

    for eoi in (first, second):
        deciding.hold(eoi_id=eoi.pk, by=a_lead_of(eoi), now=NOW)

    first.refresh_from_db()
    second.refresh_from_db()
    assert [first.reserve_rank, second.reserve_rank] == [1, 2]
    assert Round.objects.get(pk=round_.pk).places_held == 0


def test_not_choosing_needs_a_reason_from_the_list_and_the_letter_gives_it() -> None:
    eoi = ExpressionOfInterestFactory(submitted=True)

    with pytest.raises(ReasonNeeded):
        deciding.not_choose(eoi_id=eoi.pk, by=a_lead_of(eoi), now=NOW, reason="no idea")
    deciding.not_choose(eoi_id=eoi.pk, by=a_lead_of(eoi), now=NOW, reason="release", words="Ask again next spring.")

    letter = Message.objects.filter(subject_id=eoi.pk).last()
    assert letter is not None
    assert "Release of the two teachers was not clear" in letter.text
    assert "Ask again next spring." in letter.text


def test_a_returned_form_is_a_draft_again_with_its_own_deadlines_and_its_signatures() -> None:
    eoi = ExpressionOfInterestFactory(submitted=True)

    deciding.return_(eoi_id=eoi.pk, by=a_lead_of(eoi), now=NOW, words="Name the second advocate’s role.")

    eoi.refresh_from_db()
    assert (eoi.state, eoi.submitted_at) == (State.DRAFT, None)
    assert eoi.returns.get().correct_by == london(date(2027, 4, 2), 0)
    assert _subjects(eoi)[-1] == f"Please correct {eoi.school.name}’s form by Thursday 1 April 2027"


def test_an_offer_taken_back_frees_its_place_and_ends_its_links() -> None:
    eoi = ExpressionOfInterestFactory(submitted=True)
    lead = a_lead_of(eoi)
    deciding.offer(eoi_id=eoi.pk, by=lead, now=NOW)

    deciding.take_back(eoi_id=eoi.pk, by=lead, now=NOW, words="Two offers were made by mistake.")

    eoi.refresh_from_db()
    assert (eoi.state, eoi.decided_by, eoi.answer_by) == (State.SUBMITTED, None, None)
    assert Round.objects.get(pk=eoi.round_id).places_held == 0
    assert not Link.objects.filter(kind="applications.answer_offer", subject_id=eoi.pk, ended_at=None).exists()


def test_an_offer_on_condition_taken_back_goes_back_to_signing() -> None:
    eoi = ExpressionOfInterestFactory(signing=True)
    lead = a_lead_of(eoi)
    deciding.offer(eoi_id=eoi.pk, by=lead, now=NOW)

    deciding.take_back(eoi_id=eoi.pk, by=lead, now=NOW, words="Another school signed first.")

    eoi.refresh_from_db()
    assert eoi.state == State.SIGNING


def test_a_form_not_chosen_can_be_looked_at_again_unless_the_school_has_another_live_form() -> None:
    eoi = ExpressionOfInterestFactory(not_chosen=True)
    lead = a_lead_of(eoi)
    another = ExpressionOfInterestFactory(round=RoundFactory(edition=eoi.edition), school=eoi.school, submitted=True)

    with pytest.raises(AnotherLiveBid):
        deciding.reconsider(eoi_id=eoi.pk, by=lead, now=NOW, words="A place came free.")
    deciding.not_choose(eoi_id=another.pk, by=a_lead_of(another), now=NOW, reason="no_places")
    deciding.reconsider(eoi_id=eoi.pk, by=lead, now=NOW, words="A place came free.")

    eoi.refresh_from_db()
    assert eoi.state == State.SUBMITTED


def test_an_offer_lapses_only_once_its_day_has_passed_and_the_lead_hears_who_is_first_in_reserve() -> None:
    eoi = ExpressionOfInterestFactory(submitted=True)
    lead = a_lead_of(eoi)
    reserve = ExpressionOfInterestFactory(round=eoi.round, reserve=True)
    deciding.offer(eoi_id=eoi.pk, by=lead, now=NOW)
    eoi.refresh_from_db()

    assert deciding.lapse_offers(now=eoi.answer_by - timedelta(seconds=1)) == 0
    assert deciding.lapse_offers(now=eoi.answer_by) == 1
    assert deciding.lapse_offers(now=eoi.answer_by) == 0

    eoi.refresh_from_db()
    assert eoi.state == State.LAPSED
    assert Round.objects.get(pk=eoi.round_id).places_held == 0
    told = Message.objects.get(to_email=lead.email, kind="applications.for_the_hub")
    assert reserve.school.name in told.text


def test_a_lapsed_offer_can_be_made_again() -> None:
    eoi = ExpressionOfInterestFactory(submitted=True)
    lead = a_lead_of(eoi)
    deciding.offer(eoi_id=eoi.pk, by=lead, now=NOW)
    eoi.refresh_from_db()
    deciding.lapse_offers(now=eoi.answer_by)

    deciding.offer(eoi_id=eoi.pk, by=lead, now=eoi.answer_by + timedelta(hours=9))

    eoi.refresh_from_db()
    assert eoi.state == State.OFFERED


def test_the_hub_lets_a_form_lapse_only_after_its_signing_deadline() -> None:
    eoi = ExpressionOfInterestFactory(signing=True)
    lead = a_lead_of(eoi)

    with pytest.raises(NotAllowed):
        deciding.let_lapse(eoi_id=eoi.pk, by=lead, now=eoi.round.signing_deadline_at - timedelta(minutes=1))
    deciding.let_lapse(eoi_id=eoi.pk, by=lead, now=eoi.round.signing_deadline_at)

    eoi.refresh_from_db()
    assert eoi.state == State.LAPSED


def test_a_lapsed_form_that_was_sent_is_reopened_for_signing_until_a_new_day() -> None:
    eoi = ExpressionOfInterestFactory(signing=True)
    lead = a_lead_of(eoi)
    deciding.let_lapse(eoi_id=eoi.pk, by=lead, now=eoi.round.signing_deadline_at)
    until = eoi.round.signing_deadline_at + timedelta(days=7)

    deciding.reopen(
        eoi_id=eoi.pk,
        by=lead,
        now=eoi.round.signing_deadline_at + timedelta(hours=9),
        words="The head was ill.",
        until=until,
    )

    eoi.refresh_from_db()
    assert (eoi.state, eoi.signing_deadline_at) == (State.SIGNING, until)


def test_a_lead_who_belongs_to_the_school_does_not_decide_on_it() -> None:
    eoi = ExpressionOfInterestFactory(submitted=True)
    lead = a_lead_of(eoi)
    SchoolMembershipFactory(school=eoi.school, user=lead, role=SchoolRole.ADVOCATE)

    with pytest.raises(ConflictOfInterest):
        deciding.decide(eoi_id=eoi.pk, action=Action.OFFER, by=lead, now=NOW)


def test_many_are_decided_row_by_row_and_one_refusal_stops_no_other() -> None:
    round_ = RoundFactory(places=2)
    eois = [ExpressionOfInterestFactory(round=round_, submitted=True) for _ in range(3)]

    results = deciding.decide_many(eois=eois, action=Action.OFFER, by=a_lead_of(eois[0]), now=NOW)

    assert [result.done for result in results] == [True, True, False]
    assert "All places of this round are taken" in results[2].said


def test_a_bulk_letter_is_letter_for_letter_the_single_one() -> None:
    round_ = RoundFactory()
    single, bulk = (ExpressionOfInterestFactory(round=round_, submitted=True) for _ in range(2))
    lead = a_lead_of(single)

    deciding.decide(eoi_id=single.pk, action=Action.NOT_CHOOSE, by=lead, now=NOW, reason="no_places", words="A pity.")
    deciding.decide_many(eois=[bulk], action=Action.NOT_CHOOSE, by=lead, now=NOW, reason="no_places", words="A pity.")

    def letters(eoi: ExpressionOfInterest) -> list[str]:
        texts = Message.objects.filter(subject_id=eoi.pk, kind="applications.decision").order_by("to_name")
        return [
            t.text.replace(eoi.school.name, "the school")
            .replace(eoi.reference, "")
            .replace(eoi.school_id, "")
            .replace(eoi.begun_by.get_full_name(), "you")
            for t in texts
        ]

    assert letters(single) == letters(bulk)
    assert letters(single)


def test_every_decision_is_in_the_trail_with_who_and_why() -> None:
    eoi = ExpressionOfInterestFactory(submitted=True)
    lead = a_lead_of(eoi)

    deciding.not_choose(eoi_id=eoi.pk, by=lead, now=NOW, reason="no_places", words="Next year, please.")

    event = history(eoi).last()
    assert event is not None
    assert (event.action, event.actor, event.note) == ("eoi.not_choose", lead, "Next year, please.")
    assert (event.before["state"], event.after["state"]) == ("submitted", "not_chosen")


def test_a_note_posted_twice_is_kept_once() -> None:
    eoi = ExpressionOfInterestFactory(submitted=True)
    lead = a_lead_of(eoi)
    once = eoi.pk  # any UUID that the form carried

    for _ in range(2):
        deciding.add_note(eoi_id=eoi.pk, once=once, by=lead, now=NOW, text="Rang the head.")

    assert Note.objects.filter(eoi=eoi).count() == 1


def test_a_second_decision_from_a_stale_tab_is_refused() -> None:
    eoi = ExpressionOfInterestFactory(submitted=True)
    lead = a_lead_of(eoi)
    deciding.not_choose(eoi_id=eoi.pk, by=lead, now=NOW, reason="no_places")

    with pytest.raises(NotAllowed):
        deciding.hold(eoi_id=eoi.pk, by=lead, now=NOW)


def test_signing_goes_on_while_a_form_is_in_reserve() -> None:
    eoi = ExpressionOfInterestFactory(signing=True)
    deciding.hold(eoi_id=eoi.pk, by=a_lead_of(eoi), now=NOW)

    sign(eoi)

    assert deciding.missing_names(eoi) == []
