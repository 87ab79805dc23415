"""Sending a form for signature, and what its people answer; the rules have the last word, each step is one transaction.

What locks: the form's row first, a request's row next, the head of the chain last.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from applications import facts, rules
from applications.documents import COMMITMENT
from applications.emails import signing as letters
from applications.emails.deciding import still_to_sign
from applications.models import ExpressionOfInterest
from applications.parts import missing_of, parts_of
from applications.services import deciding, drafts
from applications.services.moving import locked, move
from applications.services.signed import KIND, Change, all_signed, changes, content_sha256, people_of, standing_of
from applications.states import LIVE, SIGNABLE, Action, NotAllowed, State
from applications.wording import words_of
from core import clock
from core.audit.log import record
from core.documents import jobs
from core.links.models import Link
from core.notifications import outbox
from core.notifications.models import Message
from core.signing import services as signing
from core.signing.models import SignatureRequest
from core.signing.states import State as RequestState
from programmes import services as programmes
from programmes.models import Enrolment

BETWEEN_REMINDERS = timedelta(hours=48)
SENDER_MAY_SIGN_NOW = timedelta(minutes=15)  # before their own mail goes


class NotEligible(NotAllowed):
    """One or more rules say no; carries every judgement, so that all of them are shown at once."""

    def __init__(self, judgements: rules.Judgements) -> None:
        super().__init__(" ".join(each.reason for each in judgements.fails))
        self.judgements = judgements


class Incomplete(NotAllowed):
    """Parts of the form are still to be filled in; the text names them."""


class TooSoon(NotAllowed):
    """A reminder went within the last 48 hours."""


@dataclass(frozen=True)
class OwnDetails:
    """What a lead teacher adds of themselves as they sign: TRN or why there is none, and year groups."""

    trn: str = ""
    trn_reason: str = ""
    year_groups: Sequence[str] = ()
    not_timetabled: bool = False


def judged(eoi: ExpressionOfInterest, *, now: datetime) -> rules.Judgements:
    """What all rules say of a form now."""
    return rules.judge(facts.bid_of(eoi, now=now), now=now)


def end_of_day_after(now: datetime, days: int) -> datetime:
    """The first moment after the civil day in London that lies `days` days after now."""
    day = clock.london_date(now) + timedelta(days=days + 1)
    return datetime.combine(day, time(0), tzinfo=clock.LONDON)


def signing_deadline(eoi: ExpressionOfInterest, *, now: datetime) -> datetime:
    """Until when this form's people may sign: its own or the round's time, a return or an extension where one is later;
    14 days from sending where there is none."""
    times = [t for t in (eoi.signing_deadline_at, eoi.round.signing_deadline_at) if t is not None]
    times += [r.correct_by for r in eoi.returns.all()]
    granted = eoi.round.extensions.filter(school=eoi.school_id).values_list("closes_at", "signing_deadline_at")
    times += [t for pair in granted for t in pair if t is not None]
    if eoi.round.signing_deadline_at is None:
        times.append(end_of_day_after(now, rules.DAYS_TO_SIGN.days))
    return max(times)


@transaction.atomic
def send_for_signature(*, eoi_id: UUID, by: Any, now: datetime) -> ExpressionOfInterest:
    """Freeze the form on the terms published now and ask its people, if the school may bid at all.

    A second call finds the form sent and gives it back. Raises NotEligible with every judgement, NotAllowed for a form
    in another state, AnotherLiveBid.
    """
    eoi = locked(eoi_id)
    if eoi.state in LIVE and eoi.sent_by_id == by.pk:
        return eoi
    judgements = judged(eoi, now=now)
    if judgements.fails and eoi.state == State.DRAFT:
        raise NotEligible(judgements)
    terms = eoi.edition.current_terms
    if lacking := missing_of(parts_of(eoi, terms)):
        raise Incomplete("Fill these in first. " + "; ".join(lacking) + ".")
    deadline = signing_deadline(eoi, now=now)
    if now >= deadline:
        raise NotAllowed("The time for signing has passed. Ask the hub for more time.")
    before = {"terms": str(eoi.terms_id) if eoi.terms_id else None}
    move(
        eoi,
        Action.ASK_TO_SIGN,
        by=by,
        now=now,
        before=before,
        sent_at=eoi.sent_at or now,
        sent_by=by,
        sent_in_grace=eoi.sent_in_grace or bool(judgements.of(rules.Code.ROUND_OPEN).facts.get("in_grace")),
        submitted_at=None,
        terms=terms,
        eligibility=judgements.as_json(at=now),
        content_sha256=content_sha256(eoi),
        signing_deadline_at=eoi.signing_deadline_at if deadline == eoi.round.signing_deadline_at else deadline,
    )
    asked = _ask(eoi, by=by, deadline=deadline, now=now)
    outbox.post(letters.form_sent(eoi, by=by, asked=asked), key=f"eoi-sent:{eoi.pk}:{now.isoformat()}:{by.pk}", now=now)
    _submit_if_all_signed(eoi, now=now)
    return eoi


def _ask(eoi: ExpressionOfInterest, *, by: Any, deadline: datetime, now: datetime) -> list[SignatureRequest]:
    """Ask everyone whose signature is not there on exactly their present text, each by one mail; says whom."""
    asked = signing.ask(
        kind=KIND,
        subject_id=eoi.pk,
        scope=eoi.round.hub_id,
        people=people_of(eoi),
        valid_until=deadline,
        content_sha256=eoi.content_sha256,
        now=now,
        terms_version=f"{eoi.edition}, terms {eoi.terms.number}" if eoi.terms else "",
    )
    for each in asked:
        # Who sends the form with the code of an address that signs is asked on the next page; the mail is for later.
        own = each.request.email.casefold() == by.email.casefold()
        mail = letters.please_sign(eoi, each, changes=_changed(eoi, each))
        _post_to_sign(mail, each, now=now, due_at=now + SENDER_MAY_SIGN_NOW if own else None)
    return [each.request for each in asked]


def _changed(eoi: ExpressionOfInterest, asked: signing.Asked) -> list[Change]:
    """What differs from what the person was asked before."""
    if asked.before is None:
        return []
    request, words = asked.request, words_of(eoi.edition.programme, eoi.school)
    return changes(asked.before, text=request.text, roles=request.roles, email=request.email, words=words)


def _post_to_sign(mail: outbox.Mail, asked: signing.Asked, *, now: datetime, due_at: datetime | None = None) -> None:
    request = asked.request
    occasion = mail.kind.partition(".")[2].replace("_", "-")
    outbox.post(mail, key=f"{occasion}:{request.pk}:{request.link_id}:{request.person_uuid}", now=now, due_at=due_at)


def _submit_if_all_signed(eoi: ExpressionOfInterest, *, now: datetime) -> bool:
    """With the last signature: submitted (in reserve and offered only the time of it), the PDF wanted, all told."""
    if not all_signed(eoi):
        return False
    if eoi.state == State.SIGNING:
        move(eoi, Action.SUBMIT, by=None, now=now, submitted_at=now)
    else:
        ExpressionOfInterest.objects.filter(pk=eoi.pk).update(submitted_at=now, on_condition=False)
        eoi.submitted_at, eoi.on_condition = now, False
        record("eoi.all_signed", eoi, at=now, scope=eoi.round.hub_id)
    key = f"{COMMITMENT}:{eoi.pk}:{now.isoformat()}"
    jobs.want(kind=COMMITMENT, subject_id=eoi.pk, key=key, now=now)
    for to, mail in letters.everyone_signed(eoi):
        outbox.post(mail, key=f"eoi-signed:{eoi.pk}:{now.isoformat()}:{to}", now=now)
    return True


def _signable(eoi_id: UUID) -> ExpressionOfInterest:
    """The form, locked, if its people may sign now; raises NotAllowed, worded for who signs."""
    eoi = locked(eoi_id)
    if eoi.state not in SIGNABLE:
        if eoi.state == State.DRAFT:
            raise NotAllowed(
                "The school is changing this form. You will hear from it if your signature is still needed."
            )
        raise NotAllowed("This form no longer takes signatures.")
    return eoi


@transaction.atomic
def sign(
    *,
    request_id: UUID,
    typed_name: str,
    roles: Collection[str],
    statement: str,
    grade: str,
    address: str,
    browser: str,
    link_id: UUID | None,
    now: datetime,
    own: OwnDetails | None = None,
) -> ExpressionOfInterest:
    """Take one person's signature; the last one submits the form. Raises signing.NotAllowed and NotAllowed."""
    request = SignatureRequest.objects.get(pk=request_id, kind=KIND)
    eoi = _signable(request.subject_id)
    if own is not None and "lead" in request.roles:
        drafts.add_own_details(
            eoi=eoi,
            person_uuid=request.person_uuid,
            number=own.trn,
            reason=own.trn_reason,
            year_groups=own.year_groups,
            not_timetabled=own.not_timetabled,
            now=now,
        )
    record("eoi.signed", eoi, at=now, scope=eoi.round.hub_id, after={"request": str(request_id), "grade": grade})
    signing.sign(
        request_id=request_id,
        typed_name=typed_name,
        roles=roles,
        statement=statement,
        grade=grade,
        address=address,
        browser=browser,
        link_id=link_id,
        now=now,
    )
    _submit_if_all_signed(eoi, now=now)
    deciding.offer_after_all(eoi, email=request.email, now=now)
    return eoi


@transaction.atomic
def refuse_to_sign(*, request_id: UUID, reason: str, link_id: UUID | None, now: datetime) -> ExpressionOfInterest:
    """Take one person's no: the form stays, the other signatures stand, school and hub are told."""
    request = SignatureRequest.objects.get(pk=request_id, kind=KIND)
    eoi = _signable(request.subject_id)
    reason = plain_words(reason)
    request = signing.refuse(request_id=request_id, reason=reason, link_id=link_id, now=now)
    record("eoi.refused_to_sign", eoi, at=now, scope=eoi.round.hub_id, after={"request": str(request_id)}, note=reason)
    for to, mail in letters.said_no(eoi, request):
        outbox.post(mail, key=f"eoi-said-no:{request.pk}:{now.isoformat()}:{to}", now=now)
    return eoi


@transaction.atomic
def reissue(*, request_id: UUID, by: Any, now: datetime) -> SignatureRequest:
    """Mail a new link to the address on file, on record with who asked (`by` None: the person); the old one ends."""
    request = SignatureRequest.objects.get(pk=request_id, kind=KIND)
    eoi = _signable(request.subject_id)
    asked = signing.reissue(request_id=request_id, by=by, now=now)
    _post_to_sign(letters.sign_link(eoi, asked), asked, now=now)
    return asked.request


@transaction.atomic
def send_again(link: Link, now: datetime) -> None:
    """For the page of a dead link: a new one to the address on file while the matter is open; once the time for signing
    has ended, word of that; else nothing."""
    request = SignatureRequest.objects.filter(pk=link.subject_id, kind=KIND).first()
    if request is None or request.state not in (RequestState.ASKED, RequestState.REFUSED):
        return
    try:
        if now >= request.valid_until:
            mail = letters.sign_too_late(_signable(request.subject_id), request)
            outbox.post(mail, key=f"sign-too-late:{request.pk}:{now.isoformat()}:{request.person_uuid}", now=now)
        else:
            reissue(request_id=request.pk, by=None, now=now)
    except (NotAllowed, signing.NotAllowed):
        return


def may_remind_from(request: SignatureRequest) -> datetime:
    """The first moment at which somebody who has not answered may be reminded by hand."""
    return max(request.asked_at, request.reminded_at or request.asked_at) + BETWEEN_REMINDERS


@transaction.atomic
def remind(*, request_id: UUID, by: Any, now: datetime) -> SignatureRequest:
    """Ask a person who has not answered once more, never twice within 48 hours. Raises TooSoon and NotAllowed."""
    request = SignatureRequest.objects.get(pk=request_id, kind=KIND)
    eoi = _signable(request.subject_id)
    request.refresh_from_db()
    if request.state != RequestState.ASKED:
        raise NotAllowed(f"{request.name} has answered already.")
    if now < may_remind_from(request):
        raise TooSoon(f"{request.name} had a mail within the last 48 hours.")
    asked = signing.remind(request_id=request_id, by=by, now=now)
    _post_to_sign(letters.signature_reminder(eoi, asked), asked, now=now)
    record("eoi.reminded", eoi, by=by, at=now, scope=eoi.round.hub_id, after={"request": str(request_id)})
    return asked.request


@transaction.atomic
def remind_when_due(*, request_id: UUID, step: str, now: datetime) -> SignatureRequest | None:
    """A reminder of the timetable: one a step and person; None when it has gone, or is no longer due."""
    request = SignatureRequest.objects.get(pk=request_id, kind=KIND)
    key = f"sign-reminder:{request.pk}:{step}:{request.person_uuid}"
    if Message.objects.filter(key=key).exists():
        return None
    try:
        eoi = _signable(request.subject_id)
        request.refresh_from_db()
        if request.state != RequestState.ASKED or now < may_remind_from(request):
            return None
        asked = signing.remind(request_id=request_id, by=None, now=now)
    except (NotAllowed, signing.NotAllowed):
        return None
    outbox.post(letters.signature_reminder(eoi, asked), key=key, now=now)
    return asked.request


@transaction.atomic
def remind_of_draft(*, eoi_id: UUID, step: str, closes_at: datetime, now: datetime) -> bool:
    """Tell who began a draft what it still lacks; one mail a step, never two within 48 hours. Says whether it went."""
    eoi = locked(eoi_id)
    if eoi.state != State.DRAFT:
        return False
    told = Message.objects.filter(kind="applications.draft_unfinished", subject_id=eoi.pk)
    if told.filter(created_at__gt=now - BETWEEN_REMINDERS).exists():
        return False
    mail = letters.draft_unfinished(
        eoi, closes_at=closes_at, missing=missing_of(parts_of(eoi, eoi.edition.current_terms))
    )
    key = f"draft-unfinished:{eoi.pk}:{step}-{closes_at.date().isoformat()}:{eoi.begun_by_id}"
    return outbox.post(mail, key=key, now=now) is not None


@transaction.atomic
def tell_of_signing_ended(*, eoi_id: UUID, now: datetime) -> bool:
    """Tell school and hub leads once that signing has ended with signatures missing; says whether a mail went."""
    eoi = locked(eoi_id)
    ended, missing = eoi.signing_ends(), still_to_sign(standing_of(eoi))
    if eoi.state != State.SIGNING or ended is None or now < ended or not missing:
        return False
    key = f"signing-ended:{eoi.pk}:{ended.isoformat()}"
    mails = letters.signing_ended(eoi, ended=ended, missing=missing)
    return any([outbox.post(mail, key=f"{key}:{to}", now=now) is not None for to, mail in mails])


@transaction.atomic
def lapse_draft(*, eoi_id: UUID, now: datetime) -> bool:
    """Let a draft lapse that was not sent in time; false when it is none any more or has been given more time."""
    eoi = locked(eoi_id)
    closes = rules.closing(facts.bid_of(eoi, now=now))
    if eoi.state != State.DRAFT or closes is None or now < (closes if eoi.sent_at else closes + rules.GRACE):
        return False
    move(eoi, Action.LAPSE, by=None, now=now, ended_reason="It was not sent for signature in time.")
    signing.end_all(kind=KIND, subject_id=eoi.pk, why="The form lapsed.", now=now)
    for to, mail in letters.draft_lapsed(eoi):
        outbox.post(mail, key=f"draft-lapsed:{eoi.pk}:{now.isoformat()}:{to}", now=now)
    return True


@transaction.atomic
def revise(*, eoi_id: UUID, by: Any, now: datetime) -> ExpressionOfInterest:
    """Open a form that is being signed to change it; signatures stand until sending shows whose text changed.

    Raises NotAllowed once it could not be sent again: then it would only lapse.
    """
    eoi = locked(eoi_id)
    if eoi.state == State.DRAFT:
        return eoi
    if now >= signing_deadline(eoi, now=now):
        raise NotAllowed("The time for signing has passed. Ask the hub for more time, then open the form.")
    return move(eoi, Action.REVISE, by=by, now=now)


@transaction.atomic
def withdraw(*, eoi_id: UUID, by: Any, reason: str, now: datetime) -> ExpressionOfInterest:
    """The school takes its form back, in any state that is not over; who was asked to sign is asked no more."""
    eoi = locked(eoi_id)
    was, reason = State(eoi.state), plain_words(reason)
    move(eoi, Action.WITHDRAW, by=by, now=now, note=reason, ended_reason=reason)
    signing.end_all(kind=KIND, subject_id=eoi.pk, why="The form was withdrawn.", now=now)
    if was is State.ACCEPTED:
        _leave_the_roll(eoi, by=by, reason=reason, now=now)
    if eoi.sent_at is not None:
        for to, mail in letters.form_withdrawn(eoi, by_name=by.get_full_name(), reason=reason):
            outbox.post(mail, key=f"eoi-withdrawn:{eoi.pk}:{to}", now=now)
    return eoi


def _leave_the_roll(eoi: ExpressionOfInterest, *, by: Any, reason: str, now: datetime) -> None:
    for enrolment in Enrolment.objects.filter(eoi_id=eoi.pk):
        programmes.withdraw(enrolment_id=enrolment.pk, reason=reason, by=by, now=now)


def plain_words(text: str) -> str:
    """A person's own words as a mail may carry them: the places where links and codes go in are no words."""
    return text.replace("((", "( (").strip()
