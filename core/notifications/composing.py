"""From a row of the outbox to a mail: the secret put in, the HTML made, the headers set."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime, formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from core.documents import store
from core.documents.models import StoredDocument
from core.notifications import html, preferences
from core.notifications.kinds import kind_of
from core.notifications.models import Message
from core.notifications.outbox import PLACES
from core.notifications.words import for_header
from core.secrets import decrypt

SENDER = "Hub Portal"


class DocumentMissing(Exception):
    """A message names a document that is not stored: it is not sent without it."""


def mail_of(message: Message, *, now: datetime) -> EmailMultiAlternatives:
    """The mail of one message; the same Message-ID however often it is made."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    sender = for_header(message.from_name) or name or SENDER
    text = message.text
    if message.secret:
        secret = decrypt(message.secret)
        for place in PLACES:
            text = text.replace(place, secret)
    headers = {
        "Message-ID": f"<outbox.{message.pk}@{settings.MAIL_DOMAIN}>",
        "Date": format_datetime(now),
        "Auto-Submitted": "auto-generated",
    }
    if not kind_of(message.kind).essential:
        stop = preferences.stop_address(message)
        headers["List-Unsubscribe"] = f"<{stop}>, <mailto:{address}?subject=Stop%20{message.kind}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        text = f"{text}\nTo stop messages of this kind, open this address.\n\n{stop}\n"  # no colon: not the button
    mail = EmailMultiAlternatives(
        subject=for_header(message.subject),
        body=text,
        from_email=formataddr((sender, address)),
        to=[formataddr((for_header(message.to_name), message.to_email))],
        reply_to=[for_header(each) for each in message.reply_to] or None,
        headers=headers,
    )
    mail.attach_alternative(
        html.page(subject=message.subject, text=text, sender=sender, site_url=settings.SITE_URL), "text/html"
    )
    named = StoredDocument.objects.filter(pk__in=message.documents).order_by("filename")
    documents = list(named) if message.documents else []
    if len(documents) != len(set(message.documents)):
        raise DocumentMissing(message.pk)
    for document in documents:
        mail.attach(document.filename, store.get(document.sha256), "application/pdf")
    return mail
