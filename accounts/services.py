"""Finding or making the person of an address, naming them, giving and ending national roles, ending sessions."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import ProtectedError

from accounts import sessions
from accounts.models import NationalMembership, NationalRole, SignIn, User, normal_email
from accounts.roles import roles_held
from core.audit.log import record

UNVERIFIED_FOR = timedelta(days=1)


@transaction.atomic
def person_at(*, email: str) -> User:
    """The person of an address, made without roles or session where it is new; the same statements either way."""
    email = normal_email(email)
    User.objects.bulk_create([User(email=email, password=make_password(None))], ignore_conflicts=True)
    user = User.objects.get(email=email)
    EmailAddress.objects.bulk_create([EmailAddress(user=user, email=email, primary=True)], ignore_conflicts=True)
    return user


@transaction.atomic
def rename(*, user: User, name: str, by: User | None, now: datetime) -> None:
    """Give a person the name they are called by."""
    if name == user.name:
        return
    before, user.name = user.name, name
    user.save(update_fields=["name"])
    record("account.renamed", user, by=by, at=now, before={"name": before}, after={"name": name})


@transaction.atomic
def appoint_nationally(*, user: User, role: NationalRole, by: User | None, now: datetime) -> NationalMembership:
    """Give a person a national role; a role already held stays as it is."""
    membership, made = NationalMembership.objects.get_or_create(
        user=user, role=role, ended_at=None, defaults={"since": now}
    )
    if made:
        record("account.role_given", user, by=by, at=now, after={"role": role.value})
        end_sessions_of(user, but=by)
    return membership


@transaction.atomic
def end_national_role(*, user: User, role: NationalRole, by: User | None, now: datetime) -> bool:
    """End a national role; says whether it was held."""
    ended = NationalMembership.objects.filter(user=user, role=role, ended_at=None).update(ended_at=now)
    if ended:
        record("account.role_ended", user, by=by, at=now, before={"role": role.value})
        end_sessions_of(user, but=by)
    return bool(ended)


@transaction.atomic
def let_use_support(*, user: User, may: bool, by: User | None, now: datetime) -> None:
    """Let a person into the support admin, or no longer."""
    if User.objects.filter(pk=user.pk, is_staff=not may).update(is_staff=may):
        record("account.support_given" if may else "account.support_ended", user, by=by, at=now)
        end_sessions_of(user, but=by)


def end_sessions_of(user: User, *, but: User | None = None) -> int:
    """End every session of a person whose roles have changed; one who changed their own stays signed in.

    Called by the rooms that give and end roles, in the same transaction. Says how many sessions ended.
    """
    return 0 if but is not None and but.pk == user.pk else sessions.end(sign_ins=SignIn.objects.filter(user=user))


@transaction.atomic
def end_session(*, sign_in: SignIn, by: User, now: datetime) -> None:
    """End one session of a person, on record."""
    sessions.end(sign_ins=SignIn.objects.filter(pk=sign_in.pk))
    record("account.session_ended", sign_in.user, by=by, at=now)


@transaction.atomic
def end_other_sessions(*, user: User, session_key: str, now: datetime) -> int:
    """End every session of a person but the one they ask from; says how many."""
    ended = sessions.end(sign_ins=SignIn.objects.filter(user=user).exclude(session_key=session_key))
    if ended:
        record("account.session_ended", user, by=user, at=now, note=f"{ended} other")
    return ended


@transaction.atomic
def close(*, user: User, by: User | None, now: datetime) -> None:
    """Close an account: nobody signs in to it any more. What it did stays on record under its name."""
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        record("account.closed", user, by=by, at=now)
    sessions.end(sign_ins=SignIn.objects.filter(user=user))


def remove_unverified(*, real_now: datetime) -> int:
    """Remove people who asked for a code a day ago or more and never typed it; who holds or did anything stays."""
    stale = User.objects.filter(
        emailaddress__verified=False, last_login=None, is_staff=False, date_joined__lte=real_now - UNVERIFIED_FOR
    )
    removed = 0
    for user in stale.iterator():
        if roles_held(user):
            continue
        try:
            with transaction.atomic():
                user.delete()
        except ProtectedError:
            continue
        removed += 1
    return removed


def forget_ended_sessions(*, real_now: datetime) -> int:
    """Remove sessions that ended by themselves: of people signed in, by their own limits; all others as they expire."""
    alive = SignIn.objects.alive(real_now).values("pk")
    ended = sessions.end(sign_ins=SignIn.objects.exclude(pk__in=alive))
    Session.objects.filter(expire_date__lte=real_now).delete()
    return ended
