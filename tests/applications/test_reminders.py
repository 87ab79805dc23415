"""The timetable of chasers: which step is due on which day, and each sent once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from applications import reminders
from applications.models import ExpressionOfInterest, Extension, Nominee, Round
from applications.services import answering, deciding, sending
from applications.tasks import do_due_work, look_for_due_work
from core.clock import london
from core.notifications.kinds import kind_of
from core.notifications.models import Message
from core.secrets import decrypt
from core.signing import services as signing
from core.signing.models import SignatureRequest
from hubs.models import HubMembership, HubRole
from tests.clock import NOW
from tests.factories.applications import (
    CLOSES_AT,
    ExpressionOfInterestFactory,
    RoundFactory,
    a_lead_of,
    another_person,
    offer,
    send,
    sign,
)
from tests.factories.hubs import HubMembershipFactory, TermDatesFactory
from tests.factories.schools import SchoolMembershipFactory
from tests.queries import queries

GOOD_FRIDAY = date(2027, 3, 26)


def test_a_day_counted_from_an_act_moves_to_the_next_working_day():
    assert reminders.day_after(date(2027, 3, 18), 3) == date(2027, 3, 22)  # Sunday to Monday
    assert reminders.day_after(date(2027, 3, 23), 3) == date(2027, 3, 30)  # Good Friday to the Tuesday after Easter


def test_a_day_counted_back_to_a_deadline_moves_to_the_working_day_before():
    assert reminders.day_before(date(2027, 3, 28), 2) == date(2027, 3, 25)  # Good Friday to Thursday
    assert reminders.day_before(date(2027, 6, 14), 2) == date(2027, 6, 11)


def test_the_holidays_that_a_hub_entered_are_left_out_and_what_lies_beyond_them_is_not():
    terms = [(date(2027, 1, 5), date(2027, 3, 19)), (date(2027, 4, 12), date(2027, 7, 21))]

    assert not reminders.is_chaser_day(date(2027, 3, 22), terms)
    assert reminders.is_chaser_day(date(2027, 4, 12), terms)
    assert reminders.is_chaser_day(date(2027, 9, 1), terms)  # no terms are known there
    assert reminders.day_after(date(2027, 3, 18), 3, terms) == date(2027, 4, 12)


def test_only_the_latest_step_whose_day_has_come_is_due():
    steps = reminders.signature_steps(asked_on=date(2027, 3, 1), deadline=date(2027, 3, 19))

    assert steps == [
        ("A3", date(2027, 3, 4)), ("A7", date(2027, 3, 8)), ("A12", date(2027, 3, 15)), ("T-2", date(2027, 3, 17)),
    ]  # fmt: skip
    assert [reminders.latest_due(steps, date(2027, 3, d)) for d in (3, 4, 9, 15, 18)] == [
        None,
        "A3",
        "A7",
        "A12",
        "T-2",
    ]


@pytest.mark.parametrize(("hour", "minute", "goes"), [(7, 59, False), (8, 0, True), (17, 59, True), (18, 0, False)])
def test_chasers_go_from_eight_to_six_by_londons_clock(hour, minute, goes):
    for day in (date(2027, 3, 22), date(2027, 3, 29), date(2027, 11, 1)):  # before and after both clock changes
        assert reminders.is_sending_time(london(day, hour, minute)) is goes


@pytest.fixture
def eoi(db):
    """A form sent on Thursday 18 March at 10:42, signed by the head of department."""
    form = ExpressionOfInterestFactory()
    form = sending.send_for_signature(eoi_id=form.pk, by=form.begun_by, now=NOW)
    sign(form, by=["head_of_department"])
    return form


def sent_on(*days, hour=9):
    """How many reminders to sign each of these days brings, one run an hour."""
    found = []
    for day in days:
        before = Message.objects.filter(kind="applications.sign_reminder").count()
        for _ in range(2):
            do_due_work(london(day, hour))
        found.append(Message.objects.filter(kind="applications.sign_reminder").count() - before)
    return found


def test_missing_signatures_are_asked_for_after_3_7_and_12_days_and_two_days_before_the_end(eoi):
    march, june = (lambda d: date(2027, 3, d)), (lambda d: date(2027, 6, d))

    assert sent_on(march(19), march(21), march(22), march(23)) == [0, 0, 3, 0]
    assert sent_on(march(25), GOOD_FRIDAY, march(30), march(31), date(2027, 4, 1)) == [3, 0, 3, 0, 0]
    assert sent_on(june(8), june(9), june(10), june(11)) == [0, 3, 0, 0]
    message = Message.objects.filter(kind="applications.sign_reminder").first()
    assert message.subject.startswith("Still to sign")


def test_a_missed_day_is_made_up_once_and_overtaken_steps_are_dropped(eoi):
    assert sent_on(date(2027, 3, 31), date(2027, 4, 1)) == [3, 0]  # steps 3 and 7 are dropped


def test_nobody_is_chased_within_48_hours_of_a_reminder_by_hand(eoi):
    request = next(r for r in SignatureRequest.objects.filter(state="asked") if "head" in r.roles)
    sending.remind(request_id=request.pk, by=eoi.begun_by, now=london(date(2027, 3, 21), 12))

    assert sent_on(date(2027, 3, 22)) == [2]
    assert sent_on(date(2027, 3, 23), hour=12) == [1]  # its 48 hours are over, and step 3 is still the latest


def test_outside_the_hours_and_days_nothing_goes(eoi):
    for moment in (london(date(2027, 3, 22), 7, 59), london(date(2027, 3, 22), 18), london(date(2027, 3, 27), 9)):
        assert do_due_work(moment)["signature reminders"] == 0


def test_in_the_holidays_of_the_hub_nothing_goes(eoi):
    TermDatesFactory(hub=eoi.round.hub, starts_on=date(2027, 1, 5), ends_on=date(2027, 3, 19))
    TermDatesFactory(hub=eoi.round.hub, starts_on=date(2027, 4, 12), ends_on=date(2027, 7, 21))

    assert sent_on(date(2027, 3, 22), date(2027, 4, 1), date(2027, 4, 12)) == [0, 0, 3]


def test_who_signed_said_no_or_is_asked_no_more_is_not_chased(eoi):
    head = next(r for r in SignatureRequest.objects.filter(state="asked") if "head" in r.roles)
    sending.refuse_to_sign(request_id=head.pk, reason="No cover", link_id=head.link_id, now=NOW)

    assert sent_on(date(2027, 3, 22)) == [2]
    sending.withdraw(eoi_id=eoi.pk, by=eoi.begun_by, reason="", now=london(date(2027, 3, 23), 9))
    assert sent_on(date(2027, 3, 25)) == [0]


def test_while_the_form_is_changed_nobody_is_chased_and_the_newly_asked_count_from_their_own_day(eoi):
    sending.revise(eoi_id=eoi.pk, by=eoi.begun_by, now=NOW)
    assert sent_on(date(2027, 3, 22)) == [0]
    another_person(Nominee.objects.get(eoi=eoi, position="lead_2"), name="Rosa Lind", email="r.lind@s.example")
    sending.send_for_signature(eoi_id=eoi.pk, by=eoi.begun_by, now=london(date(2027, 3, 23), 9))

    assert sent_on(date(2027, 3, 25), date(2027, 3, 30)) == [0, 4]


def test_each_reminder_carries_a_link_that_opens_and_ends_the_one_before(eoi):
    before = {r.pk: r.link_id for r in SignatureRequest.objects.filter(state="asked")}

    sent_on(date(2027, 3, 22))

    for request in SignatureRequest.objects.filter(state="asked").select_related("link"):
        assert request.link_id != before[request.pk]
        assert request.link.is_open(london(date(2027, 3, 22), 9))


def test_an_offer_on_condition_is_chased_towards_its_answer_by_day(eoi):
    offer(eoi, answer_by=london(date(2027, 4, 2), 0))
    SignatureRequest.objects.filter(state="asked").update(valid_until=london(date(2027, 4, 2), 0))

    assert sent_on(date(2027, 3, 30)) == [3]


def drafts_told(day, hour=9):
    do_due_work(london(day, hour))
    return Message.objects.filter(kind="applications.draft_unfinished").count()


@pytest.mark.django_db
def test_a_draft_is_spoken_of_14_7_and_2_days_before_and_on_the_morning_of_closing():
    eoi = ExpressionOfInterestFactory()  # closes on Friday 28 May
    Nominee.objects.filter(eoi=eoi, position="lead_2").delete()
    may = lambda d: date(2027, 5, d)  # noqa: E731

    assert [drafts_told(may(d)) for d in (13, 14, 17, 21, 24, 26, 27)] == [0, 1, 1, 2, 2, 3, 3]
    # At eight the mail of Wednesday at nine is not 48 hours old yet.
    assert [drafts_told(may(28), 8), drafts_told(may(28), 9)] == [3, 4]
    message = Message.objects.filter(kind="applications.draft_unfinished").first()
    assert "- Second Mastery Advocate: not started" in message.text
    assert message.to_email == eoi.begun_by.email


@pytest.mark.django_db
def test_a_draft_that_is_sent_is_spoken_of_no_more():
    send(ExpressionOfInterestFactory())

    assert drafts_told(date(2027, 5, 14)) == 0


@pytest.mark.django_db
def test_a_draft_lapses_when_the_round_and_its_half_hour_are_over():
    eoi = ExpressionOfInterestFactory()

    do_due_work(CLOSES_AT + timedelta(minutes=29))
    assert ExpressionOfInterest.objects.get().state == "draft"
    do_due_work(CLOSES_AT + timedelta(minutes=30))

    assert ExpressionOfInterest.objects.get(pk=eoi.pk).state == "lapsed"


@pytest.mark.django_db
def test_who_worked_on_a_draft_is_told_that_it_has_lapsed():
    eoi = ExpressionOfInterestFactory(round=RoundFactory(closed=True))

    do_due_work(NOW)

    mail = Message.objects.get(kind="applications.draft_lapsed")
    assert mail.to_email == eoi.begun_by.email
    assert "Nobody was asked to sign." in mail.text


@pytest.mark.django_db
def test_an_extension_keeps_a_draft_alive():
    eoi = ExpressionOfInterestFactory()
    Extension.objects.create(
        round=eoi.round, school=eoi.school, closes_at=CLOSES_AT + timedelta(days=2), reason="Illness",
        granted_by=a_lead_of(eoi), granted_at=NOW,
    )  # fmt: skip

    do_due_work(CLOSES_AT + timedelta(days=1))

    assert ExpressionOfInterest.objects.get().state == "draft"


@pytest.mark.django_db
def test_a_draft_that_was_sent_before_lapses_at_its_signing_deadline():
    eoi = ExpressionOfInterestFactory(signing=True)
    sending.revise(eoi_id=eoi.pk, by=eoi.begun_by, now=NOW)
    ends = eoi.round.signing_deadline_at

    do_due_work(ends - timedelta(minutes=1))
    assert ExpressionOfInterest.objects.get().state == "draft"
    do_due_work(ends)
    assert (ExpressionOfInterest.objects.get().state, SignatureRequest.objects.filter(state="asked").count()) == (
        "lapsed", 0
    )  # fmt: skip


@pytest.mark.django_db
def test_one_that_fails_does_not_stop_the_others(monkeypatch, eoi):
    asked = [r.pk for r in SignatureRequest.objects.filter(state="asked")]
    plain = sending.remind_when_due
    monkeypatch.setattr(sending, "remind_when_due", lambda **k: 1 / 0 if k["request_id"] == asked[0] else plain(**k))

    done = do_due_work(london(date(2027, 3, 22), 9))

    assert (done["signature reminders"], done["failed"]) == (2, 1)


@pytest.mark.django_db
def test_the_task_and_the_command_do_the_same_and_may_run_twice(eoi, clock, capsys):
    clock.at(date(2027, 3, 22), 9)

    call_command("send_due")
    look_for_due_work()
    call_command("send_due")

    assert capsys.readouterr().out.splitlines() == ["signature reminders: 3", "Nothing is due."]
    assert Message.objects.filter(kind="applications.sign_reminder").count() == 3


@pytest.mark.django_db
def test_drafts_and_forms_of_many_rounds_ask_no_more_queries_than_one():
    round_ = RoundFactory()
    for _ in range(2):
        ExpressionOfInterestFactory(round=round_)
    with queries() as few:
        reminders.drafts_due(london(date(2027, 5, 14), 9))
        reminders.signatures_due(london(date(2027, 5, 14), 9))
    for _ in range(4):
        ExpressionOfInterestFactory(round=round_)
    with queries() as many:
        reminders.drafts_due(london(date(2027, 5, 14), 9))
        reminders.signatures_due(london(date(2027, 5, 14), 9))

    assert len(many) == len(few)


# --- Offers ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def offered(db):
    """A place offered on Thursday 18 March, to be answered by Friday 9 April; the school has a coordinator."""
    form = ExpressionOfInterestFactory(submitted=True)
    SchoolMembershipFactory(school=form.school, user__email="nadia@s.example", user__name="Nadia Iqbal")
    deciding.offer(eoi_id=form.pk, by=a_lead_of(form), now=NOW, answer_by=london(date(2027, 4, 10), 0))
    return ExpressionOfInterest.objects.get(pk=form.pk)


def offer_reminders(*days, hour=9):
    """Who was reminded of an offer on which of the days."""
    found = {}
    for day in days:
        before = set(Message.objects.values_list("pk", flat=True))
        do_due_work(london(day, hour))
        do_due_work(london(day, hour, 30))
        new = Message.objects.filter(kind="applications.offer_reminder").exclude(pk__in=before)
        found[day.day] = sorted(new.values_list("to_name", flat=True))
    return found


def test_an_unanswered_offer_is_spoken_of_five_days_and_one_day_before_it_lapses(offered):
    april = [date(2027, 4, d) for d in range(1, 10)]

    told = offer_reminders(*april)

    who = ["Helen Carter", "Jo Marsh", "Nadia Iqbal"]
    assert {day: names for day, names in told.items() if names} == {2: who, 8: who}  # the 4th is a Sunday


def test_a_reminder_of_an_offer_carries_a_new_link_for_who_has_one_and_a_page_for_who_signs_in(offered, client):
    first = decrypt(Message.objects.get(kind="applications.offer", to_name="Helen Carter").secret)
    do_due_work(london(date(2027, 4, 8), 9))

    mails = {mail.to_name: mail for mail in Message.objects.filter(kind="applications.offer_reminder")}

    path = decrypt(mails["Helen Carter"].secret).replace("http://127.0.0.1:8000", "")
    assert mails["Helen Carter"].subject == (
        f"Please answer by Friday 9 April 2027: a place for {offered.school.name} in {offered.edition}"
    )
    assert client.get(path).status_code == 302
    assert client.get(first.replace("http://127.0.0.1:8000", "")).status_code == 410
    assert mails["Nadia Iqbal"].secret == ""
    assert reverse("applications:answer", args=[offered.pk]) in mails["Nadia Iqbal"].text
    assert "This also went to Jo Marsh and Nadia Iqbal." in mails["Helen Carter"].text


def test_an_offer_that_is_answered_or_taken_back_is_spoken_of_no_more(offered):
    answering.refuse(eoi_id=offered.pk, by=None, by_name="Helen Carter", now=NOW)

    assert offer_reminders(date(2027, 4, 8)) == {8: []}


def test_an_offer_made_within_two_days_is_not_spoken_of(offered):
    offered.offered_at = london(date(2027, 4, 7), 10)
    offered.save(update_fields=["offered_at"])

    assert offer_reminders(date(2027, 4, 8)) == {8: []}


def test_when_an_offer_lapses_school_and_hub_are_told(offered):
    lead = a_lead_of(offered)

    do_due_work(london(date(2027, 4, 10), 0, 1))

    told = Message.objects.filter(created_at=london(date(2027, 4, 10), 0, 1)).values_list("to_name", "subject")
    lapsed = f"The offer of a place to {offered.school.name} has lapsed"
    assert {name for name, subject in told if subject == lapsed} == {
        "Helen Carter", "Jo Marsh", "Nadia Iqbal", offered.begun_by.get_full_name(),
    }  # fmt: skip
    assert lead.get_full_name() in {name for name, subject in told if subject != lapsed}


def test_offers_of_many_rounds_ask_no_more_queries_than_one(offered):
    at = london(date(2027, 4, 8), 9)
    with queries() as one:
        reminders.offers_due(at)
    for _ in range(3):
        deciding.offer(
            eoi_id=ExpressionOfInterestFactory(submitted=True).pk, by=a_lead_of(offered), now=NOW,
            answer_by=london(date(2027, 4, 10), 0),
        )  # fmt: skip

    with queries(at_most=len(one)):
        assert len(reminders.offers_due(at)) == 4


@pytest.mark.django_db
def test_who_said_no_to_signing_is_not_reminded_of_the_offer():
    eoi = ExpressionOfInterestFactory(signing=True)
    head = SignatureRequest.objects.get(subject_id=eoi.pk, email=f"head@s{eoi.school_id}.example")
    signing.refuse(request_id=head.pk, reason="No.", now=NOW)
    deciding.offer(eoi_id=eoi.pk, by=a_lead_of(eoi), now=NOW, answer_by=london(date(2027, 4, 29), 0))

    told = offer_reminders(date(2027, 4, 23))

    assert told and head.email not in {m.to_email for m in Message.objects.filter(kind="applications.offer_reminder")}


# --- Closings -----------------------------------------------------------------------------------------------------


@pytest.fixture
def closing(db):
    """A round that closes on Friday 28 May, with forms in every state that its leads are told of."""
    round_ = RoundFactory(panel_on=date(2027, 6, 18), decisions_by=date(2027, 6, 25))
    ExpressionOfInterestFactory(round=round_)
    ExpressionOfInterestFactory(round=round_, signing=True)
    for _ in range(2):
        a_lead_of(ExpressionOfInterestFactory(round=round_, submitted=True))
    return round_


def closings(*moments):
    for moment in moments:
        do_due_work(moment)
    return list(Message.objects.filter(kind="applications.round_closed").order_by("created_at"))


def test_when_a_round_has_closed_its_leads_read_how_the_forms_stand(closing):
    HubMembershipFactory(hub=closing.hub, role=HubRole.ADMINISTRATOR)

    (mail,) = closings(london(date(2027, 6, 1), 8))  # Monday 31 May is a bank holiday

    assert mail.to_email == HubMembership.objects.get(hub=closing.hub, role=HubRole.LEAD).user.email
    assert mail.subject == "Secondary Development 2027/28 has closed: 3 forms sent"
    for line in (
        "closed on Friday 28 May 2027, 11:59pm",
        "- 3 forms sent",
        "- 2 signed by everyone",
        "- 1 still being signed, until Friday 11 June 2027, 11:59pm",
        "- 1 begun and not sent",
        "The panel meets on Friday 18 June 2027.",
        reverse("applications:queue", args=[closing.pk]),
        reverse("applications:more_time", args=[closing.pk]),
    ):
        assert line in mail.text, line


def test_a_closing_is_told_once_on_the_next_working_day_in_the_hours_of_the_day(closing):
    assert closings(CLOSES_AT + timedelta(hours=1), london(date(2027, 5, 31), 10), london(date(2027, 6, 1), 7)) == []

    assert len(closings(*[london(date(2027, 6, 1), hour) for hour in (8, 9, 17)], london(date(2027, 6, 2), 9))) == 1


def test_a_closing_that_moves_is_told_when_it_comes_and_one_of_long_ago_is_no_news(closing):
    old = RoundFactory(closes_at=london(date(2027, 5, 10), 0), opens_at=london(date(2027, 4, 1), 9))
    HubMembershipFactory(hub=old.hub)
    Round.objects.filter(pk=closing.pk).update(closes_at=london(date(2027, 6, 5), 0))

    assert closings(london(date(2027, 6, 1), 9)) == []
    assert [m.subject_id for m in closings(london(date(2027, 6, 7), 9))] == [closing.pk]


def test_a_round_that_is_open_again_before_the_mail_goes_sends_none(closing):
    (mail,) = closings(london(date(2027, 6, 1), 8))
    wanted = kind_of(mail.kind).still_wanted
    assert wanted(mail, london(date(2027, 6, 1), 8))

    Round.objects.filter(pk=closing.pk).update(closes_at=london(date(2027, 6, 5), 0))

    assert not wanted(mail, london(date(2027, 6, 1), 8))


def test_closings_of_many_rounds_are_looked_for_in_one_query(closing):
    for _ in range(5):
        RoundFactory()

    with queries(at_most=1):
        assert len(reminders.rounds_closed(london(date(2027, 6, 1), 8))) == 6


# --- The end of signing -------------------------------------------------------------------------------------------


ENDS = london(date(2027, 6, 14), 12)  # a Monday
MINUTE = timedelta(minutes=1)


@pytest.fixture
def late(db):
    """A form that one person has signed, in a round whose time for signing ends on Monday 14 June at noon."""
    form = ExpressionOfInterestFactory(round=RoundFactory(signing_deadline_at=ENDS), signing=True)
    sign(form, by=["head_of_department"])
    a_lead_of(form)
    return form


def told_of_the_end(*moments):
    for moment in moments:
        do_due_work(moment)
    kinds = ["applications.signing_ended", "applications.signing_ended_for_hub"]
    return list(Message.objects.filter(kind__in=kinds).order_by("kind", "created_at"))


def test_when_the_time_for_signing_ends_school_and_hub_read_who_has_not_signed_and_what_can_be_done(late):
    to_school, to_hub = told_of_the_end(ENDS + MINUTE)

    assert (to_school.to_email, to_hub.to_email) == (late.begun_by.email, a_lead_of(late).email)
    for mail in (to_school, to_hub):
        assert "ended on Monday 14 June 2027, 11:59am. Not signed:\n\n- " in mail.text
        assert "- Helen Carter\n" in mail.text
        assert "Jo Marsh" not in mail.text
    assert f"{late.round.hub.name} can give more time" in to_school.text
    assert late.round.contact_email in to_school.text
    assert reverse("applications:more_time", args=[late.round_id]) in to_hub.text
    assert reverse("applications:bid", args=[late.pk]) in to_hub.text


def test_the_end_of_signing_is_told_once_and_not_a_minute_before_it(late):
    assert told_of_the_end(ENDS - MINUTE) == []
    assert len(told_of_the_end(ENDS, ENDS + MINUTE, london(date(2027, 6, 15), 9))) == 2


def test_an_end_in_the_night_is_told_on_the_next_working_day_in_the_hours_of_the_day(late):
    Round.objects.filter(pk=late.round_id).update(signing_deadline_at=london(date(2027, 6, 12), 0))

    assert told_of_the_end(london(date(2027, 6, 12), 10), london(date(2027, 6, 14), 7)) == []
    assert len(told_of_the_end(london(date(2027, 6, 14), 8))) == 2


def test_a_form_that_all_have_signed_or_that_is_let_lapse_says_nothing_of_the_end(late):
    deciding.let_lapse(eoi_id=late.pk, by=a_lead_of(late), now=ENDS)
    a_lead_of(ExpressionOfInterestFactory(round=late.round, submitted=True))

    assert told_of_the_end(ENDS + MINUTE) == []


def test_more_time_is_told_of_when_it_ends_and_stops_a_mail_that_has_not_gone(late):
    first = told_of_the_end(ENDS)
    wanted = [kind_of(mail.kind).still_wanted for mail in first]
    assert [still(mail, ENDS) for still, mail in zip(wanted, first, strict=True)] == [True, True]

    more = ENDS + timedelta(days=2)
    ExpressionOfInterest.objects.filter(pk=late.pk).update(signing_deadline_at=more)

    assert [still(mail, ENDS) for still, mail in zip(wanted, first, strict=True)] == [False, False]
    assert len(told_of_the_end(more - MINUTE)) == 2
    assert len(told_of_the_end(more, more + MINUTE)) == 4


def test_an_end_of_long_ago_is_no_news(late):
    assert told_of_the_end(ENDS + timedelta(days=15)) == []


def test_the_ends_of_many_forms_are_looked_for_in_one_query(late):
    for _ in range(3):
        ExpressionOfInterestFactory(round=late.round, signing=True)

    with queries(at_most=1):
        assert len(reminders.signings_ended(ENDS)) == 4
