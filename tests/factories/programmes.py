"""Programmes, their editions with published terms, and the roll."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from hubs.models import Phase
from programmes.models import Advocate, Commitment, Edition, Enrolment, Programme, Question, Terms
from programmes.pathway import Stage
from programmes.states import EnrolmentState
from tests.clock import NOW
from tests.factories.hubs import HubFactory
from tests.factories.schools import SchoolFactory, TeacherFactory

PUBLISHED = datetime(2026, 11, 2, 10, tzinfo=UTC)

COMMITMENTS = {
    Phase.SECONDARY: (
        "Both advocates are released for at least four separate half-day meetings between September and July.",
        "Between them they have at least ten days for this work in the year.",
        "Between meetings they do the tasks planned with the specialist.",
        "The head of department and the school’s leaders back them fully in it.",
        "They take part in the group’s final report and evaluation.",
    ),
    Phase.PRIMARY: (
        "Two teachers are released for six half-day meetings.",
        "They carry out what is agreed after each before the next.",
        "The whole school develops Teaching for Mastery.",
        "The headteacher comes to a meeting each term led by the TfM lead.",
        "The school stays for three years.",
    ),
}


QUESTIONS = (
    {"code": "worked_before", "kind": "yes_no", "label": "Has your school worked with a Mastery Specialist before?"},
    {"code": "worked_before_what", "kind": "text", "label": "If yes, who, and what did you do?", "required": False},
    {
        "code": "statement", "kind": "words", "label": "Why do you wish to take part?", "limit_words": 200,
        "hint": "Why do you wish to take part?\nWhich benefits do you expect?\nWhy have you chosen these two teachers?",
    },
    {
        "code": "heard", "kind": "choice", "label": "How did you hear of the programme?", "required": False,
        "choices": ["From our Maths Hub", "A colleague"],
    },
)  # fmt: skip


class ProgrammeFactory(DjangoModelFactory):
    """Secondary Development; traits name the other phases and stages."""

    class Meta:
        model = Programme
        django_get_or_create = ("slug",)

    slug = factory.LazyAttribute(lambda o: f"{o.phase}-{o.stage or 'specialist'}")
    name = factory.LazyAttribute(lambda o: o.slug.replace("-", " ").title())
    full_name = factory.LazyAttribute(
        lambda o: f"{str(o.phase).capitalize()} Teaching for Mastery {(o.stage or 'specialist programme').capitalize()}"
    )
    phase = Phase.SECONDARY
    stage = Stage.DEVELOPMENT
    summary = "Two teachers work with a trained specialist, first in their own classrooms."

    class Params:
        primary = factory.Trait(phase=Phase.PRIMARY)
        readiness = factory.Trait(phase=Phase.PRIMARY, stage=Stage.READINESS)
        embedding = factory.Trait(stage=Stage.EMBEDDING)
        sustaining = factory.Trait(stage=Stage.SUSTAINING)
        specialist = factory.Trait(stage="", kind=Programme.Kind.SPECIALIST)


class EditionFactory(DjangoModelFactory):
    """Secondary Development 2027/28 with published terms, commitments and questions.

    `primary=True` (and the other traits) choose the programme; `published=False` leaves it without terms.
    """

    class Meta:
        model = Edition
        django_get_or_create = ("programme", "year")
        skip_postgeneration_save = True

    programme = factory.SubFactory(ProgrammeFactory)
    year = 2027

    class Params:
        primary = factory.Trait(programme=factory.SubFactory(ProgrammeFactory, primary=True))
        readiness = factory.Trait(programme=factory.SubFactory(ProgrammeFactory, readiness=True))
        embedding = factory.Trait(programme=factory.SubFactory(ProgrammeFactory, embedding=True))
        sustaining = factory.Trait(programme=factory.SubFactory(ProgrammeFactory, sustaining=True))
        specialist = factory.Trait(programme=factory.SubFactory(ProgrammeFactory, specialist=True))

    @factory.post_generation
    def published(edition, create, wanted, **kwargs):
        """Publish terms unless `published=False`; `published__once_only=True` and the like change a figure."""
        if create and wanted is not False and not edition.terms.exists():
            publish_terms(edition, **kwargs)


class TermsFactory(DjangoModelFactory):
    """Unpublished terms with the figures of the edition's phase, and nothing promised or asked yet."""

    class Meta:
        model = Terms

    edition = factory.SubFactory(EditionFactory, published=False)
    number = factory.LazyAttribute(lambda o: o.edition.terms.count() + 1)
    lead_teachers = factory.LazyAttribute(lambda o: 1 if o.edition.programme.kind == "specialist" else 2)
    senior_lead_teachers = factory.LazyAttribute(
        lambda o: int(o.edition.programme.phase == Phase.SECONDARY and o.edition.programme.kind != "specialist")
    )
    group_min = factory.LazyAttribute(lambda o: 6 if o.edition.programme.is_primary else 2)
    group_max = factory.LazyAttribute(lambda o: 7 if o.edition.programme.is_primary else 2)
    meetings_min = factory.LazyAttribute(lambda o: 6 if o.edition.programme.is_primary else 4)
    meeting_half_days = 1
    in_school_days_min = factory.LazyAttribute(lambda o: None if o.edition.programme.is_primary else 4)
    in_school_days_max = factory.LazyAttribute(lambda o: None if o.edition.programme.is_primary else 6)
    release_days_min = factory.LazyAttribute(lambda o: None if o.edition.programme.is_primary else 10)
    money_per_school = factory.LazyAttribute(lambda o: Decimal(1000 if o.edition.programme.is_primary else 2000))
    years_committed = factory.LazyAttribute(lambda o: 3 if o.edition.programme.is_primary else None)
    once_only = factory.LazyAttribute(lambda o: o.edition.programme.is_primary)
    must_sign = factory.LazyAttribute(
        lambda o: (
            ["head", "lead"] if o.edition.programme.kind == "specialist" else ["head", "head_of_department", "lead"]
        )
    )
    focus = factory.LazyFunction(
        lambda: ["The advocates’ own classrooms", "Their colleagues", "The department’s systems and structures"]
    )


def publish_terms(edition: Edition, *, commitments: tuple[str, ...] | None = None, **figures: object) -> Terms:
    """New terms for an edition with the texts and questions that ship, published."""
    terms = TermsFactory(edition=edition, **figures)
    texts = COMMITMENTS[Phase(edition.programme.phase)] if commitments is None else commitments
    Commitment.objects.bulk_create(
        Commitment(terms=terms, number=number, text=text) for number, text in enumerate(texts, start=1)
    )
    Question.objects.bulk_create(Question(terms=terms, order=n, **asked) for n, asked in enumerate(QUESTIONS, start=1))
    terms.published_at = PUBLISHED
    terms.save(update_fields=["published_at"])
    return terms


class EnrolmentFactory(DjangoModelFactory):
    """A school on the roll of Secondary Development 2026/27, running; traits end it."""

    class Meta:
        model = Enrolment

    edition = factory.SubFactory(EditionFactory, year=2026)
    terms = factory.LazyAttribute(lambda o: o.edition.current_terms)
    school = factory.SubFactory(SchoolFactory)
    hub = factory.SubFactory(HubFactory)
    enrolled_at = factory.LazyAttribute(lambda o: datetime(o.edition.year, 7, 1, 9, tzinfo=UTC))

    class Params:
        completed = factory.Trait(
            state=EnrolmentState.COMPLETED,
            ended_at=factory.LazyAttribute(lambda o: datetime(o.edition.year + 1, 7, 16, 9, tzinfo=UTC)),
        )
        not_completed = factory.Trait(state=EnrolmentState.NOT_COMPLETED, ended_at=NOW, reason="Two meetings of four.")
        withdrawn = factory.Trait(state=EnrolmentState.WITHDRAWN, ended_at=NOW, reason="Both advocates left.")


class AdvocateFactory(DjangoModelFactory):
    class Meta:
        model = Advocate

    enrolment = factory.SubFactory(EnrolmentFactory)
    teacher = factory.SubFactory(TeacherFactory)
    role = "Key Stage 3 lead"
    senior = True
    since = date(2026, 9, 1)
