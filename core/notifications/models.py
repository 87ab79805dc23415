"""The outbox: every message is a row before it is sent, and a record of what became of it afterwards."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import Q


class State(models.TextChoices):
    WAITING = "waiting", "Waiting"
    LEASED = "leased", "Being sent"
    SENT = "sent", "Sent"
    IN_DOUBT = "in_doubt", "In doubt"
    FAILED = "failed", "Failed"
    DROPPED = "dropped", "No longer wanted"


OPEN = (State.WAITING, State.LEASED, State.IN_DOUBT)


class MessageQuerySet(models.QuerySet["Message"]):
    def about(self, label: str, subject_id: object) -> MessageQuerySet:
        """The messages about one thing, newest first."""
        return self.filter(subject_label=label, subject_id=subject_id).order_by("-created_at", "-id")

    def takeable(self, *, now: datetime, real_now: datetime) -> MessageQuerySet:
        """What a drain may take: due by the portal's clock, or leased to somebody whose lease ran out by real time."""
        due = Q(state__in=[State.WAITING, State.IN_DOUBT], due_at__lte=now)
        return self.filter(due | Q(state=State.LEASED, leased_until__lte=real_now))


class Message(models.Model):
    """One mail to one address; its id is also its Message-ID. Its key names the occasion and holds it to one row."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    key = models.CharField(max_length=255, unique=True)
    kind = models.CharField(max_length=60)
    subject_label = models.CharField(max_length=100, blank=True, default="")
    subject_id = models.UUIDField(null=True, blank=True)
    scope = models.UUIDField(null=True, blank=True)
    to_name = models.CharField(max_length=200, blank=True, default="")
    to_email = models.EmailField()
    from_name = models.CharField(max_length=200, blank=True, default="")
    reply_to = models.JSONField(default=list, blank=True)
    subject = models.CharField(max_length=300)
    # The kept text shows ((personal link)) or ((code)); what goes there lies encrypted in `secret` until it is settled.
    text = models.TextField()
    secret = models.TextField(blank=True, default="")
    documents = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    leased_until = models.DateTimeField(null=True, blank=True)
    lease = models.UUIDField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    doubts = models.PositiveSmallIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True, blank=True)
    last_answer = models.CharField(max_length=300, blank=True, default="")
    sent_at = models.DateTimeField(null=True, blank=True)
    # The message whose mail carried this one's text; its own id unless chasers of one day were joined.
    sent_as = models.UUIDField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="message_due", condition=Q(state__in=OPEN)),
            models.Index(fields=["subject_label", "subject_id"], name="message_by_subject"),
            models.Index(fields=["scope", "-created_at"], name="message_by_scope"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=State.LEASED, lease__isnull=False, leased_until__isnull=False)
                | (~Q(state=State.LEASED) & Q(lease=None, leased_until=None)),
                name="message_lease_while_leased",
            ),
            models.CheckConstraint(
                condition=Q(state=State.SENT, sent_at__isnull=False, sent_as__isnull=False)
                | (~Q(state=State.SENT) & Q(sent_at=None, sent_as=None)),
                name="message_sent_has_when",
            ),
            models.CheckConstraint(condition=Q(state__in=OPEN) | Q(secret=""), name="message_settled_keeps_no_secret"),
            models.CheckConstraint(condition=Q(doubts__lte=2), name="message_at_most_two_copies"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Stopped(models.Model):
    """One address does not want one kind of message; the address is a keyed hash."""

    id = models.BigAutoField(primary_key=True)
    address = models.CharField(max_length=64)
    kind = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "kind"], name="stopped_once")]

    def __str__(self) -> str:
        return self.kind
