"""Documents as they were made, and the jobs that make them."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q


class StoredDocument(models.Model):
    """One document as it was made: its bytes lie in the store under their SHA-256; neither they nor the row change."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=40)
    reference = models.CharField(max_length=40, db_index=True)
    subject_id = models.UUIDField()
    scope = models.UUIDField(null=True, db_index=True)  # the hub's id; nothing here knows a hub
    version = models.PositiveIntegerField()  # 1, 2, ... of one kind and subject
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField()  # bytes
    filename = models.CharField(max_length=120)
    title = models.CharField(max_length=240)
    about = models.CharField(max_length=120, default="")  # what the public verify page may say of it: the edition
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id", "version"], name="document_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="document_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference} version {self.version}"

    @property
    def fingerprint(self) -> str:
        """The first eight characters of the SHA-256, for people to compare."""
        return self.sha256[:8]


class JobState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    LEASED = "leased", "Being made"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class DocumentJob(models.Model):
    """The wish for a document, written in the transaction that makes it due and claimed like a message."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    key = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=8, choices=JobState, default=JobState.WAITING)
    lease = models.UUIDField(null=True)  # who holds the job; a new one for each claim
    leased_until = models.DateTimeField(null=True)  # real time, as every lease
    not_before = models.DateTimeField(null=True)  # real time of the next try
    attempts = models.PositiveSmallIntegerField(default=0)
    last_fault = models.CharField(
        max_length=80, default=""
    )  # the name of the error, never its text: that may name people
    document = models.ForeignKey(StoredDocument, models.PROTECT, null=True, related_name="+")
    wanted_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=JobState.LEASED, lease__isnull=False, leased_until__isnull=False)
                | (~Q(state=JobState.LEASED) & Q(lease=None, leased_until=None)),
                name="document_job_lease_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(state=JobState.DONE, document__isnull=False) | (~Q(state=JobState.DONE) & Q(document=None)),
                name="document_job_done_has_document",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "wanted_at"],
                name="document_job_open",
                condition=Q(state__in=[JobState.WAITING, JobState.LEASED]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject_id}: {self.state}"
