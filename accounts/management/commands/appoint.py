"""`manage.py appoint ADDRESS ROLE`: give a national role, or the support admin, from the server's own console."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from accounts import services
from accounts.models import NationalRole
from core import clock

SUPPORT = "support"


class Command(BaseCommand):
    help = "Give a person a national role (administrator, analyst) or the support admin (support); --end takes it away."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("role", choices=[*NationalRole.values, SUPPORT])
        parser.add_argument("--name", default="", help="the person's full name")
        parser.add_argument("--end", action="store_true", help="end it instead")

    def handle(self, *args: Any, email: str, role: str, name: str, end: bool, **options: Any) -> None:
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email} is not an e-mail address.") from None
        now, user = clock.now(), services.person_at(email=email)
        if name:
            services.rename(user=user, name=name, by=None, now=now)
        if role == SUPPORT:
            services.let_use_support(user=user, may=not end, by=None, now=now)
        elif end:
            services.end_national_role(user=user, role=NationalRole(role), by=None, now=now)
        else:
            services.appoint_nationally(user=user, role=NationalRole(role), by=None, now=now)
        self.stdout.write(
            f"{user.email}: {role} {'ended' if end else 'given'}. Sign in with a code mailed to the address."
        )
