"""How a school answers an offer: accepting puts it on the roll, refusing frees the place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.services import person_at
from applications import facts, trn
from applications.emails import deciding as letters
from applications.models import ExpressionOfInterest, Nominee
from applications.reminders import BETWEEN
from applications.services.deciding import missing_names, tell_hub_of_free_place
from applications.services.moving import locked, move
from applications.services.signed import standing_of
from applications.states import Action, NotAllowed, State
from core.links import services as links
from core.links.models import Link
from core.notifications import outbox
from core.notifications.models import Message
from core.secrets import decrypt
from core.signing import services as signing
from programmes import services as programmes
from schools.models import SchoolRole
from schools.services import appoint


class SignaturesMissing(NotAllowed):
    """An offer on condition is accepted only once everyone has signed."""


class TrnMissing(NotAllowed):
    """A lead teacher's reference number, or the reason why there is none, is not in yet."""


@transaction.atomic
def accept(
    *,
    eoi_id: UUID,
    by: Any,
    by_name: str,
    now: datetime,
    link: Link | None = None,
    trns: Mapping[str, tuple[str, str]] | None = None,
) -> ExpressionOfInterest:
    """Accept an offer: the school is on the roll with its lead teachers, in the same transaction.

    `by` is the signed-in person, or None for who holds a personal link; `by_name` is whose name the letters give;
    `trns` gives, by position, a lead teacher's number or the reason why there is none, where the form lacks it.
    Raises SignaturesMissing, TrnMissing and NotAllowed, each worded for the reader.
    """
    eoi = locked(eoi_id)
    _in_time(eoi, now)
    if missing := missing_names(eoi):
        raise SignaturesMissing(
            f"Everyone has to sign before the place can be accepted. Still to sign: {', '.join(missing)}."
        )
    for position, (number, reason) in (trns or {}).items():
        eoi.nominees.filter(position=position, trn_hash="", trn_reason="").update(**trn.kept(number), trn_reason=reason)
    if lacking := facts.trns_missing(eoi):
        names = " and ".join(n.name for n in lacking)
        raise TrnMissing(f"Enter the teacher reference number of {names}, or say why there is none.")
    move(eoi, Action.ACCEPT, by=by, now=now, answered_by_name=by_name, answered_at=now, on_condition=False)
    programmes.enrol(
        edition=eoi.edition,
        terms=eoi.terms,
        school=eoi.school,
        hub=eoi.round.hub,
        lane=eoi.lane,
        eoi_id=eoi.pk,
        advocates=[
            programmes.Named(
                name=n.name,
                email=n.email,
                role=n.role,
                senior=bool(n.senior),
                trn=decrypt(n.trn_encrypted) if n.trn_encrypted else "",
            )
            for n in eoi.nominees.all()
            if n.position in Nominee.LEADS
        ],
        by=by,
        now=now,
    )
    _give_roles(eoi, by=by, now=now)
    _end_links(eoi, link, now)
    for letter in [*letters.place_confirmed(eoi, by_name=by_name), *letters.place_taken_up(eoi, by_name=by_name)]:
        outbox.post(letter.mail, key=f"eoi-accepted:{eoi.pk}:{letter.mail.kind}:{letter.to}", now=now)
    return eoi


@transaction.atomic
def refuse(
    *, eoi_id: UUID, by: Any, by_name: str, now: datetime, reason: str = "", link: Link | None = None
) -> ExpressionOfInterest:
    """Refuse an offer: the place is free, and the hub lead hears who is first in reserve."""
    eoi = locked(eoi_id)
    _in_time(eoi, now)
    move(
        eoi,
        Action.REFUSE,
        by=by,
        now=now,
        note=reason,
        answered_by_name=by_name,
        answered_at=now,
        ended_reason=reason,
    )
    _end_links(eoi, link, now)
    signing.end_all(kind="eoi", subject_id=eoi.pk, why="refused", now=now)
    for letter in letters.place_refused(eoi, by_name=by_name, reason=reason):
        outbox.post(letter.mail, key=f"eoi-refused:{eoi.pk}:{letter.to}", now=now)
    tell_hub_of_free_place(eoi, now=now)
    return eoi


def _end_links(eoi: ExpressionOfInterest, link: Link | None, now: datetime) -> None:
    if link is not None:
        links.use(link=link, now=now)
    letters.end_offer_links(eoi, why="answered", now=now, keep=link)


def _in_time(eoi: ExpressionOfInterest, now: datetime) -> None:
    if eoi.state == State.OFFERED and eoi.answer_by is not None and now >= eoi.answer_by:
        raise NotAllowed("The day to answer has passed. Ask the hub whether there is still a place.")


def _person(nominee: Nominee) -> Any:
    user = person_at(email=nominee.email)
    if not user.name:
        user.name = nominee.name
        user.save(update_fields=["name"])
    return user


def _give_roles(eoi: ExpressionOfInterest, *, by: Any, now: datetime) -> None:
    """The people of the place may read what concerns them: an account is theirs once they sign in."""
    wanted = {
        Nominee.Position.HEAD: SchoolRole.HEAD,
        Nominee.Position.HEAD_OF_DEPARTMENT: SchoolRole.HEAD_OF_DEPARTMENT,
        Nominee.Position.LEAD_1: SchoolRole.ADVOCATE,
        Nominee.Position.LEAD_2: SchoolRole.ADVOCATE,
    }
    for nominee in eoi.nominees.all():
        if nominee.email:
            user = _person(nominee)
            appoint(school=eoi.school, user=user, role=wanted[Nominee.Position(nominee.position)], by=by, now=now)
    appoint(school=eoi.school, user=eoi.begun_by, role=SchoolRole.COORDINATOR, by=by, now=now)


def offer_link_again(link: Link, now: datetime) -> None:
    """A fresh link to the address on file, if the offer still stands."""
    eoi = ExpressionOfInterest.objects.select_related("round__hub", "edition__programme", "school").get(
        pk=link.subject_id
    )
    if eoi.state != State.OFFERED or eoi.answer_by is None or now >= eoi.answer_by:
        return
    links.end(links=Link.objects.filter(pk=link.pk), why="reissued", now=now)
    letter = letters.offer_link_again(eoi, link, now=now)
    outbox.post(letter.mail, key=f"eoi-offer-link:{eoi.pk}:{now.isoformat()}:{link.pk}", now=now)


@transaction.atomic
def remind_of_offer(*, eoi_id: UUID, step: str, now: datetime) -> bool:
    """Ask those who may answer an offer once more, each with a link that takes the place of the one before; one mail a
    step, never two within 48 hours. Says whether it went."""
    eoi = locked(eoi_id)
    if eoi.state != State.OFFERED or eoi.answer_by is None or now >= eoi.answer_by:
        return False
    told = Message.objects.filter(kind="applications.offer_reminder", subject_id=eoi.pk)
    key = f"eoi-offer-reminder:{eoi.pk}:{step}-{eoi.answer_by.date().isoformat()}"
    if told.filter(Q(created_at__gt=now - BETWEEN) | Q(key__startswith=f"{key}:")).exists():
        return False
    links.end(links=Link.objects.filter(kind=letters.OFFER_LINK, subject_id=eoi.pk), why="reissued", now=now)
    for letter in letters.offer_unanswered(eoi, standings=standing_of(eoi), now=now):
        outbox.post(letter.mail, key=f"{key}:{letter.to}", now=now)
    return True


def wording_of_offer(link: Link) -> dict[str, Any]:
    """What the Continue page says."""
    eoi = ExpressionOfInterest.objects.select_related("school", "edition__programme", "round__hub").get(
        pk=link.subject_id
    )
    return {
        "heading": f"A place for {eoi.school.name}",
        "lines": [
            f"{eoi.round.hub.name} offers a place in {eoi.edition}.",
            f"On the next page {link.name} can accept or refuse it.",
        ],
        "button": "Continue",
    }
