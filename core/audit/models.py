"""Who did what to which thing, when; and the hits that limits are counted from."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, label: str, object_id: object) -> EventQuerySet:
        """Everything that happened to one thing, oldest first."""
        return self.filter(label=label, object_id=str(object_id)).order_by("at", "id")

    def in_scope(self, scope: UUID) -> EventQuerySet:
        """Everything that happened within one scope (a hub), newest first."""
        return self.filter(scope=scope).order_by("-at", "-id")


class Event(models.Model):
    """One act on one thing; rows are only ever added, which triggers on both databases hold."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    acting_as = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    action = models.CharField(max_length=80)
    label = models.CharField(max_length=100)
    object_id = models.CharField(max_length=64)
    scope = models.UUIDField(null=True, blank=True)
    before = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    note = models.TextField(blank=True, default="")

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["label", "object_id", "at"], name="audit_by_thing"),
            models.Index(fields=["scope", "-at"], name="audit_by_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.label} {self.object_id}"


class Hit(models.Model):
    """One event that counts against a limit until its window has passed; the key is a keyed hash, never an address."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=64)
    until = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["key", "until"], name="hit_by_key")]

    def __str__(self) -> str:
        return self.key
