"""The messages of signing: one function per message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from applications.emails.frame import about, site
from applications.models import ExpressionOfInterest
from applications.states import SIGNABLE, State
from applications.wording import role_word, words_of
from core.documents.models import StoredDocument
from core.notifications.kinds import Kind, always
from core.notifications.models import Message
from core.notifications.outbox import Mail
from core.signing.models import SignatureRequest
from core.signing.services import Asked
from core.signing.states import State as RequestState
from hubs.models import HubMembership, HubRole


def _still_to_sign(message: Message, now: datetime) -> bool:
    """A request to sign goes only while it is open and the form can be signed; its id stands in the key."""
    request_id = UUID(message.key.split(":")[1])
    signable = ExpressionOfInterest.objects.filter(pk=message.subject_id, state__in=SIGNABLE)
    waiting = SignatureRequest.objects.filter(pk=request_id, state=RequestState.ASKED, valid_until__gt=now)
    return waiting.filter(Exists(signable)).exists()


def _still_a_draft(message: Message, now: datetime) -> bool:
    return ExpressionOfInterest.objects.filter(pk=message.subject_id, state=State.DRAFT).exists()


def _link_is_wanted(message: Message, now: datetime) -> bool:
    """A new link that somebody has asked for: also after a no, for a mind may change."""
    request_id = UUID(message.key.split(":")[1])
    return SignatureRequest.objects.filter(
        pk=request_id, state__in=[RequestState.ASKED, RequestState.REFUSED], valid_until__gt=now
    ).exists()


def out_of_time(now: datetime) -> QuerySet[Any]:
    """Forms that still lack signatures though the time for them has ended, with that moment as `ends`."""
    forms = ExpressionOfInterest.objects.filter(state=State.SIGNING)
    return forms.annotate(ends=Coalesce("signing_deadline_at", "round__signing_deadline_at")).filter(ends__lte=now)


def _still_out_of_time(message: Message, now: datetime) -> bool:
    return out_of_time(now).filter(pk=message.subject_id).exists()


def _still_too_late(message: Message, now: datetime) -> bool:
    """Who asked for a new link too late is told so, unless there is time again."""
    request_id = UUID(message.key.split(":")[1])
    return SignatureRequest.objects.filter(pk=request_id, valid_until__lte=now).exists()


ENDED, ENDED_FOR_HUB = "applications.signing_ended", "applications.signing_ended_for_hub"
KINDS = (
    Kind("applications.please_sign", essential=True, still_wanted=_still_to_sign),
    Kind("applications.form_sent", essential=True, still_wanted=always),
    Kind("applications.sign_link", essential=True, still_wanted=_link_is_wanted),
    Kind("applications.sign_reminder", essential=True, still_wanted=_still_to_sign),
    Kind("applications.sign_too_late", essential=True, still_wanted=_still_too_late),
    Kind(ENDED, essential=True, still_wanted=_still_out_of_time),
    Kind(
        ENDED_FOR_HUB,
        essential=False,
        still_wanted=_still_out_of_time,
        title="that the time for signing has ended and signatures are missing",
    ),
    Kind("applications.draft_unfinished", essential=False, still_wanted=_still_a_draft),
    Kind("applications.draft_lapsed", essential=True, still_wanted=always),
    Kind("applications.signed", essential=True, still_wanted=always),
    Kind("applications.said_no", essential=True, still_wanted=always),
    Kind("applications.commitment", essential=True, still_wanted=always),
    Kind("applications.withdrawn", essential=True, still_wanted=always),
)


def _to_sign(eoi: ExpressionOfInterest, asked: Asked, *, kind: str, template: str, **context: Any) -> Mail:
    request = asked.request
    words = words_of(eoi.edition.programme, eoi.school)
    applicant = eoi.sent_by or eoi.begun_by
    return about(
        eoi,
        kind=kind,
        template=template,
        name=request.name,
        email=request.email,
        secret=asked.url,
        reply_to=(applicant.email,),
        applicant=applicant.get_full_name(),
        roles=[role_word(role, words) for role in request.roles],
        is_head="head" in request.roles,
        asked_at=request.asked_at,
        sign_by=last_minute(request.valid_until),
        **context,
    )


def please_sign(eoi: ExpressionOfInterest, asked: Asked, *, changes: Sequence[Any] = ()) -> Mail:
    """The request to sign, with the personal link; a renewed one says so, and what has changed since the one before."""
    return _to_sign(
        eoi, asked, kind="applications.please_sign", template="please_sign", before=asked.before, changes=changes
    )


def form_sent(eoi: ExpressionOfInterest, *, by: Any, asked: Sequence[SignatureRequest]) -> Mail:
    """To who has sent the form for signature: that it is sent, who was asked, and what comes next with its dates."""
    ends = max((request.valid_until for request in asked), default=None)
    return about(
        eoi,
        kind="applications.form_sent",
        template="form_sent",
        name=by.get_full_name(),
        email=by.email,
        asked=[request.name for request in asked],
        sign_by=last_minute(ends) if ends else None,
        own=any(request.email.casefold() == by.email.casefold() for request in asked),
    )


def sign_link(eoi: ExpressionOfInterest, asked: Asked) -> Mail:
    """A new link to the address on file, because somebody asked for it."""
    return _to_sign(eoi, asked, kind="applications.sign_link", template="sign_link")


def signature_reminder(eoi: ExpressionOfInterest, asked: Asked) -> Mail:
    """The request once more; the link in it is new, the old one has ended."""
    return _to_sign(eoi, asked, kind="applications.sign_reminder", template="signature_reminder")


def sign_too_late(eoi: ExpressionOfInterest, request: SignatureRequest) -> Mail:
    """To the address on file, because a new link was asked for when the time for signing had ended."""
    return about(
        eoi,
        kind="applications.sign_too_late",
        template="sign_too_late",
        name=request.name,
        email=request.email,
        applicant=(eoi.sent_by or eoi.begun_by).get_full_name(),
        ended=last_minute(request.valid_until),
    )


def _applicants(eoi: ExpressionOfInterest) -> list[Any]:
    return [editor.user for editor in eoi.editors.select_related("user").order_by("since", "pk")]


def _hub_people(eoi: ExpressionOfInterest) -> list[tuple[str, str, str]]:
    """The round's contact where it has an address, else the hub's leads, as (key, name, address)."""
    round_ = eoi.round
    if round_.contact_email:
        return [("contact", round_.contact_name or round_.hub.name, round_.contact_email)]
    leads = HubMembership.objects.filter(hub=round_.hub_id, role=HubRole.LEAD, ended_at=None).select_related("user")
    found = [(f"user-{lead.user_id}", lead.user.get_full_name(), lead.user.email) for lead in leads]
    return found or ([("hub", round_.hub.name, round_.hub.email)] if round_.hub.email else [])


def _to_school_and_hub(
    eoi: ExpressionOfInterest, *, kind: str, template: str, **context: Any
) -> list[tuple[str, Mail]]:
    """(recipient's key, mail) to everyone who works on the form, and to the hub with the bid's address."""
    mails = [
        (
            f"user-{user.pk}",
            about(
                eoi, kind=kind, template=template, name=user.get_full_name(), email=user.email, for_hub=False, **context
            ),
        )
        for user in _applicants(eoi)
    ]
    bid_url = site(reverse("applications:bid", args=[eoi.pk]))
    for key, name, email in _hub_people(eoi):
        mail = about(
            eoi, kind=kind, template=template, name=name, email=email, for_hub=True, bid_url=bid_url, **context
        )
        mails.append((key, mail))
    return mails


def everyone_signed(eoi: ExpressionOfInterest) -> list[tuple[str, Mail]]:
    """To school and hub: the last signature is in."""
    return _to_school_and_hub(
        eoi, kind="applications.signed", template="everyone_signed", is_offered=eoi.state == State.OFFERED
    )


def signing_ended(eoi: ExpressionOfInterest, *, ended: datetime, missing: Sequence[str]) -> list[tuple[str, Mail]]:
    """To everyone who works on the form, and to the hub's leads: time is over, who has not signed, what can be done."""
    leads = HubMembership.objects.filter(hub=eoi.round.hub_id, role=HubRole.LEAD, ended_at=None).select_related("user")
    people = [(user, ENDED) for user in _applicants(eoi)]
    people += [(lead.user, ENDED_FOR_HUB) for lead in leads.order_by("since", "pk")]
    return [
        (
            f"{'hub' if kind == ENDED_FOR_HUB else 'school'}-user-{user.pk}",
            about(
                eoi,
                kind=kind,
                template="signing_ended",
                name=user.get_full_name(),
                email=user.email,
                for_hub=kind == ENDED_FOR_HUB,
                ended=last_minute(ended),
                missing=list(missing),
                bid_url=site(reverse("applications:bid", args=[eoi.pk])),
                more_time_url=site(reverse("applications:more_time", args=[eoi.round_id])),
            ),
        )
        for user, kind in people
    ]


def said_no(eoi: ExpressionOfInterest, request: SignatureRequest) -> list[tuple[str, Mail]]:
    """To school and hub: who said no, why, and what can be done."""
    words = words_of(eoi.edition.programme, eoi.school)
    return _to_school_and_hub(
        eoi,
        kind="applications.said_no",
        template="said_no",
        who=request.name,
        roles=[role_word(role, words) for role in request.roles],
        reason=request.reason,
        sign_by=last_minute(request.valid_until),
    )


def form_withdrawn(eoi: ExpressionOfInterest, *, by_name: str, reason: str) -> list[tuple[str, Mail]]:
    """To school and hub: the school has withdrawn its form."""
    return _to_school_and_hub(
        eoi, kind="applications.withdrawn", template="form_withdrawn", by_name=by_name, reason=reason
    )


def commitment_sealed(
    eoi: ExpressionOfInterest, document: StoredDocument, people: Sequence[tuple[str, str, str]]
) -> list[tuple[str, Mail]]:
    """The signed commitment, to all who signed; `people` are (key, name, address)."""
    return [
        (
            key,
            about(
                eoi,
                kind="applications.commitment",
                template="commitment",
                name=name,
                email=email,
                documents=(document.pk,),
                fingerprint=document.fingerprint,
                verify_url=site(reverse("documents:verify")),
            ),
        )
        for key, name, email in people
    ]


def draft_unfinished(eoi: ExpressionOfInterest, *, closes_at: datetime, missing: Sequence[str]) -> Mail:
    """To who began the form: what is still missing, and by when it has to be sent."""
    return about(
        eoi,
        kind="applications.draft_unfinished",
        template="draft_unfinished",
        name=eoi.begun_by.get_full_name(),
        email=eoi.begun_by.email,
        closes=last_minute(closes_at),
        missing=list(missing),
    )


def draft_lapsed(eoi: ExpressionOfInterest) -> list[tuple[str, Mail]]:
    """To everyone who works on a form that was not sent in time; to the hub as well where it had been sent before."""
    if eoi.sent_at is not None:
        return _to_school_and_hub(eoi, kind="applications.draft_lapsed", template="draft_lapsed")
    return [
        (
            f"user-{user.pk}",
            about(
                eoi,
                kind="applications.draft_lapsed",
                template="draft_lapsed",
                name=user.get_full_name(),
                email=user.email,
                for_hub=False,
            ),
        )
        for user in _applicants(eoi)
    ]


def last_minute(end: datetime) -> datetime:
    """The last minute before a moment that is too late, as people are told it."""
    return end - timedelta(minutes=1)
