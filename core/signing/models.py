"""Who was asked to sign what, what was signed, and the chain that holds the evidence together."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.signing.states import OPEN, State


class SignatureRequest(models.Model):
    """One person asked to sign one text, in one or more roles. It may change; what was signed may not."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=40)  # of the thing that is signed: "eoi"
    subject_id = models.UUIDField()
    scope = models.UUIDField(null=True, db_index=True)  # the hub's id
    person_uuid = models.UUIDField()
    name = models.CharField(max_length=200)
    email = models.EmailField()
    roles = models.JSONField()  # list of role words, in the order in which they are ticked
    post = models.JSONField(default=dict)  # role word -> label of the post
    terms_version = models.CharField(max_length=80, default="", blank=True)
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    content_sha256 = models.CharField(max_length=64)
    link = models.ForeignKey("links.Link", models.PROTECT, null=True, related_name="+")
    valid_until = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    reason = models.TextField(default="", blank=True)  # of a no, or why it ended
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id", "person_uuid"],
                condition=Q(state__in=OPEN),
                name="one_open_request_per_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.SIGNED, State.REFUSED]) | Q(answered_at__isnull=False),
                name="answered_request_has_its_time",
            ),
        ]
        indexes = [models.Index(fields=["kind", "subject_id", "state"], name="request_of_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id} for {self.person_uuid}: {self.state}"


class Signature(models.Model):
    """What one person signed in one role. Only ever added; a correction is another row."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    number = models.PositiveBigIntegerField(unique=True)  # of its link in the chain
    request = models.ForeignKey(SignatureRequest, models.PROTECT, related_name="signatures")
    subject_id = models.UUIDField(db_index=True)
    role = models.CharField(max_length=40)
    post = models.CharField(max_length=120, default="", blank=True)
    typed_name = models.CharField(max_length=200)
    email = models.EmailField()
    link_id = models.UUIDField(null=True)  # of the personal link used; null for who signed while signed in
    terms_version = models.CharField(max_length=80, default="", blank=True)
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    content_sha256 = models.CharField(max_length=64)
    statement = models.TextField()
    grade = models.CharField(max_length=1, choices=[(g, g) for g in "ABCD"])
    signed_at = models.DateTimeField()
    address = models.CharField(max_length=45, default="", blank=True)
    browser = models.CharField(max_length=300, default="", blank=True)
    evidence = models.JSONField(null=True)  # what the chain holds the hash of; retention may empty it, the link stays

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "role"], name="one_signature_per_request_and_role"),
            models.CheckConstraint(condition=Q(grade__in=list("ABCD")), name="signature_grade_is_known"),
            models.CheckConstraint(condition=~Q(typed_name=""), name="signature_has_a_typed_name"),
        ]

    def __str__(self) -> str:
        return f"signature {self.number} as {self.role}"


class SignatureVoid(models.Model):
    """A later word that a signature no longer counts, and why. Only ever added, and in the chain as well."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    number = models.PositiveBigIntegerField(unique=True)
    signature = models.OneToOneField(Signature, models.PROTECT, related_name="void")
    why = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    evidence = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"void {self.number} of {self.signature_id}"


class ChainLink(models.Model):
    """One link of the portal's chain of evidence. Only ever added."""

    number = models.PositiveBigIntegerField(primary_key=True)
    evidence_sha256 = models.CharField(max_length=64, unique=True)
    previous = models.CharField(max_length=64)
    own = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"link {self.number} {self.own[:8]}"


class ChainHead(models.Model):
    """The single row that says where the chain ends; whoever appends locks it first."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_chain_head")]

    def __str__(self) -> str:
        return f"head at {self.number} {self.hash[:8]}"
