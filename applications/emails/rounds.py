"""The messages about a round as a whole."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.urls import reverse

from applications.emails.frame import site
from applications.models import Round
from applications.states import State
from core.notifications.kinds import Kind
from core.notifications.models import Message
from core.notifications.outbox import Mail, compose
from hubs.models import HubMembership, HubRole

ROUND = "applications.round"
CLOSED = "applications.round_closed"


def _still_closed(message: Message, now: datetime) -> bool:
    return Round.objects.filter(pk=message.subject_id, closes_at__lte=now).exists()


KINDS = (Kind(CLOSED, essential=False, still_wanted=_still_closed, title="that a round has closed"),)


def counts_of(round_: Round) -> dict[str, int]:
    """How the forms of a round stand: sent, signed by all, still being signed, begun and not sent."""
    return round_.eois.aggregate(
        sent=Count("pk", filter=Q(sent_at__isnull=False) & ~Q(state=State.DRAFT)),
        signed=Count("pk", filter=Q(submitted_at__isnull=False)),
        signing=Count("pk", filter=Q(state=State.SIGNING)),
        unsent=Count("pk", filter=Q(state=State.DRAFT) | Q(state=State.LAPSED, sent_at=None)),
    )


def closed(round_: Round) -> list[tuple[str, Mail]]:
    """To the hub's leads: the round has closed, and how its forms stand; each with the key of its recipient."""
    assert round_.closes_at is not None
    counts, hub, minute = counts_of(round_), round_.hub, timedelta(minutes=1)
    leads = HubMembership.objects.filter(hub=hub, role=HubRole.LEAD, ended_at=None).select_related("user")
    letters = []
    for lead in leads.order_by("since", "pk"):
        subject, text = compose(
            "applications/emails/round_closed.txt",
            {
                "name": lead.user.get_full_name(),
                "hub": hub,
                "round": round_,
                "edition": str(round_.edition),
                "closed": round_.closes_at - minute,
                "sign_by": round_.signing_deadline_at - minute if round_.signing_deadline_at else None,
                "queue_url": site(reverse("applications:queue", args=[round_.pk])),
                "more_time_url": site(reverse("applications:more_time", args=[round_.pk])),
                **counts,
            },
        )
        mail = Mail(
            kind=CLOSED,
            to_name=lead.user.get_full_name(),
            to_email=lead.user.email,
            subject=subject,
            text=text,
            subject_label=ROUND,
            subject_id=round_.pk,
            scope=hub.pk,
        )
        letters.append((f"user-{lead.user_id}", mail))
    return letters
