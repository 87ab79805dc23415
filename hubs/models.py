"""Who runs it locally: hubs, their areas, their staff and their leaders."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from schools.models import LocalAuthority, Region, School


class Phase(models.TextChoices):
    PRIMARY = "primary", "Primary"
    SECONDARY = "secondary", "Secondary"


class Hub(models.Model):
    """One of the 40 Maths Hubs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80, unique=True)
    short_name = models.CharField(max_length=50, unique=True)
    region = models.CharField(max_length=30, choices=Region)
    lead_school = models.CharField(max_length=200, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    telephone = models.CharField(max_length=20, blank=True, default="")
    website = models.URLField(blank=True, default="")
    privacy_notice = models.TextField(blank=True, default="")
    area_source = models.TextField(blank=True, default="")  # where the area was found, and how sure
    area_confirmed = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class HubAreaQuerySet(models.QuerySet["HubArea"]):
    def on(self, day: date) -> HubAreaQuerySet:
        """Areas that hold on a day."""
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gt=day))


class HubArea(models.Model):
    """An authority served by a hub, whole or in part, from a day until the day before another."""

    hub = models.ForeignKey(Hub, models.CASCADE, related_name="areas")
    la = models.ForeignKey(LocalAuthority, models.PROTECT, related_name="+")
    part = models.BooleanField(default=False)  # shared with another hub
    confirmed = models.BooleanField(default=False)  # false: inferred, to be confirmed by the hub
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    objects = HubAreaQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hub", "la"], condition=Q(valid_to=None), name="one_current_area_per_hub_and_la"
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="area_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.la} in {self.hub}"


class HubSchool(models.Model):
    """The hub set for one school, where the area alone does not say."""

    school = models.OneToOneField(School, models.PROTECT, primary_key=True, related_name="+")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.school} in {self.hub}"


class HubRole(models.TextChoices):
    LEAD = "lead", "Hub lead"
    ADMINISTRATOR = "administrator", "Hub administrator"
    TFM_LEAD = "tfm_lead", "TfM lead"
    FINANCE = "finance", "Finance officer"


class HubMembership(models.Model):
    """A role that a person holds at a hub."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=HubRole)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hub", "user", "role"], condition=Q(ended_at=None), name="one_current_hub_role_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()} of {self.hub}"


class LeaderQuerySet(models.QuerySet["Leader"]):
    def active(self) -> LeaderQuerySet:
        return self.filter(stood_down_on=None)


class Leader(models.Model):
    """A person of a hub who may lead Work Groups: a specialist, with a training cohort, or another LLME."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="leaders")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="+")  # own school
    phase = models.CharField(max_length=10, choices=Phase)
    cohort = models.PositiveSmallIntegerField(null=True, blank=True)  # null: another LLME
    accredited_on = models.DateField(null=True, blank=True)
    capacity = models.PositiveSmallIntegerField(default=2)  # departments or schools at once
    stood_down_on = models.DateField(null=True, blank=True)

    objects = LeaderQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TermDates(models.Model):
    """School terms as a hub entered them; days outside them are holidays, when no chaser goes to its schools."""

    hub = models.ForeignKey(Hub, models.CASCADE, related_name="terms")
    name = models.CharField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="term_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.hub}"
