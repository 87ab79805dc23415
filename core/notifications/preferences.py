"""Which kinds of message an address has stopped."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from core.notifications.models import Message, Stopped
from core.secrets import keyed_hash, keyed_hashes

SALT = "core.notifications.stop"
PURPOSE = "stopped mail"


def stop_address(message: Message) -> str:
    """Where who got the message can stop its kind; the address names the message only."""
    return settings.SITE_URL + reverse("notifications:stop", args=[_signer().sign(message.pk.hex)])


def message_of(sealed: str) -> Message | None:
    """The message whose stop address this is, if it is one."""
    try:
        return Message.objects.filter(pk=UUID(_signer().unsign(sealed))).first()
    except (signing.BadSignature, ValueError):
        return None


def stop(*, message: Message, now: datetime) -> None:
    """The message's address gets no more of its kind."""
    address = keyed_hash(message.to_email.casefold(), purpose=PURPOSE)
    Stopped.objects.get_or_create(address=address, kind=message.kind, defaults={"at": now})


def allow(*, message: Message) -> None:
    """The message's address gets its kind again."""
    Stopped.objects.filter(address__in=_hashes(message), kind=message.kind).delete()


def stopped(message: Message) -> bool:
    """Whether the message's address has stopped its kind."""
    return Stopped.objects.filter(address__in=_hashes(message), kind=message.kind).exists()


def _hashes(message: Message) -> list[str]:
    return keyed_hashes(message.to_email.casefold(), purpose=PURPOSE)


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT)
