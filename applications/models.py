"""From interest to decision: rounds, and the expressions of interest that schools send into them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery

from accounts.roles import administers_nationally
from applications.states import HOLDS_A_PLACE, LIVE, State
from hubs.models import Hub
from hubs.roles import hubs_whose_bids
from programmes.models import Edition, Terms
from schools.models import School
from schools.roles import coordinated_by, led_by

CLOSING_SOON = timedelta(days=14)
GRACE = timedelta(minutes=30)  # after closing, for a form saved in the hour before it


class RoundQuerySet(models.QuerySet["Round"]):
    def open_at(self, now: datetime) -> RoundQuerySet:
        return self.filter(opens_at__lte=now, closes_at__gt=now)

    def of_hubs(self, hubs: Any) -> RoundQuerySet:
        return self.filter(hub__in=hubs)

    def visible_to(self, user: Any) -> RoundQuerySet:
        """Rounds on which a person works for a hub, all of them for a national administrator; schools see rounds on
        public pages."""
        return self.filter(Q(hub__in=hubs_whose_bids(user)) | administers_nationally(user))


class Round(models.Model):
    """A hub's recruitment window for one edition."""

    class OtherAreas(models.TextChoices):
        YES = "yes", "Yes"
        LAST = "last", "After the schools of our area"
        NO = "no", "No"

    class PublicState(models.TextChoices):
        ANNOUNCED = "announced", "Announced"
        OPEN = "open", "Open"
        CLOSING_SOON = "closing_soon", "Closing soon"
        FULL = "full", "Full"
        CLOSED = "closed", "Closed"

    class Grade(models.TextChoices):
        LINK_AND_CODE = "A", "A link and a code mailed on the spot"
        LINK = "B", "A link and the typed name"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    announced = models.CharField(max_length=120, blank=True, default="")  # words such as "about the end of March"
    opens_at = models.DateTimeField(null=True, blank=True)
    # The first moment that is too late: "11:59pm" is kept as the midnight after it.
    closes_at = models.DateTimeField(null=True, blank=True)
    signing_deadline_at = models.DateTimeField(null=True, blank=True)
    panel_on = models.DateField(null=True, blank=True)
    decisions_by = models.DateField(null=True, blank=True)
    days_to_answer = models.PositiveSmallIntegerField(default=14)
    places = models.PositiveSmallIntegerField(default=0)
    places_held = models.PositiveSmallIntegerField(default=0, editable=False)  # moved by one conditional update only
    first_meeting_at = models.DateTimeField(null=True, blank=True)  # null: to be announced
    arrangements = models.TextField(blank=True, default="")
    how_we_select = models.TextField(blank=True, default="")
    guidance = models.TextField(blank=True, default="")
    contact_name = models.CharField(max_length=120, blank=True, default="")
    contact_email = models.EmailField(blank=True, default="")
    contact_telephone = models.CharField(max_length=20, blank=True, default="")
    other_areas = models.CharField(max_length=4, choices=OtherAreas, default=OtherAreas.YES)
    head_grade = models.CharField(max_length=1, choices=Grade, default=Grade.LINK)
    version = models.PositiveIntegerField(default=1)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["closes_at", "hub"]
        constraints = [
            models.UniqueConstraint(fields=["hub", "edition"], name="one_round_per_hub_and_edition"),
            models.CheckConstraint(condition=Q(places_held__lte=F("places")), name="places_are_never_oversold"),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="round_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(signing_deadline_at=None) | Q(closes_at=None) | Q(signing_deadline_at__gte=F("closes_at")),
                name="round_signing_ends_after_it_closes",
            ),
        ]
        indexes = [models.Index(fields=["opens_at", "closes_at"], name="round_window")]

    def __str__(self) -> str:
        return f"{self.edition} with {self.hub}"

    def public_state(self, now: datetime) -> Round.PublicState:
        """What schools are told. Full still takes forms, as reserves."""
        if self.closes_at is not None and now >= self.closes_at:
            return self.PublicState.CLOSED
        if self.opens_at is None or now < self.opens_at or self.closes_at is None:
            return self.PublicState.ANNOUNCED
        if self.places_held >= self.places:
            return self.PublicState.FULL
        if self.closes_at - now <= CLOSING_SOON:
            return self.PublicState.CLOSING_SOON
        return self.PublicState.OPEN

    def is_open(self, now: datetime) -> bool:
        return self.opens_at is not None and self.closes_at is not None and self.opens_at <= now < self.closes_at


class Extension(models.Model):
    """More time for one school in one round, granted by the hub on record."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="extensions")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    closes_at = models.DateTimeField(null=True, blank=True)
    signing_deadline_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()

    class Meta:
        ordering = ["granted_at"]

    def __str__(self) -> str:
        return f"More time for {self.school} in {self.round}"


class ExpressionOfInterestQuerySet(models.QuerySet["ExpressionOfInterest"]):
    def visible_to(self, user: Any) -> ExpressionOfInterestQuerySet:
        """The one place that says who may see an expression of interest."""
        sent = Q(sent_at__isnull=False) & ~Q(state=State.DRAFT)  # a lapsed draft was never sent
        return self.filter(
            Exists(Editor.objects.filter(eoi=OuterRef("pk"), user=user))
            | Q(school__in={*coordinated_by(user), *led_by(user)}) & sent
            | (Q(round__hub__in=hubs_whose_bids(user)) | administers_nationally(user)) & sent
        )

    def marked_for(self, user: Any) -> ExpressionOfInterestQuerySet:
        """Each form says by itself whether this person works on it, so that a page need not ask."""
        mine = Editor.objects.filter(eoi=OuterRef("pk"), user=user).values("user")
        return self.annotate(worked_on_by=Subquery(mine, output_field=models.UUIDField()))

    def live(self) -> ExpressionOfInterestQuerySet:
        return self.filter(state__in=LIVE)

    def holding_a_place(self) -> ExpressionOfInterestQuerySet:
        return self.filter(state__in=HOLDS_A_PLACE)


class ExpressionOfInterest(models.Model):
    """One school's bid for a place in one hub's round."""

    class NotChosen(models.TextChoices):
        NO_PLACES = "no_places", "There were more good forms than places"
        NEXT_YEAR = "next_year", "A later year would suit the school better"
        RELEASE = "release", "Release of the two teachers was not clear"
        LEADERSHIP = "leadership", "Support of the school’s leaders was not clear"
        STATEMENT = "statement", "The statement did not say enough of what is hoped for"
        OTHER_OFFER = "other_offer", "Another programme fits the school better now"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    once = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)  # of the form that began it: security 6.2
    reference = models.CharField(max_length=12, unique=True)  # HP-4K7Q-2M
    round = models.ForeignKey(Round, models.PROTECT, related_name="eois")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")  # the round's: a trigger refuses another
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    lane = models.CharField(
        max_length=80, default="", blank=True
    )  # a second department, set by the hub; or the teacher
    state = models.CharField(max_length=12, choices=[(s.value, s.label) for s in State], default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)  # raised by every save of a page: security 6.4
    # page -> {"version", "at", "by"} of its last save: two colleagues on two pages are not in each other's way
    pages = models.JSONField(default=dict, blank=True)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()  # the last save of any page
    # School and hub page
    school_confirmed = models.BooleanField(default=False)
    hub_confirmed = models.BooleanField(default=False)  # false with the default hub still unseen
    hub_reason = models.CharField(max_length=200, blank=True, default="")  # where it is not the default hub
    hub_unsure = models.BooleanField(default=False)  # "I do not know": the portal chose
    site = models.CharField(max_length=80, blank=True, default="")  # site or department where there are two
    our_address = models.TextField(blank=True, default="")  # "ours differs", kept beside the register's
    telephone = models.CharField(max_length=30, blank=True, default="")
    # Sending
    sent_at = models.DateTimeField(
        null=True, blank=True
    )  # rules run, the deadline judged; submitted_at is the last signature's
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    sent_in_grace = models.BooleanField(default=False)
    submitted_at = models.DateTimeField(null=True, blank=True)
    terms = models.ForeignKey(
        Terms, models.PROTECT, null=True, blank=True, related_name="+"
    )  # those published when it was sent
    eligibility = models.JSONField(
        null=True, blank=True
    )  # what the rules said at sending, with the values they judged by
    content_sha256 = models.CharField(max_length=64, blank=True, default="")
    signing_deadline_at = models.DateTimeField(null=True, blank=True)  # this form's own; null: the round's
    # Deciding
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=16, choices=NotChosen, blank=True, default="")
    decision_words = models.TextField(blank=True, default="")  # the hub's own words in the letter
    reserve_rank = models.PositiveSmallIntegerField(null=True, blank=True)
    offered_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateTimeField(null=True, blank=True)  # the first moment that is too late
    on_condition = models.BooleanField(default=False)  # of the missing signatures
    answered_by_name = models.CharField(max_length=120, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.TextField(blank=True, default="")  # of a withdrawal, a refusal, letting lapse

    objects = ExpressionOfInterestQuerySet.as_manager()

    class Meta:
        verbose_name = "expression of interest"
        verbose_name_plural = "expressions of interest"
        ordering = ["-saved_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "school", "lane"],
                condition=Q(state__in=LIVE),
                name="one_live_eoi_per_lane_and_edition",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None) | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="eoi_decision_has_both_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=LIVE) | Q(sent_at__isnull=False, terms__isnull=False),
                name="a_live_eoi_was_sent_on_terms",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SUBMITTED) | Q(submitted_at__isnull=False), name="a_submitted_eoi_says_when"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.OFFERED) | Q(offered_at__isnull=False, answer_by__isnull=False),
                name="an_offer_has_its_answer_by_date",
            ),
        ]
        indexes = [
            models.Index(fields=["round", "state"], name="eoi_round_state"),
            models.Index(fields=["school", "edition"], name="eoi_school_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.school}"

    def is_worked_on_by(self, user: Any) -> bool:
        """Whether a person works on the form; asks the database only where the row does not say so itself."""
        if hasattr(self, "worked_on_by") and self.worked_on_by == user.pk:
            return True
        return any(editor.user_id == user.pk for editor in self.editors.all())

    def signing_ends(self) -> datetime | None:
        """When signing ends for this form; null: 14 days from sending, as the caller counts them."""
        return self.signing_deadline_at or self.round.signing_deadline_at


class Editor(models.Model):
    """A person who works on one form, and sees that form only."""

    eoi = models.ForeignKey(ExpressionOfInterest, models.CASCADE, related_name="editors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["eoi", "user"], name="one_editor_a_person_and_form")]

    def __str__(self) -> str:
        return f"{self.user} on {self.eoi_id}"


class Nominee(models.Model):
    """A person named in a form: the head, the head of department, a lead teacher."""

    class Position(models.TextChoices):
        HEAD = "head", "Headteacher"
        HEAD_OF_DEPARTMENT = "head_of_department", "Head of department"
        LEAD_1 = "lead_1", "First lead teacher"
        LEAD_2 = "lead_2", "Second lead teacher"

    class Post(models.TextChoices):
        HEADTEACHER = "headteacher", "Headteacher"
        ACTING_HEAD = "acting_head", "Acting headteacher"
        EXECUTIVE_HEAD = "executive_head", "Executive headteacher"
        CO_HEAD = "co_head", "Co-headteacher"
        HEAD_OF_SCHOOL = "head_of_school", "Head of school"
        DEPUTY = "deputy", "Deputy, for the head"
        HEAD_OF_DEPARTMENT = "head_of_department", "Head of department"
        ACTING_HOD = "acting_hod", "Acting head of department"
        VACANT = "vacant", "The post is vacant: a leader who manages maths signs"
        NONE = "none", "There is no such post: a leader who manages maths signs"

    class TrnReason(models.TextChoices):
        DO_NOT_KNOW = "do_not_know", "I do not know it"
        NONE_YET = "none_yet", "None yet"
        NOT_NEEDED = "not_needed", "Not a teacher with one"

    LEADS = (Position.LEAD_1, Position.LEAD_2)

    eoi = models.ForeignKey(ExpressionOfInterest, models.CASCADE, related_name="nominees")
    position = models.CharField(max_length=20, choices=Position)
    person_uuid = models.UUIDField(default=uuid.uuid4)  # a new one when another person is named
    post = models.CharField(max_length=20, choices=Post, blank=True, default="")  # of head and head of department
    name = models.CharField(max_length=120, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    role = models.CharField(max_length=120, blank=True, default="")  # a lead teacher's role or responsibility, as typed
    role_code = models.CharField(max_length=20, blank=True, default="")  # as chosen: programmes.rules.LeadRole
    senior = models.BooleanField(null=True, blank=True)  # experienced, with the authority to make change happen
    trn_encrypted = models.TextField(blank=True, default="")
    trn_hash = models.CharField(max_length=64, blank=True, default="")
    trn_reason = models.CharField(max_length=12, choices=TrnReason, blank=True, default="")
    year_groups = models.JSONField(default=list, blank=True)  # "R", "Y1" to "Y13"
    not_timetabled = models.BooleanField(default=False)

    class Meta:
        ordering = ["eoi", "position"]
        constraints = [models.UniqueConstraint(fields=["eoi", "position"], name="one_nominee_a_position")]

    def __str__(self) -> str:
        return f"{self.get_position_display()}: {self.name}"


class Answer(models.Model):
    """The answer to one question of the terms."""

    eoi = models.ForeignKey(ExpressionOfInterest, models.CASCADE, related_name="answers")
    code = models.SlugField(max_length=40)
    text = models.TextField(max_length=2000, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["eoi", "code"], name="one_answer_a_question")]

    def __str__(self) -> str:
        return f"{self.code} of {self.eoi_id}"


class Settlement(models.Model):
    """A hub lead's written reason that settles one question the rules asked."""

    eoi = models.ForeignKey(ExpressionOfInterest, models.PROTECT, related_name="settlements")
    code = models.CharField(max_length=40)  # of the objection
    reason = models.TextField()
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    settled_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["eoi", "code"], name="one_settlement_a_question")]

    def __str__(self) -> str:
        return f"{self.code} of {self.eoi_id}"


class Return(models.Model):
    """A form sent back by the hub for correction; its date extends both deadlines for this form."""

    eoi = models.ForeignKey(ExpressionOfInterest, models.PROTECT, related_name="returns")
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    returned_at = models.DateTimeField()
    reason = models.TextField()
    correct_by = models.DateTimeField()  # the first moment that is too late

    class Meta:
        ordering = ["returned_at"]

    def __str__(self) -> str:
        return f"Return of {self.eoi_id}"


class Note(models.Model):
    """An internal note of the hub on a bid, never shown to the school."""

    eoi = models.ForeignKey(ExpressionOfInterest, models.PROTECT, related_name="notes")
    once = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"Note on {self.eoi_id}"
