"""What is on offer, as data, and the roll of who is on it."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from accounts.roles import administers_nationally
from hubs.models import Hub, Phase
from hubs.roles import hubs_whose_roll
from programmes.pathway import Stage
from programmes.states import EnrolmentState
from schools.models import School, Teacher


def years(first: int) -> str:
    """An academic year as it is written: 2027 is 2027/28."""
    return f"{first}/{(first + 1) % 100:02d}"


class Programme(models.Model):
    """A kind of offer that lasts over years: a phase and a stage, such as Secondary Development."""

    class Kind(models.TextChoices):
        SCHOOL = "school", "For schools"
        SPECIALIST = "specialist", "For a teacher"

    slug = models.SlugField(primary_key=True)
    name = models.CharField(max_length=80, unique=True)  # "Secondary Development"
    full_name = models.CharField(max_length=120)  # "Secondary Teaching for Mastery Development"
    phase = models.CharField(max_length=10, choices=Phase)
    stage = models.CharField(max_length=12, choices=[(s.value, s.label) for s in Stage], blank=True, default="")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.SCHOOL)
    summary = models.TextField(blank=True, default="")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_primary(self) -> bool:
        return self.phase == Phase.PRIMARY


class EditionQuerySet(models.QuerySet["Edition"]):
    def with_terms(self) -> EditionQuerySet:
        return self.select_related("programme").prefetch_related("terms__commitments", "terms__questions")


class Edition(models.Model):
    """A programme in one academic year, kept as the year it begins in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="editions")
    year = models.PositiveSmallIntegerField()
    ncp_code = models.CharField(max_length=12, blank=True, default="")  # "NCP27-12"; blank: not yet set

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "programme__order"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "year"], name="one_edition_a_year"),
            models.UniqueConstraint(
                fields=["year", "ncp_code"], condition=~Q(ncp_code=""), name="one_edition_per_code_and_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme.name} {years(self.year)}"

    @property
    def years(self) -> str:
        return years(self.year)

    @property
    def current_terms(self) -> Terms | None:
        """The published terms with the highest number; reads the prefetched rows where there are any."""
        published = [t for t in self.terms.all() if t.published_at]
        return max(published, key=lambda t: t.number) if published else None


class Terms(models.Model):
    """The numbered terms of an edition: figures, commitments and questions. Immutable once published (a trigger)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="terms")
    number = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField(null=True, blank=True)

    lead_teachers = models.PositiveSmallIntegerField(default=2)
    senior_lead_teachers = models.PositiveSmallIntegerField(default=0)
    lead_role_wanted = models.CharField(
        max_length=20, blank=True, default=""
    )  # rules.LeadRole that one of them should hold
    group_min = models.PositiveSmallIntegerField(null=True, blank=True)  # schools of a group
    group_max = models.PositiveSmallIntegerField(null=True, blank=True)
    meetings_min = models.PositiveSmallIntegerField(null=True, blank=True)
    meeting_half_days = models.PositiveSmallIntegerField(null=True, blank=True)
    in_school_days_min = models.PositiveSmallIntegerField(null=True, blank=True)
    in_school_days_max = models.PositiveSmallIntegerField(null=True, blank=True)
    release_days_min = models.PositiveSmallIntegerField(null=True, blank=True)  # combined, all included
    visits_per_term = models.PositiveSmallIntegerField(null=True, blank=True)
    visits_per_year = models.PositiveSmallIntegerField(null=True, blank=True)
    head_meetings_per_term = models.PositiveSmallIntegerField(null=True, blank=True)
    money_per_school = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)  # pounds
    match_funding_cap = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    leader_day_rate = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    years_of_support = models.PositiveSmallIntegerField(null=True, blank=True)
    years_committed = models.PositiveSmallIntegerField(null=True, blank=True)
    entry_by_eoi = models.BooleanField(default=True)
    entry_by_continuation = models.BooleanField(default=False)
    once_only = models.BooleanField(default=False)  # a school that took it may not take it again
    must_sign = models.JSONField(default=list)  # of "head", "head_of_department", "lead"
    who_leads = models.CharField(max_length=160, blank=True, default="")
    focus = models.JSONField(default=list)  # one line a year
    outcomes = models.JSONField(default=list)
    shape = models.JSONField(default=list)  # the year's shape in sentences
    resources = models.JSONField(default=list)  # {"title", "url"}

    class Meta:
        verbose_name_plural = "terms"
        ordering = ["edition", "number"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="one_number_of_terms"),
            models.CheckConstraint(
                condition=Q(senior_lead_teachers__lte=F("lead_teachers")), name="no_more_senior_than_lead_teachers"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition}, terms {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and Terms.objects.filter(pk=self.pk, published_at__isnull=False).exists():
            raise ValidationError("Published terms never change: make new terms.")
        super().save(*args, **kwargs)


class Commitment(models.Model):
    """One numbered sentence that all who sign promise."""

    terms = models.ForeignKey(Terms, models.PROTECT, related_name="commitments")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ["terms", "number"]
        constraints = [models.UniqueConstraint(fields=["terms", "number"], name="one_commitment_a_number")]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"


class Question(models.Model):
    """One question of the form, answered in one row."""

    class Kind(models.TextChoices):
        TEXT = "text", "A line"
        WORDS = "words", "A few paragraphs"
        YES_NO = "yes_no", "Yes or no"
        CHOICE = "choice", "One of a list"

    terms = models.ForeignKey(Terms, models.PROTECT, related_name="questions")
    code = models.SlugField(max_length=40)  # "worked_before", "worked_before_what", "statement", "heard"
    kind = models.CharField(max_length=8, choices=Kind)
    label = models.CharField(max_length=200)
    hint = models.TextField(blank=True, default="")
    choices = models.JSONField(default=list, blank=True)
    limit_words = models.PositiveSmallIntegerField(null=True, blank=True)
    required = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["terms", "order"]
        constraints = [models.UniqueConstraint(fields=["terms", "code"], name="one_question_a_code")]

    def __str__(self) -> str:
        return self.label


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def visible_to(self, user: Any) -> EnrolmentQuerySet:
        """The roll of the hubs whose schools a person works with; every hub's for a national administrator."""
        return self.filter(Q(hub__in=hubs_whose_roll(user)) | administers_nationally(user))

    def of_bid(self, eoi_id: Any) -> Enrolment | None:
        """The place that a bid became, with the people seated in it."""
        return self.with_seats().filter(eoi_id=eoi_id).first()

    def with_seats(self) -> EnrolmentQuerySet:
        """With everybody who has or had a seat, those who came first on top."""
        seats = Advocate.objects.select_related("teacher").order_by("since", "-senior", "teacher__name", "pk")
        return self.select_related("edition__programme").prefetch_related(models.Prefetch("advocates", seats))

    def of_urns(self, urns: Any) -> EnrolmentQuerySet:
        """The roll under any of these URNs: a school's own and those before it."""
        return self.filter(school__in=urns)

    def history_of(self, urns: Any, phase: str) -> EnrolmentQuerySet:
        """What these URNs took in one phase, by year, with its edition and programme."""
        return (
            self.of_urns(urns)
            .filter(edition__programme__phase=phase)
            .select_related("edition__programme")
            .order_by("edition__year", "enrolled_at")
        )

    def holding(self) -> EnrolmentQuerySet:
        return self.filter(state__in=[EnrolmentState.ACTIVE, EnrolmentState.COMPLETED])


class Enrolment(models.Model):
    """A school's place in one edition."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="enrolments")
    terms = models.ForeignKey(Terms, models.PROTECT, null=True, related_name="+")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+")
    lane = models.CharField(max_length=80, default="", blank=True)  # a second department of the school, or the teacher
    state = models.CharField(
        max_length=14, choices=[(s.value, s.label) for s in EnrolmentState], default=EnrolmentState.ACTIVE
    )
    enrolled_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, default="")
    eoi_id = models.UUIDField(
        null=True, unique=True
    )  # the bid it came from; null: by continuation or from older records

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["-edition__year", "school"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "school", "lane"],
                condition=Q(state__in=[EnrolmentState.ACTIVE, EnrolmentState.COMPLETED]),
                name="one_place_per_lane_and_edition",
            ),
            models.CheckConstraint(
                condition=Q(state=EnrolmentState.ACTIVE, ended_at=None)
                | ~Q(state=EnrolmentState.ACTIVE) & Q(ended_at__isnull=False),
                name="an_ended_place_says_when",
            ),
        ]
        indexes = [models.Index(fields=["school", "edition"], name="enrolment_school_edition")]

    def __str__(self) -> str:
        return f"{self.school} in {self.edition}"

    @property
    def seated(self) -> list[Advocate]:
        """Who holds its seats; of a place that has ended, who held them last. Reads the prefetched rows."""
        seats = list(self.advocates.all())
        last = max((seat.until for seat in seats if seat.until), default=None)
        return [seat for seat in seats if seat.until is None] or [seat for seat in seats if seat.until == last]


class Advocate(models.Model):
    """A lead teacher's seat in an enrolment, from a day until another; in primary a lead participant."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="advocates")
    teacher = models.ForeignKey(Teacher, models.PROTECT, related_name="+")
    role = models.CharField(max_length=120, blank=True, default="")
    senior = models.BooleanField(default=False)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "teacher"], condition=Q(until=None), name="one_seat_a_teacher"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="seat_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher} for {self.enrolment}"
