"""Teachers added, roles at a school given and ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.services import end_sessions_of
from core.audit.log import record
from core.secrets import encrypt, keyed_hash, keyed_hashes
from schools.models import School, SchoolMembership, SchoolRole, Teacher


def trn_hash(trn: str) -> str:
    """What two equal teacher reference numbers have in common, for matching without reading them."""
    return keyed_hash(trn, purpose="trn") if trn else ""


def teachers_with_trn(trn: str) -> list[Teacher]:
    """Every teacher row under a reference number, whichever key it was hashed with."""
    return list(Teacher.objects.filter(trn_hash__in=keyed_hashes(trn, purpose="trn"))) if trn else []


@transaction.atomic
def add_teacher(*, name: str, email: str, trn: str | None = None, now: datetime, by: Any = None) -> Teacher:
    """The teacher of an e-mail address: found, or added. A reference number given anew replaces the one kept.

    `trn` is seven digits, or None or empty where none is known; a name already kept stays.
    """
    email = email.strip().casefold()
    teacher, new = Teacher.objects.select_for_update().get_or_create(email=email, defaults={"name": name.strip()})
    changed: list[str] = ["name"] if new else []
    if trn and trn_hash(trn) != teacher.trn_hash:
        teacher.trn_encrypted, teacher.trn_hash = encrypt(trn), trn_hash(trn)
        teacher.save(update_fields=["trn_encrypted", "trn_hash"])
        changed.append("trn")
    if changed:
        record("teacher.added" if new else "teacher.changed", teacher, by=by, at=now, after={"fields": changed})
    return teacher


@transaction.atomic
def appoint(*, school: School, user: Any, role: SchoolRole, by: Any, now: datetime) -> SchoolMembership:
    """Give a person a role at a school; who holds it already keeps the row they have."""
    membership, new = SchoolMembership.objects.get_or_create(
        school=school, user=user, role=SchoolRole(role), ended_at=None, defaults={"since": now}
    )
    if new:
        record(
            "school.role_given", membership, by=by, at=now, after={"school": school.pk, "role": role, "user": user.pk}
        )
        end_sessions_of(user, but=by)
        user.__dict__.pop("_school_roles", None)  # read once a request: what this request shows next must be true
    return membership


@transaction.atomic
def end_role(*, membership_id: UUID, by: Any, now: datetime) -> bool:
    """End a role at a school; False when it had ended already."""
    if not SchoolMembership.objects.filter(pk=membership_id, ended_at=None).update(ended_at=now):
        return False
    membership = SchoolMembership.objects.select_related("user").get(pk=membership_id)
    record("school.role_ended", membership, by=by, at=now)
    end_sessions_of(membership.user, but=by)
    return True
