"""Programmes put on offer, terms that never change, schools put on the roll and taken off it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.audit.log import history
from core.documents.models import DocumentJob
from programmes import services
from programmes.models import Advocate, Commitment, Edition, Enrolment, Programme, Question, Terms
from programmes.services import Named
from programmes.states import EnrolmentState, NotAllowed
from schools.models import Teacher
from tests.clock import NOW
from tests.factories.accounts import UserFactory
from tests.factories.hubs import HubFactory
from tests.factories.programmes import EditionFactory, EnrolmentFactory, TermsFactory, publish_terms
from tests.factories.schools import SchoolFactory

pytestmark = pytest.mark.django_db

TWO = [
    Named("Amira Khan", "A.Khan@larkhill.example", "Key Stage 3 lead", senior=True, trn="1234567"),
    Named("Tom Ellis", "t.ellis@larkhill.example", "Teacher of maths"),
]


# --- What ships ---------------------------------------------------------------------------------------------------


def test_the_reference_puts_nine_programmes_on_offer_for_two_years():
    done = services.load_reference(now=NOW)

    assert done == {"programmes": 9, "editions": 18}
    assert sorted(set(Edition.objects.values_list("year", flat=True))) == [2026, 2027]


def test_loading_it_again_changes_nothing_even_what_the_national_team_has_changed():
    services.load_reference(now=NOW)
    edition = Edition.objects.get(programme="secondary-development", year=2027)
    services.set_code(edition_id=edition.pk, code="27-12", by=UserFactory(), now=NOW)
    before = sorted(Terms.objects.values_list("pk", "published_at"))

    services.load_reference(now=NOW + timedelta(days=1))

    edition.refresh_from_db()
    assert edition.ncp_code == "NCP27-12"
    assert sorted(Terms.objects.values_list("pk", "published_at")) == before


def test_the_figures_of_section_3_ship():
    services.load_reference(now=NOW)

    def terms(slug):
        return Edition.objects.get(programme=slug, year=2027).current_terms

    secondary, primary = terms("secondary-development"), terms("primary-development")
    assert (secondary.lead_teachers, secondary.senior_lead_teachers) == (2, 1)
    assert (secondary.group_min, secondary.group_max, secondary.meetings_min, secondary.meeting_half_days) == (
        2,
        2,
        4,
        1,
    )
    assert (secondary.in_school_days_min, secondary.in_school_days_max, secondary.release_days_min) == (4, 6, 10)
    assert secondary.money_per_school == 2000 and secondary.once_only is False
    assert (primary.lead_teachers, primary.senior_lead_teachers, primary.group_min, primary.group_max) == (2, 0, 6, 7)
    assert (primary.meetings_min, primary.visits_per_term, primary.head_meetings_per_term) == (6, 1, 1)
    assert (primary.money_per_school, primary.match_funding_cap) == (1000, 2000)
    assert primary.once_only and primary.years_committed == 3
    assert terms("secondary-embedding").visits_per_year == 3 and not terms("secondary-embedding").entry_by_eoi
    assert (terms("primary-readiness").group_max, terms("primary-readiness").lead_role_wanted) == (8, "maths_lead")
    assert terms("primary-embedding").visits_per_year == 1
    assert terms("primary-sustaining").meetings_min == 6
    assert (terms("secondary-specialist").lead_teachers, terms("secondary-specialist").must_sign) == (
        1,
        ["head", "lead"],
    )


def test_the_commitments_of_both_developments_ship_and_others_wait_for_the_national_team():
    services.load_reference(now=NOW)
    texts = {
        edition.programme_id: [commitment.text for commitment in edition.current_terms.commitments.all()]
        for edition in Edition.objects.with_terms().filter(year=2027)
    }

    assert {slug: len(found) for slug, found in texts.items()} == {
        "secondary-development": 5, "secondary-embedding": 0, "secondary-sustaining": 0, "primary-readiness": 0,
        "primary-development": 5, "primary-embedding": 0, "primary-sustaining": 0, "secondary-specialist": 3,
        "primary-specialist": 3,
    }  # fmt: skip
    assert texts["secondary-development"][1] == (
        "Between them they have at least ten days for this work in the year, those meetings and the specialist’s "
        "in-school days included."
    )


def test_every_form_asks_about_earlier_work_the_statement_and_how_they_heard():
    services.load_reference(now=NOW)

    for edition in Edition.objects.with_terms():
        asked = {question.code: question for question in edition.current_terms.questions.all()}
        assert list(asked) == ["worked_before", "worked_before_what", "statement", "heard"]
        assert (asked["statement"].kind, asked["statement"].limit_words) == ("words", 200)
        assert len(asked["statement"].hint.splitlines()) == 3
        assert (asked["worked_before"].kind, asked["worked_before_what"].required) == ("yes_no", False)
        assert asked["heard"].kind == "choice" and len(asked["heard"].choices) == 6


def test_no_primary_text_that_ships_speaks_of_departments_advocates_or_key_stage_3():
    services.load_reference(now=NOW)

    for edition in Edition.objects.with_terms().filter(programme__phase="primary"):
        terms = edition.current_terms
        texts = [
            edition.programme.summary, edition.programme.full_name, terms.who_leads, *terms.shape, *terms.focus,
            *terms.outcomes, *[c.text for c in terms.commitments.all()],
            *[f"{q.label} {q.hint} {q.choices}" for q in terms.questions.all()],
        ]  # fmt: skip
        assert not [text for text in texts for word in ("department", "dvocate", "Key Stage 3") if word in text]


def test_the_short_name_of_a_programme_is_cut_from_its_full_one():
    services.load_reference(now=NOW)

    for programme in Programme.objects.all():
        full = iter(programme.full_name.split())
        assert all(word in full for word in programme.name.split()), programme.full_name


# --- Terms --------------------------------------------------------------------------------------------------------


def test_publishing_asks_for_the_information_sheet_once():
    terms = TermsFactory()

    services.publish(terms_id=terms.pk, by=UserFactory(), now=NOW)
    services.publish(terms_id=terms.pk, by=UserFactory(), now=NOW + timedelta(hours=1))

    assert Terms.objects.get(pk=terms.pk).published_at == NOW
    assert list(DocumentJob.objects.values_list("kind", "subject_id")) == [("programmes.sheet", terms.pk)]
    assert [event.action for event in history(terms)] == ["terms.published"]


def test_new_terms_are_numbered_after_the_last_and_hold_once_published():
    edition = EditionFactory()
    first = edition.current_terms

    second = services.draft_terms(edition=edition, figures={"lead_teachers": 2}, commitments=["We come."], questions=[])

    assert (first.number, second.number) == (1, 2)
    assert Edition.objects.with_terms().get(pk=edition.pk).current_terms == first
    services.publish(terms_id=second.pk, by=UserFactory(), now=NOW)
    assert Edition.objects.with_terms().get(pk=edition.pk).current_terms == second


def refused(act) -> bool:
    """Whether the database itself refuses an act."""
    try:
        with transaction.atomic():
            act()
    except IntegrityError as refusal:
        return "Published terms never change" in str(refusal)
    return False


def test_the_database_refuses_every_change_of_published_terms():
    terms = EditionFactory().current_terms
    other = TermsFactory(edition=terms.edition)
    commitment, question = terms.commitments.first(), terms.questions.first()
    loose = Commitment.objects.create(terms=other, number=1, text="We come.")

    assert refused(lambda: Terms.objects.filter(pk=terms.pk).update(money_per_school=1))
    assert refused(lambda: Terms.objects.filter(pk=terms.pk).update(published_at=None))
    assert refused(lambda: Commitment.objects.filter(pk=commitment.pk).update(text="We may come."))
    assert refused(lambda: Commitment.objects.filter(pk=commitment.pk).update(terms=other, number=2))
    assert refused(lambda: Commitment.objects.filter(pk=loose.pk).update(terms=terms, number=9))
    assert refused(lambda: Commitment.objects.filter(pk=commitment.pk).delete())
    assert refused(lambda: Commitment.objects.create(terms=terms, number=9, text="And pay."))
    assert refused(lambda: Question.objects.filter(pk=question.pk).update(required=False))
    assert refused(lambda: Question.objects.filter(pk=question.pk).delete())
    assert refused(lambda: Question.objects.create(terms=terms, code="pay", kind="text", label="Pay?"))


def test_terms_that_are_not_published_may_change():
    terms = TermsFactory()
    commitment = Commitment.objects.create(terms=terms, number=1, text="We come.")

    assert not refused(lambda: Commitment.objects.filter(pk=commitment.pk).update(text="We all come."))
    assert not refused(lambda: Terms.objects.filter(pk=terms.pk).update(money_per_school=1))
    assert not refused(lambda: Commitment.objects.filter(pk=commitment.pk).delete())


def test_saving_published_terms_is_refused_before_the_database_has_to():
    terms = publish_terms(EditionFactory(published=False))
    terms.money_per_school = 1

    with pytest.raises(ValidationError, match="Published terms never change"):
        terms.save()


def test_a_code_is_unique_in_its_year():
    one, other = EditionFactory(), EditionFactory(primary=True)
    services.set_code(edition_id=one.pk, code="NCP 27-12", by=UserFactory(), now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        services.set_code(edition_id=other.pk, code="27-12", by=UserFactory(), now=NOW)


# --- The roll -----------------------------------------------------------------------------------------------------


def enrolled(**changes) -> Enrolment:
    edition = changes.pop("edition", None) or EditionFactory()
    usual = {
        "edition": edition, "terms": edition.current_terms, "hub": HubFactory(), "advocates": TWO,
        "by": UserFactory(), "now": NOW,
    }  # fmt: skip
    return services.enrol(**(usual | {"school": changes.pop("school", None) or SchoolFactory()} | changes))


def test_enrolling_puts_the_school_on_the_roll_with_its_lead_teachers_seated_from_september():
    enrolment = enrolled()

    assert enrolment.state == EnrolmentState.ACTIVE and enrolment.enrolled_at == NOW
    seats = Advocate.objects.filter(enrolment=enrolment).order_by("teacher__name")
    assert [(s.teacher.name, s.teacher.email, s.role, s.senior, s.since, s.until) for s in seats] == [
        ("Amira Khan", "a.khan@larkhill.example", "Key Stage 3 lead", True, date(2027, 9, 1), None),
        ("Tom Ellis", "t.ellis@larkhill.example", "Teacher of maths", False, date(2027, 9, 1), None),
    ]
    assert Teacher.objects.get(name="Amira Khan").trn_hash


def test_a_teacher_who_was_on_the_roll_before_keeps_their_record():
    enrolled()

    enrolled(edition=EditionFactory(sustaining=True))

    assert Teacher.objects.filter(email="a.khan@larkhill.example").count() == 1
    assert Advocate.objects.filter(teacher__email="a.khan@larkhill.example").count() == 2


def test_the_same_bid_enrols_once():
    edition, school, eoi_id = EditionFactory(), SchoolFactory(), UserFactory().pk

    first = enrolled(edition=edition, school=school, eoi_id=eoi_id)

    assert enrolled(edition=edition, school=school, eoi_id=eoi_id) == first
    assert Enrolment.objects.count() == 1 and Advocate.objects.count() == 2


def test_a_school_has_one_place_in_an_edition_and_a_second_department_its_own():
    edition, school = EditionFactory(), SchoolFactory()
    enrolled(edition=edition, school=school)

    with pytest.raises(services.AlreadyEnrolled):
        enrolled(edition=edition, school=school)
    assert enrolled(edition=edition, school=school, lane="Lower site").lane == "Lower site"


def test_who_withdrew_may_be_enrolled_again():
    edition, school = EditionFactory(), SchoolFactory()
    first = enrolled(edition=edition, school=school)
    services.withdraw(enrolment_id=first.pk, reason="Both advocates left.", by=UserFactory(), now=NOW)

    assert enrolled(edition=edition, school=school) != first


def test_completing_ends_the_year_on_record():
    enrolment, lead = EnrolmentFactory(), UserFactory()

    done = services.complete(enrolment_id=enrolment.pk, by=lead, now=NOW)

    assert (done.state, done.ended_at) == (EnrolmentState.COMPLETED, NOW)
    event = history(enrolment).get()
    assert (event.action, event.actor, event.before, event.after, event.scope) == (
        "enrolment.complete", lead, {"state": "active"}, {"state": "completed"}, enrolment.hub_id,
    )  # fmt: skip


def test_withdrawing_ends_the_seats_and_keeps_the_reason():
    enrolment = enrolled(edition=EditionFactory(year=2026))
    later = NOW + timedelta(days=30)

    gone = services.withdraw(enrolment_id=enrolment.pk, reason="A new timetable.", by=UserFactory(), now=later)

    assert (gone.state, gone.ended_at, gone.reason) == (EnrolmentState.WITHDRAWN, later, "A new timetable.")
    assert set(enrolment.advocates.values_list("until", flat=True)) == {date(2027, 4, 17)}


def test_a_seat_that_has_not_begun_ends_on_the_day_it_would_have():
    enrolment = enrolled()

    services.withdraw(enrolment_id=enrolment.pk, reason="A new timetable.", by=UserFactory(), now=NOW)

    assert set(enrolment.advocates.values_list("since", "until")) == {(date(2027, 9, 1), date(2027, 9, 1))}


def test_a_year_that_was_ended_wrongly_is_reopened():
    enrolment = EnrolmentFactory()
    services.end_uncompleted(enrolment_id=enrolment.pk, reason="Two meetings of four.", by=UserFactory(), now=NOW)

    back = services.reopen(enrolment_id=enrolment.pk, reason="The register was late.", by=UserFactory(), now=NOW)

    assert (back.state, back.ended_at) == (EnrolmentState.ACTIVE, None)


def test_a_place_that_has_ended_takes_no_further_step():
    enrolment = EnrolmentFactory(withdrawn=True)

    for step in (services.complete, services.withdraw, services.end_uncompleted, services.reopen):
        with pytest.raises(NotAllowed):
            step(enrolment_id=enrolment.pk, reason="x", by=UserFactory(), now=NOW)


def test_the_history_of_a_school_is_read_under_all_its_numbers_and_within_the_phase():
    old, new = SchoolFactory(), SchoolFactory()
    first = EnrolmentFactory(school=old, edition=EditionFactory(year=2024), completed=True)
    second = EnrolmentFactory(school=new, edition=EditionFactory(year=2026))
    EnrolmentFactory(school=new, edition=EditionFactory(primary=True, year=2026))

    found = Enrolment.objects.history_of([old.pk, new.pk], "secondary")

    assert list(found) == [first, second]
