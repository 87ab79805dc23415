"""Who you are: a person, known by e-mail address, and the national roles."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class UserManager(BaseUserManager["User"]):
    def _make(self, email: str, **fields: Any) -> User:
        user = self.model(email=normal_email(email), **fields)
        user.set_unusable_password()  # nobody has a password: security 2.1
        user.save(using=self._db)
        return user

    def create_user(self, email: str, **fields: Any) -> User:
        return self._make(email, **fields)

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self._make(email, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email=normal_email(email or ""))


def normal_email(email: str) -> str:
    """An address as it is compared: no spaces round it, case folded."""
    return email.strip().casefold()


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by a code mailed to their address. Roles are rows elsewhere, never flags here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField("full name", max_length=120, blank=True, default="")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("may use the support admin", default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_user_per_address"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="an_address_is_kept_in_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name or self.email


class NationalRole(models.TextChoices):
    ADMINISTRATOR = "administrator", "National administrator"
    ANALYST = "analyst", "National analyst"


class NationalMembership(models.Model):
    """A national role held by a person from a moment until it is ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="national_roles")
    role = models.CharField(max_length=16, choices=NationalRole)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(ended_at=None), name="one_current_national_role_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class SignInQuerySet(models.QuerySet["SignIn"]):
    def visible_to(self, user: Any) -> SignInQuerySet:
        """A person's own, nobody else's."""
        return self.filter(user=user) if user.is_authenticated else self.none()

    def alive(self, moment: datetime) -> SignInQuerySet:
        """Neither too old nor too long idle at a moment of real time."""
        return self.filter(
            began_at__gt=moment - timedelta(seconds=settings.SESSION_COOKIE_AGE),
            seen_at__gt=moment - timedelta(seconds=settings.SESSION_IDLE_SECONDS),
        )


class SignIn(models.Model):
    """A browser in which a person is signed in: a line of their list of sessions, and the key by which to end it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True, default="")
    browser = models.CharField(max_length=80, blank=True, default="")  # in words, never the whole header

    objects = SignInQuerySet.as_manager()

    class Meta:
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return f"{self.user} since {self.began_at}"
