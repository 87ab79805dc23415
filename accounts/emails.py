"""The messages of this room."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from accounts.models import User
from core.notifications.kinds import Kind
from core.notifications.models import Message
from core.notifications.outbox import Mail, compose

SIGN_IN_CODE = "accounts.sign_in_code"


def code_still_works(message: Message, now: datetime) -> bool:
    """A code that has run out is not worth a mail."""
    return now < message.created_at + timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)


KINDS = (Kind(SIGN_IN_CODE, essential=True, still_wanted=code_still_works, first=True),)


def sign_in_code(*, user: User, code: str) -> Mail:
    """The six digits that somebody, who says they are this person, asked for."""
    subject, text = compose(
        "accounts/emails/sign_in_code.txt",
        {
            "name": user.name,
            "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60,
            "tries": settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS,
            "site": settings.SITE_URL,
        },
    )
    return Mail(
        kind=SIGN_IN_CODE,
        to_name=user.name,
        to_email=user.email,
        subject=subject,
        text=text,
        subject_label="accounts.user",
        subject_id=user.pk,
        secret=code,
    )
