"""Who takes part: schools as the national register has them, and the people of a school as the portal knows them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower


class Region(models.TextChoices):
    EAST_MIDLANDS = "East Midlands", "East Midlands"
    EAST_OF_ENGLAND = "East of England", "East of England"
    LONDON = "London", "London"
    NORTH_EAST = "North East", "North East"
    NORTH_WEST = "North West", "North West"
    SOUTH_EAST = "South East", "South East"
    SOUTH_WEST = "South West", "South West"
    WEST_MIDLANDS = "West Midlands", "West Midlands"
    YORKSHIRE = "Yorkshire and the Humber", "Yorkshire and the Humber"


class LocalAuthority(models.Model):
    """A local authority with education duties, or a code no longer in use that older rows still carry."""

    code = models.CharField(primary_key=True, max_length=3)
    name = models.CharField(max_length=80)
    region = models.CharField(max_length=30, choices=Region, blank=True, default="")
    gss_code = models.CharField(max_length=9, blank=True, default="")
    predecessors = models.CharField(max_length=80, blank=True, default="")  # codes, ; between
    successors = models.CharField(max_length=80, blank=True, default="")
    valid_to = models.DateField(null=True, blank=True)  # the first day on which an old code no longer held

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class EstablishmentType(models.Model):
    """How the portal treats a type of establishment: rule 2 of eligibility, as data."""

    class Funding(models.TextChoices):
        YES = "yes", "State-funded"
        NO = "no", "Not state-funded"
        SECTION_41 = "section41", "Only with section 41 approval"
        POST_16 = "post16", "State-funded, post-16 only"

    class Sector(models.TextChoices):
        MAINSTREAM = "mainstream"
        SPECIAL = "special"
        ALTERNATIVE = "alternative"
        POST_16 = "post16"
        INDEPENDENT = "independent"
        OTHER = "other"

    code = models.CharField(primary_key=True, max_length=2)
    name = models.CharField(max_length=100)
    group_code = models.CharField(max_length=2)
    group_name = models.CharField(max_length=60)
    state_funded = models.CharField(max_length=10, choices=Funding)
    sector = models.CharField(max_length=12, choices=Sector)
    note = models.CharField(max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return self.name


class RegisterImportQuerySet(models.QuerySet["RegisterImport"]):
    def in_use(self) -> RegisterImport | None:
        """The import that the mirror stands at: the last one that ran. None: nothing was imported yet."""
        return self.order_by("-ran_at", "-as_of").first()


class RegisterImport(models.Model):
    """One run of the register's import: which file, as of which day, and what it changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    as_of = models.DateField()
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    ran_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    rows = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    links = models.PositiveIntegerField(default=0)
    notes = models.JSONField(default=list)

    objects = RegisterImportQuerySet.as_manager()

    class Meta:
        ordering = ["-ran_at"]

    def __str__(self) -> str:
        return f"{self.file_name} as of {self.as_of}"


class Status(models.TextChoices):
    OPEN = "1", "Open"
    CLOSED = "2", "Closed"
    CLOSING = "3", "Open, but proposed to close"
    PROPOSED = "4", "Proposed to open"


class RegisterPhase(models.TextChoices):
    NOT_APPLICABLE = "0", "Not applicable"
    NURSERY = "1", "Nursery"
    PRIMARY = "2", "Primary"
    MIDDLE_PRIMARY = "3", "Middle deemed primary"
    SECONDARY = "4", "Secondary"
    MIDDLE_SECONDARY = "5", "Middle deemed secondary"
    POST_16 = "6", "16 plus"
    ALL_THROUGH = "7", "All-through"


class School(models.Model):
    """A mirror of one row of the national register; nothing the portal learns itself is written here."""

    urn = models.CharField("URN", primary_key=True, max_length=6)
    name = models.CharField(max_length=200)
    la = models.ForeignKey(LocalAuthority, models.PROTECT, related_name="+")
    establishment_number = models.CharField(max_length=4, blank=True, default="")
    type = models.ForeignKey(EstablishmentType, models.PROTECT, related_name="+")
    status = models.CharField(max_length=1, choices=Status)
    phase = models.CharField(max_length=1, choices=RegisterPhase)
    low_age = models.PositiveSmallIntegerField(null=True, blank=True)
    high_age = models.PositiveSmallIntegerField(null=True, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    section_41 = models.BooleanField(default=False)
    in_england = models.BooleanField(default=True)
    trust_code = models.CharField(max_length=10, blank=True, default="")
    trust_name = models.CharField(max_length=200, blank=True, default="")
    street = models.CharField(max_length=200, blank=True, default="")
    locality = models.CharField(max_length=200, blank=True, default="")
    address3 = models.CharField(max_length=200, blank=True, default="")
    town = models.CharField(max_length=100, blank=True, default="")
    county = models.CharField(max_length=80, blank=True, default="")
    postcode = models.CharField(max_length=8, blank=True, default="")
    website = models.CharField(max_length=255, blank=True, default="")
    telephone = models.CharField(max_length=20, blank=True, default="")
    pupils = models.PositiveIntegerField(null=True, blank=True)
    fsm_percent = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    easting = models.PositiveIntegerField(null=True, blank=True)  # British National Grid, metres
    northing = models.PositiveIntegerField(null=True, blank=True)
    ukprn = models.CharField(max_length=8, blank=True, default="")
    register_changed_on = models.DateField(null=True, blank=True)  # the register's own "last changed"
    # Name, town and postcode folded for search (schools.folding). Written by the import.
    search = models.CharField(max_length=500, blank=True, default="", editable=False)
    last_import = models.ForeignKey(
        RegisterImport, models.PROTECT, null=True, related_name="+"
    )  # the one that last changed the row

    class Meta:
        ordering = ["name", "urn"]
        indexes = [
            models.Index(fields=["la", "status", "phase"], name="school_la_status_phase"),
            models.Index(fields=["postcode"], name="school_postcode"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_closed(self) -> bool:
        return self.status == Status.CLOSED

    @property
    def ages(self) -> str:
        """The statutory ages as people say them: "11 to 18"; empty where the register has neither."""
        low, high = self.low_age, self.high_age
        if low is None and high is None:
            return ""
        return (
            f"{low} to {high}"
            if low is not None and high is not None
            else f"from {low}"
            if high is None
            else f"to {high}"
        )

    @property
    def address(self) -> list[str]:
        """The lines of the postal address, empty ones left out."""
        lines = [self.street, self.locality, self.address3, self.town, self.county, self.postcode]
        return list(dict.fromkeys(filter(None, lines)))

    @property
    def web_address(self) -> str:
        """The website as a link to follow, or nothing: the register holds anything from www.x to typing errors."""
        address = self.website if self.website.lower().startswith(("http://", "https://")) else f"http://{self.website}"
        try:
            URLValidator(schemes=["http", "https"])(address)
        except ValidationError:
            return ""
        return address


class SchoolChange(models.Model):
    """What one import changed of one school: the history of the mirror."""

    school = models.ForeignKey(School, models.PROTECT, related_name="changes")
    register_import = models.ForeignKey(RegisterImport, models.PROTECT, related_name="changes")
    before = models.JSONField(null=True)  # null: the school is new
    after = models.JSONField()  # changed fields only; empty for a new school

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "register_import"], name="one_change_a_school_and_import")
        ]

    def __str__(self) -> str:
        return f"{self.school_id} in {self.register_import_id}"


class Succession(models.Model):
    """A link of the register: `link_urn` is what `kind` says of `urn`. Either end may be in no file of ours."""

    urn = models.CharField(max_length=6, db_index=True)
    link_urn = models.CharField(max_length=6, db_index=True)
    link_name = models.CharField(max_length=200, blank=True, default="")
    kind = models.CharField(max_length=80)
    established_on = models.DateField(null=True, blank=True)
    # Which end went on as which, where the kind carries a school's identity; else both empty. Written by the import.
    older = models.CharField(max_length=6, blank=True, default="", db_index=True, editable=False)
    newer = models.CharField(max_length=6, blank=True, default="", db_index=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["urn", "link_urn", "kind"], name="one_link_of_a_kind"),
            models.CheckConstraint(condition=~Q(urn=F("link_urn")), name="link_joins_two_schools"),
        ]

    def __str__(self) -> str:
        return f"{self.link_urn} is {self.kind} of {self.urn}"


class Teacher(models.Model):
    """A person of a school as programmes know them. Not an account: an account may be joined to it by address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    email = models.EmailField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    trn_encrypted = models.TextField(blank=True, default="")  # security 8.2
    trn_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_teacher_per_address")]

    def __str__(self) -> str:
        return self.name


class SchoolRole(models.TextChoices):
    COORDINATOR = "coordinator", "School coordinator"
    HEAD = "head", "Headteacher"
    HEAD_OF_DEPARTMENT = "head_of_department", "Head of department"
    ADVOCATE = "advocate", "Mastery Advocate"


class SchoolMembership(models.Model):
    """A role that a person holds at a school."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=SchoolRole)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "user", "role"], condition=Q(ended_at=None), name="one_current_school_role_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()} of {self.school}"
