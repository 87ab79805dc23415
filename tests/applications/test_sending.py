"""Sending for signature: the rules have the last word, the deadline is judged to the minute, and one post is enough."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from applications.models import Answer, ExpressionOfInterest, Extension, Nominee, Return
from applications.rules import Judgements
from applications.services import sending, signed
from applications.services.moving import AnotherLiveBid
from applications.services.sending import Incomplete, NotEligible
from applications.states import NotAllowed
from core.clock import london
from core.documents.models import DocumentJob
from core.notifications.models import Message
from core.signing.models import SignatureRequest
from tests.clock import NOW
from tests.factories.accounts import UserFactory
from tests.factories.applications import (
    CLOSES_AT,
    SIGNING_ENDS,
    ExpressionOfInterestFactory,
    RoundFactory,
    a_lead_of,
    another_person,
    sign,
)
from tests.factories.programmes import EnrolmentFactory
from tests.factories.schools import SchoolFactory

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def send(eoi, *, now=NOW, by=None):
    return sending.send_for_signature(eoi_id=eoi.pk, by=by or eoi.begun_by, now=now)


def requests_mailed():
    return Message.objects.filter(kind="applications.please_sign")


def fails(eoi, *, now=NOW):
    with pytest.raises(NotEligible) as refusal:
        send(eoi, now=now)
    eoi.refresh_from_db()
    assert (eoi.state, SignatureRequest.objects.count(), Message.objects.count()) == ("draft", 0, 0)
    return [judgement.code for judgement in refusal.value.judgements.fails]


def test_a_complete_form_is_sent_with_its_terms_its_judgements_and_one_request_a_person():
    eoi = ExpressionOfInterestFactory()

    sent = send(eoi)

    sent.refresh_from_db()
    assert (sent.state, sent.sent_at, sent.sent_by, sent.terms) == (
        "signing", NOW, eoi.begun_by, eoi.edition.current_terms
    )  # fmt: skip
    assert [j.code for j in Judgements.from_json(sent.eligibility)][:2] == ["register_open", "state_funded"]
    assert len(sent.content_sha256) == 64
    assert sorted(SignatureRequest.objects.values_list("name", flat=True)) == [
        "Amira Khan", "Helen Carter", "Jo Marsh", "Tom Ellis",
    ]  # fmt: skip
    mail = Message.objects.filter(kind="applications.please_sign").first()
    assert (mail.from_name, mail.reply_to) == (eoi.round.hub.name, [eoi.begun_by.email, eoi.round.contact_email])
    assert "((personal link))" in mail.text


def test_a_double_post_sends_once():
    eoi = ExpressionOfInterestFactory()

    send(eoi)
    send(eoi)

    assert (SignatureRequest.objects.count(), requests_mailed().count()) == (4, 4)


def test_who_sends_the_form_is_told_that_it_is_sent_and_who_was_asked():
    eoi = ExpressionOfInterestFactory()

    send(eoi)
    send(eoi)

    mail = Message.objects.get(kind="applications.form_sent")
    assert mail.to_email == eoi.begun_by.email
    for words in (eoi.reference, "Helen Carter", "Tom Ellis", "Friday 11 June 2027, 11:59pm"):
        assert words in mail.text


def test_somebody_elses_second_sending_is_refused():
    eoi = ExpressionOfInterestFactory()
    send(eoi)

    with pytest.raises(NotAllowed):
        send(eoi, by=UserFactory())


def test_one_person_with_two_roles_is_asked_once_for_both():
    eoi = ExpressionOfInterestFactory()
    leader = Nominee.objects.get(eoi=eoi, position="head_of_department")
    Nominee.objects.filter(eoi=eoi, position="lead_1").update(
        name=leader.name, email=leader.email, person_uuid=leader.person_uuid, role_code="head_of_department"
    )

    send(eoi)

    assert sorted(r.roles for r in SignatureRequest.objects.all()) == [
        ["head"], ["head_of_department", "lead"], ["lead"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("school", "code"),
    [({"independent": True}, "state_funded"), ({"primary": True}, "phase"), ({"closed": True}, "register_open")],
)
def test_a_school_that_may_not_bid_is_never_sent(school, code):
    assert code in fails(ExpressionOfInterestFactory(school=SchoolFactory(**school)))


def test_nobody_senior_is_never_sent():
    assert fails(ExpressionOfInterestFactory(nominees__lead_1={"senior": False})) == ["lead_teachers"]


def test_one_person_who_would_sign_for_all_is_never_sent():
    assert "support" in fails(ExpressionOfInterestFactory(nominees__head={"email": ""}))


def test_a_required_answer_that_is_missing_stops_the_form():
    eoi = ExpressionOfInterestFactory()
    Answer.objects.filter(eoi=eoi, code="statement").update(text=" ")

    with pytest.raises(Incomplete, match="Why your maths department"):
        send(eoi)


def test_a_second_live_bid_is_refused_by_the_rule_and_by_the_database():
    first = ExpressionOfInterestFactory()
    second = ExpressionOfInterestFactory(round=first.round, school=first.school)
    send(first)

    with pytest.raises(NotEligible) as refusal:
        send(second)
    assert [judgement.code for judgement in refusal.value.judgements.fails] == ["one_bid"]
    with pytest.raises(AnotherLiveBid):
        sending.move(
            second,
            sending.Action.ASK_TO_SIGN,
            by=second.begun_by,
            now=NOW,
            sent_at=NOW,
            terms=first.edition.current_terms,
        )


def test_a_school_on_the_roll_already_is_refused():
    eoi = ExpressionOfInterestFactory()
    EnrolmentFactory(edition=eoi.edition, school=eoi.school)

    assert fails(eoi) == ["one_bid"]


@pytest.mark.parametrize(
    ("moment", "saved", "goes", "grace"),
    [
        (CLOSES_AT - timedelta(seconds=1), NOW, True, False),  # 23:59:59 of the day that ends with it
        (CLOSES_AT, NOW, False, False),
        (CLOSES_AT, CLOSES_AT - 59 * MINUTE, True, True),
        (CLOSES_AT + 29 * MINUTE, CLOSES_AT - 10 * MINUTE, True, True),
        (CLOSES_AT + 30 * MINUTE, CLOSES_AT - 10 * MINUTE, False, False),
        (CLOSES_AT + 5 * MINUTE, CLOSES_AT - 61 * MINUTE, False, False),
    ],
)
def test_the_deadline_is_judged_to_the_minute(moment, saved, goes, grace):
    eoi = ExpressionOfInterestFactory(saved_at=saved)

    if goes:
        assert (send(eoi, now=moment).state, eoi_now(eoi).sent_in_grace) == ("signing", grace)
    else:
        assert fails(eoi, now=moment) == ["round_open"]


def eoi_now(eoi):
    return ExpressionOfInterest.objects.get(pk=eoi.pk)


def test_an_extension_on_record_opens_the_round_for_one_school():
    eoi = ExpressionOfInterestFactory(round=RoundFactory(closed=True))
    until = NOW + timedelta(days=20)
    Extension.objects.create(
        round=eoi.round, school=eoi.school, closes_at=until, reason="Illness", granted_by=a_lead_of(eoi), granted_at=NOW
    )

    assert send(eoi).state == "signing"
    assert eoi_now(eoi).signing_deadline_at >= until


def test_without_a_signing_deadline_people_have_14_days():
    eoi = ExpressionOfInterestFactory(round=RoundFactory(signing_deadline_at=None))

    send(eoi)

    assert eoi_now(eoi).signing_deadline_at == london(date(2027, 4, 2), 0)
    assert {r.valid_until for r in SignatureRequest.objects.all()} == {london(date(2027, 4, 2), 0)}


def test_who_sends_and_signs_is_asked_on_the_next_page_and_by_mail_only_later():
    eoi = ExpressionOfInterestFactory(nominees__lead_1={"email": "a.khan@larkhill.gloucs.example"})
    user = UserFactory(email="a.khan@larkhill.gloucs.example")

    send(eoi, by=user)

    due = dict(requests_mailed().values_list("to_email", "due_at"))
    assert due.pop(user.email) == NOW + sending.SENDER_MAY_SIGN_NOW
    assert set(due.values()) == {NOW}


def test_revising_keeps_signatures_whose_text_is_the_same():
    eoi = ExpressionOfInterestFactory()
    send(eoi)
    sign(eoi, by=["head", "lead"])
    sending.revise(eoi_id=eoi.pk, by=eoi.begun_by, now=NOW)
    Answer.objects.filter(eoi=eoi, code="statement").update(text="Another reason why. " * 40)  # only the leader's text
    Message.objects.all().delete()

    send(eoi)

    states = dict(SignatureRequest.objects.exclude(state="ended").values_list("name", "state"))
    assert states == {"Helen Carter": "signed", "Amira Khan": "signed", "Tom Ellis": "signed", "Jo Marsh": "asked"}
    assert list(requests_mailed().values_list("to_name", flat=True)) == ["Jo Marsh"]


def test_a_returned_form_that_kept_every_signature_is_submitted_as_it_is_sent_again():
    eoi = ExpressionOfInterestFactory(submitted=True)
    sending.move(eoi, sending.Action.RETURN, by=a_lead_of(eoi), now=NOW, submitted_at=None)
    later = NOW + timedelta(days=1)

    send(eoi, now=later)

    now = eoi_now(eoi)
    assert (now.state, now.sent_at, now.submitted_at) == ("submitted", NOW, later)
    assert DocumentJob.objects.filter(subject_id=eoi.pk).count() == 1


def test_a_form_sent_in_time_may_be_sent_again_until_its_signing_deadline():
    eoi = ExpressionOfInterestFactory(signing=True)
    sending.revise(eoi_id=eoi.pk, by=eoi.begun_by, now=NOW)

    assert send(eoi, now=SIGNING_ENDS - MINUTE).state == "signing"


def test_a_return_gives_its_own_time():
    eoi = ExpressionOfInterestFactory(signing=True)
    until = SIGNING_ENDS + timedelta(days=10)
    sending.move(eoi, sending.Action.RETURN, by=a_lead_of(eoi), now=NOW, signing_deadline_at=until)
    Return.objects.create(eoi=eoi, returned_by=a_lead_of(eoi), returned_at=NOW, reason="Spelling", correct_by=until)

    assert send(eoi, now=SIGNING_ENDS + timedelta(days=9)).state == "signing"


def test_another_person_at_a_place_is_asked_and_the_one_before_is_not_any_more():
    eoi = ExpressionOfInterestFactory()
    send(eoi)
    sending.revise(eoi_id=eoi.pk, by=eoi.begun_by, now=NOW)
    another_person(Nominee.objects.get(eoi=eoi, position="lead_2"), name="Rosa Lind", email="r.lind@s.example")

    send(eoi)

    states = dict(SignatureRequest.objects.filter(roles=["lead"]).values_list("name", "state"))
    assert states["Rosa Lind"] == "asked"
    assert SignatureRequest.objects.filter(name="Tom Ellis").exclude(state="ended").count() == 0


@pytest.mark.parametrize("state", ["signing", "submitted", "reserve", "offered", "accepted"])
def test_a_live_form_is_withdrawn_and_school_and_hub_are_told(state):
    eoi = ExpressionOfInterestFactory(**{state: True})

    sending.withdraw(eoi_id=eoi.pk, by=eoi.begun_by, reason="No cover ((code))", now=NOW)

    now = eoi_now(eoi)
    assert (now.state, now.ended_reason, now.round.places_held) == ("withdrawn", "No cover ( (code))", 0)
    assert SignatureRequest.objects.filter(state="asked").count() == 0
    told = Message.objects.filter(kind="applications.withdrawn").values_list("to_email", flat=True)
    assert sorted(told) == sorted([eoi.begun_by.email, eoi.round.contact_email])


def test_withdrawing_a_draft_tells_nobody():
    eoi = ExpressionOfInterestFactory()

    sending.withdraw(eoi_id=eoi.pk, by=eoi.begun_by, reason="", now=NOW)

    assert (eoi_now(eoi).state, Message.objects.count()) == ("withdrawn", 0)


@pytest.mark.django_db(transaction=True)
def test_two_who_send_at_once_send_once():
    eoi = ExpressionOfInterestFactory()
    outcomes, ready = [], threading.Barrier(2)

    def go():
        try:
            ready.wait()
            send(eoi)
            outcomes.append("sent")
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(2)]
    [t.start() for t in threads]
    [t.join() for t in threads]

    assert outcomes == ["sent", "sent"]
    assert (SignatureRequest.objects.count(), requests_mailed().count()) == (4, 4)


# --- Signing again: said before it happens, by the plan that sending follows -------------------------------------
def reopened_with_another_advocate():
    """Signed by head and first advocate, refused by the second, who is then replaced."""
    eoi = ExpressionOfInterestFactory()
    send(eoi)
    sign(eoi, by=["head"])
    amira = SignatureRequest.objects.get(name="Amira Khan")
    sending.signing.sign(
        request_id=amira.pk, typed_name="Amira Khan", roles=["lead"], statement="I sign.", grade="B",
        address="", browser="", link_id=None, now=NOW,
    )  # fmt: skip
    sending.revise(eoi_id=eoi.pk, by=eoi.begun_by, now=NOW)
    another_person(Nominee.objects.get(eoi=eoi, position="lead_2"), name="Rosa Lind", email="r.lind@s.example")
    return eoi


def test_what_is_said_of_who_signs_again_is_what_sending_does():
    eoi = reopened_with_another_advocate()

    said = signed.renewals_of(eoi, now=NOW)
    send(eoi)

    assert {each.name: each.says for each in said.people} == {
        "Helen Carter": "Signs again: the Mastery Advocates changed.",
        "Amira Khan": "Signs again: the Mastery Advocates changed.",
        "Jo Marsh": "Is asked again: the Mastery Advocates changed.",
        "Rosa Lind": "Is asked for the first time.",
    }
    assert said.leaving == ["Tom Ellis"]
    asked = SignatureRequest.objects.filter(state="asked").values_list("name", flat=True)
    assert sorted(asked) == sorted(each.name for each in said.people)


def test_a_renewed_request_says_that_it_is_one_and_what_has_changed():
    eoi = reopened_with_another_advocate()
    Message.objects.all().delete()

    send(eoi)

    mails = {mail.to_name: mail for mail in Message.objects.filter(kind="applications.please_sign")}
    assert mails["Helen Carter"].subject.startswith("Please sign again: ")
    assert (
        "You signed on Thursday 18 March 2027, but what you signed has changed since, so that signature no longer "
        "counts. What has changed:\n\n- the Mastery Advocates. Before: Amira Khan, Key Stage 3 lead; Tom Ellis, "
        "Teacher of maths. Now: Amira Khan, Key Stage 3 lead; Rosa Lind, Teacher of maths\n"
    ) in mails["Helen Carter"].text
    assert "takes the place of the one we sent" in mails["Jo Marsh"].text
    assert "This is a new request" not in mails["Rosa Lind"].text


def test_a_new_statement_asks_only_the_head_of_department_again():
    eoi = ExpressionOfInterestFactory()
    send(eoi)
    sign(eoi)
    sending.revise(eoi_id=eoi.pk, by=eoi.begun_by, now=NOW)
    Answer.objects.filter(eoi=eoi, code="statement").update(text="Another reason why.\n\nAnd one more. " * 9)

    said = signed.renewals_of(eoi, now=NOW)

    assert [(each.name, each.says) for each in said.again] == [("Jo Marsh", "Signs again: the statement changed.")]


def test_where_nothing_changed_every_signature_stands():
    eoi = ExpressionOfInterestFactory()
    send(eoi)
    sign(eoi)
    sending.revise(eoi_id=eoi.pk, by=eoi.begun_by, now=NOW)

    said = signed.renewals_of(eoi, now=NOW)

    assert {each.says for each in said.people} == {"Has signed, and the signature stands."}
