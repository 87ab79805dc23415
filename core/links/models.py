"""Personal links: one token, one person, one thing. Only the token's SHA-256 is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import Q


class LinkQuerySet(models.QuerySet["Link"]):
    def standing(self) -> LinkQuerySet:
        """Links that nothing has ended yet; their time may have run out all the same."""
        return self.filter(ended_at=None)

    def about(self, kind: str, subject_id: object) -> LinkQuerySet:
        return self.filter(kind=kind, subject_id=subject_id)


class Link(models.Model):
    """A personal link, mailed to one address, that opens one page of one thing."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    name = models.CharField(max_length=200)
    email = models.EmailField()
    scope = models.UUIDField(null=True, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    receipt_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=60, blank=True, default="")
    first_opened_at = models.DateTimeField(null=True, blank=True)
    opened_count = models.PositiveIntegerField(default=0)
    # The first press of Continue and the browser it came from: signing asks for a code in any other (security 3.6).
    continued_at = models.DateTimeField(null=True, blank=True)
    continued_browser = models.CharField(max_length=64, blank=True, default="")

    objects = LinkQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["kind", "subject_id"], name="link_by_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_why="") | (Q(ended_at__isnull=False) & ~Q(ended_why="")),
                name="link_end_has_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(receipt_until=None) | Q(ended_at__isnull=False), name="link_receipt_only_after_end"
            ),
            models.CheckConstraint(
                condition=Q(continued_at=None, continued_browser="")
                | (Q(continued_at__isnull=False) & ~Q(continued_browser="")),
                name="link_continue_has_when_and_where",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def is_open(self, now: datetime) -> bool:
        """Whether the link still lets its person act."""
        return self.ended_at is None and now < self.valid_until

    def shows_receipt(self, now: datetime) -> bool:
        """Whether the link, used up, still shows what was done with it, and nothing else."""
        return self.receipt_until is not None and now < self.receipt_until

    def opens(self, now: datetime) -> bool:
        return self.is_open(now) or self.shows_receipt(now)
