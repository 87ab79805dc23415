"""What every message about a form has in common: in the hub's name, about the form, answered to the hub."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from applications.models import ExpressionOfInterest
from core.notifications.outbox import Mail, compose

ABOUT = "applications.expressionofinterest"


def about(
    eoi: ExpressionOfInterest,
    *,
    kind: str,
    template: str,
    name: str,
    email: str,
    secret: str = "",
    documents: tuple = (),
    reply_to: tuple[str, ...] = (),
    **context: Any,
) -> Mail:
    """One mail about one form, from a template under applications/emails."""
    round_, hub = eoi.round, eoi.round.hub
    contact = round_.contact_email or hub.email
    subject, text = compose(
        f"applications/emails/{template}.txt",
        {
            "eoi": eoi,
            "name": name,
            "school": eoi.school.name,
            "edition": str(eoi.edition),
            "programme": eoi.edition.programme,
            "hub": hub,
            "round": round_,
            "contact_name": round_.contact_name,
            "contact_email": contact,
            "contact_telephone": round_.contact_telephone or hub.telephone,
            "reference": eoi.reference,
            "form_url": site(reverse("applications:task_list", args=[eoi.pk])),
            **context,
        },
    )
    return Mail(
        kind=kind,
        to_name=name,
        to_email=email,
        subject=subject,
        text=text,
        subject_label=ABOUT,
        subject_id=eoi.pk,
        scope=hub.pk,
        secret=secret,
        documents=documents,
        from_name=hub.name,
        reply_to=tuple(dict.fromkeys([*reply_to, *([contact] if contact else [])])),
    )


def site(path: str) -> str:
    """A full address on the configured site, never from a request: security 2.4."""
    return f"{settings.SITE_URL}{path}"
