"""The letters of a decision: one function per message. A preview calls the same functions, so it shows what is sent."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from applications import facts
from applications.emails.frame import ABOUT, about, site
from applications.models import ExpressionOfInterest, Nominee
from applications.states import Action, State
from core.links import services as links
from core.links.models import Link
from core.notifications.kinds import Kind, always
from core.notifications.models import Message
from core.notifications.outbox import Mail
from core.signing.services import Standing
from core.signing.states import State as SignatureState
from hubs.models import HubMembership, HubRole
from schools.models import SchoolMembership, SchoolRole

OFFER_LINK = "applications.answer_offer"
LINK_TO_COME = "-"  # in a letter that is composed before its personal link is made


@dataclass(frozen=True)
class Letter:
    """A mail and the stable word for its recipient that its occasion key carries."""

    to: str
    mail: Mail
    answers: bool = False  # its personal link accepts or refuses the offer

    @property
    def shown(self) -> str:
        """The text as a preview prints it: the link is made, and known to its owner alone, when the letter goes."""
        return self.mail.text.replace("((personal link))", "[their own link stands here]")


def _still_offered(message: Message, now: datetime) -> bool:
    return ExpressionOfInterest.objects.filter(pk=message.subject_id, state=State.OFFERED).exists()


KINDS = (
    Kind("applications.offer", essential=True, still_wanted=_still_offered),
    Kind("applications.offer_reminder", essential=True, still_wanted=_still_offered),
    Kind("applications.offer_link", essential=True, still_wanted=_still_offered),
    Kind("applications.decision", essential=True, still_wanted=always),
    Kind("applications.place_confirmed", essential=True, still_wanted=always),
    Kind("applications.for_the_hub", essential=True, still_wanted=always),
)


def _applicants(eoi: ExpressionOfInterest) -> list[tuple[str, str, str]]:
    """Who works on the form, as (key, name, address)."""
    editors = sorted(eoi.editors.all(), key=lambda editor: (editor.since, editor.pk))
    return [(f"user-{editor.user_id}", editor.user.get_full_name(), editor.user.email) for editor in editors]


def _leaders(eoi: ExpressionOfInterest) -> list[tuple[str, str, str]]:
    """The head and the head of department, once where they are one person, as (key, name, address)."""
    found: dict[str, tuple[str, str, str]] = {}
    for nominee in sorted(eoi.nominees.all(), key=lambda n: n.position != Nominee.Position.HEAD):
        if nominee.position not in Nominee.LEADS and nominee.email:
            found.setdefault(nominee.email.casefold(), (f"person-{nominee.person_uuid}", nominee.name, nominee.email))
    return list(found.values())


def _coordinators(eoi: ExpressionOfInterest) -> list[tuple[str, str, str]]:
    """Who coordinates the school in the portal, as (key, name, address)."""
    now = SchoolMembership.objects.filter(school=eoi.school_id, role=SchoolRole.COORDINATOR, ended_at=None)
    return [
        (f"user-{each.user_id}", each.user.get_full_name(), each.user.email)
        for each in now.select_related("user").order_by("since", "pk")
    ]


def _to_applicants(eoi: ExpressionOfInterest, kind: str, template: str, **context: Any) -> list[Letter]:
    return [
        Letter(key, about(eoi, kind=kind, template=template, name=name, email=email, **context))
        for key, name, email in _applicants(eoi)
    ]


def _to_school(
    eoi: ExpressionOfInterest,
    kind: str,
    template: str,
    *,
    besides: Sequence[tuple[str, str, str]] = (),
    **context: Any,
) -> list[Letter]:
    """To those who work on the form, the head and the head of department: one letter an address."""
    people: dict[str, tuple[str, str, str]] = {}
    for key, name, email in [*_leaders(eoi), *_applicants(eoi), *besides]:
        people.setdefault(email.casefold(), (key, name, email))
    return [
        Letter(key, about(eoi, kind=kind, template=template, name=name, email=email, **context))
        for key, name, email in people.values()
    ]


def still_to_sign(standings: Iterable[Standing]) -> list[str]:
    """Who has not signed, by name, and who of them said no; empty when all have signed."""
    return [
        f"{s.request.name} (has said no)" if s.state == SignatureState.REFUSED else s.request.name
        for s in standings
        if s.state != SignatureState.SIGNED
    ]


def said_no(standings: Iterable[Standing]) -> set[str]:
    """The addresses of who said no to signing: they are not asked to accept a place either."""
    return {s.request.email.casefold() for s in standings if s.state == SignatureState.REFUSED}


def offer_letters(
    eoi: ExpressionOfInterest, *, answer_by: datetime, standings: Sequence[Standing], words: str = ""
) -> list[Letter]:
    """An offer: to head and head of department with a personal link, to who works on the form without one."""
    missing, unwilling = still_to_sign(standings), said_no(standings)
    context: dict[str, Any] = {
        "answer_by": answer_by - timedelta(minutes=1),
        "missing": missing,
        "without_number": [n.name for n in facts.trns_missing(eoi)],
        "words": words,
        "first_meeting_at": eoi.round.first_meeting_at,
    }
    with_link = [
        Letter(
            key,
            about(
                eoi, kind="applications.offer", template="offer", name=name, email=email, secret=LINK_TO_COME, **context
            ),
            answers=True,
        )
        for key, name, email in _leaders(eoi)
        if email.casefold() not in unwilling
    ]
    known = {letter.mail.to_email.casefold() for letter in with_link}
    asked = [letter.mail.to_name for letter in with_link]
    without = [
        Letter(
            key,
            about(
                eoi,
                kind="applications.offer",
                template="offer_applicant",
                name=name,
                email=email,
                asked=asked,
                **context,
            ),
        )
        for key, name, email in _applicants(eoi)
        if email.casefold() not in known
    ]
    return [*with_link, *without]


def offer_made(eoi: ExpressionOfInterest, *, standings: Sequence[Standing], now: datetime) -> list[Letter]:
    """The letters of an offer that stands, each with a personal link of its own."""
    assert eoi.answer_by is not None
    letters = offer_letters(eoi, answer_by=eoi.answer_by, standings=standings, words=eoi.decision_words)
    return [_linked(eoi, letter, now=now) if letter.answers else letter for letter in letters]


def offer_after_all(
    eoi: ExpressionOfInterest, *, email: str, standings: Sequence[Standing], now: datetime
) -> list[Letter]:
    """The offer's letter to a head or head of department who had said no when it was made, and has signed now."""
    assert eoi.answer_by is not None
    letters = offer_letters(eoi, answer_by=eoi.answer_by, standings=standings, words=eoi.decision_words)
    theirs = [letter for letter in letters if letter.answers and letter.mail.to_email.casefold() == email.casefold()]
    if Link.objects.filter(kind=OFFER_LINK, subject_id=eoi.pk, email__iexact=email, ended_at=None).exists():
        return []
    return [_linked(eoi, letter, now=now) for letter in theirs]


def _linked(eoi: ExpressionOfInterest, letter: Letter, *, now: datetime) -> Letter:
    assert eoi.answer_by is not None
    _, url = links.issue(
        kind=OFFER_LINK,
        subject_id=eoi.pk,
        name=letter.mail.to_name,
        email=letter.mail.to_email,
        valid_until=eoi.answer_by,
        now=now,
        scope=eoi.round.hub_id,
    )
    return dataclasses.replace(letter, mail=dataclasses.replace(letter.mail, secret=url))


def offer_link_again(eoi: ExpressionOfInterest, link: Link, *, now: datetime) -> Letter:
    """A fresh link to answer the offer, to the address on file."""
    assert eoi.answer_by is not None
    mail = about(
        eoi,
        kind="applications.offer_link",
        template="offer_link",
        name=link.name,
        email=link.email,
        secret=LINK_TO_COME,
        answer_by=eoi.answer_by - timedelta(minutes=1),
    )
    return _linked(eoi, Letter(f"link-{link.pk}", mail, answers=True), now=now)


def offer_unanswered(eoi: ExpressionOfInterest, *, standings: Sequence[Standing], now: datetime) -> list[Letter]:
    """An offer that lapses soon, to those who may answer it: head and head of department by a new link, unless they
    said no to signing, coordinators signed in; one letter an address."""
    missing, unwilling = still_to_sign(standings), said_no(standings)
    assert eoi.answer_by is not None
    people: dict[str, tuple[str, str, str, bool]] = {}
    for (key, name, email), by_link in [
        *((each, True) for each in _leaders(eoi) if each[2].casefold() not in unwilling),
        *((each, False) for each in _coordinators(eoi)),
    ]:
        people.setdefault(email.casefold(), (key, name, email, by_link))
    letters = []
    for key, name, email, by_link in people.values():
        mail = about(
            eoi,
            kind="applications.offer_reminder",
            template="offer_reminder",
            name=name,
            email=email,
            secret=LINK_TO_COME if by_link else "",
            by_link=by_link,
            answer_url=site(reverse("applications:answer", args=[eoi.pk])),
            answer_by=eoi.answer_by - timedelta(minutes=1),
            others=[other for _, other, address, _ in people.values() if address != email],
            missing=missing,
        )
        letter = Letter(key, mail, answers=by_link)
        letters.append(_linked(eoi, letter, now=now) if by_link else letter)
    return letters


def end_offer_links(eoi: ExpressionOfInterest, *, why: str, now: datetime, keep: Link | None = None) -> None:
    """End the links by which the offer could be answered; for 30 days they show what became of it."""
    others = Link.objects.filter(kind=OFFER_LINK, subject_id=eoi.pk)
    links.settle(links=others.exclude(pk=keep.pk) if keep else others, why=why, now=now)


def held(eoi: ExpressionOfInterest, *, words: str = "") -> list[Letter]:
    return _to_school(eoi, "applications.decision", "held", words=words)


def _open_now(eoi: ExpressionOfInterest, now: datetime) -> list[dict[str, Any]]:
    """What the hub has open for schools of this phase besides this edition; read once a round, however many letters."""
    kept: list[dict[str, Any]] | None = getattr(eoi.round, "_open_besides", None)
    if kept is None:
        programme = eoi.edition.programme
        kept = [
            {
                "programme": other.edition.programme.name,
                "years": other.edition.years,
                "hub": other.hub.name,
                "closes": other.closes_at - timedelta(minutes=1) if other.closes_at else None,
            }
            for other in facts.open_rounds(now)
            if other.hub_id == eoi.round.hub_id
            and other.edition_id != eoi.edition_id
            and other.edition.programme.phase == programme.phase
            and other.edition.programme.kind == programme.kind
        ]
        eoi.round._open_besides = kept
    return kept


def not_chosen(eoi: ExpressionOfInterest, *, reason: str, words: str = "", now: datetime) -> list[Letter]:
    """Which reason, in the hub's own words, and what is open to the school now."""
    return _to_school(
        eoi,
        "applications.decision",
        "not_chosen",
        reason=ExpressionOfInterest.NotChosen(reason).label,
        words=words,
        others=_open_now(eoi, now),
        check_url=site(reverse("applications:check", args=[eoi.school_id])),
    )


def returned(eoi: ExpressionOfInterest, *, words: str, correct_by: datetime) -> list[Letter]:
    return _to_applicants(
        eoi, "applications.decision", "returned", words=words, correct_by=correct_by - timedelta(minutes=1)
    )


def offer_taken_back(eoi: ExpressionOfInterest, *, words: str) -> list[Letter]:
    return _to_school(eoi, "applications.decision", "offer_taken_back", words=words)


def decided_again(eoi: ExpressionOfInterest, *, words: str) -> list[Letter]:
    """The form is back among those to be decided."""
    return _to_school(eoi, "applications.decision", "decided_again", words=words)


def reopened(eoi: ExpressionOfInterest, *, words: str, until: datetime) -> list[Letter]:
    return _to_applicants(eoi, "applications.decision", "reopened", words=words, until=until - timedelta(minutes=1))


def more_time(eoi: ExpressionOfInterest, *, send_by: datetime | None, sign_by: datetime | None) -> list[Letter]:
    """To who works on a form: the hub has given the school more time to send it, to sign it, or both."""
    minute = timedelta(minutes=1)
    return _to_applicants(
        eoi,
        "applications.decision",
        "more_time",
        send_by=send_by - minute if send_by else None,
        sign_by=sign_by - minute if sign_by else None,
    )


def lapsed(eoi: ExpressionOfInterest, *, words: str) -> list[Letter]:
    return _to_applicants(eoi, "applications.decision", "lapsed", words=words)


def offer_lapsed(eoi: ExpressionOfInterest) -> list[Letter]:
    """To all whom an offer or its reminders reached: head, head of department, coordinators, who works on the form."""
    return _to_school(eoi, "applications.decision", "offer_lapsed", besides=_coordinators(eoi))


def place_confirmed(eoi: ExpressionOfInterest, *, by_name: str) -> list[Letter]:
    """The place is taken up: to the school and to both lead teachers."""
    letters = _to_school(
        eoi,
        "applications.place_confirmed",
        "place_confirmed",
        by_name=by_name,
        first_meeting_at=eoi.round.first_meeting_at,
    )
    known = {letter.mail.to_email.casefold() for letter in letters}
    for nominee in eoi.nominees.all():
        if nominee.position in Nominee.LEADS and nominee.email.casefold() not in known:
            mail = about(
                eoi,
                kind="applications.place_confirmed",
                template="place_confirmed",
                name=nominee.name,
                email=nominee.email,
                by_name=by_name,
                first_meeting_at=eoi.round.first_meeting_at,
            )
            letters.append(Letter(f"person-{nominee.person_uuid}", mail))
            known.add(nominee.email.casefold())
    return letters


def place_refused(eoi: ExpressionOfInterest, *, by_name: str, reason: str) -> list[Letter]:
    """The school gave its place back: to those who work on the form, as the record of it."""
    return _to_school(eoi, "applications.decision", "place_refused", by_name=by_name, reason=reason)


def _to_hub_leads(eoi: ExpressionOfInterest, template: str, **context: Any) -> list[Letter]:
    leads = HubMembership.objects.filter(hub=eoi.round.hub_id, role=HubRole.LEAD, ended_at=None).select_related("user")
    return [
        Letter(
            f"user-{lead.user_id}",
            about(
                eoi,
                kind="applications.for_the_hub",
                template=template,
                name=lead.user.get_full_name(),
                email=lead.user.email,
                queue_url=site(reverse("applications:queue", args=[eoi.round_id])),
                bid_url=site(reverse("applications:bid", args=[eoi.pk])),
                **context,
            ),
        )
        for lead in leads.order_by("since", "pk")
    ]


def place_is_free(eoi: ExpressionOfInterest, *, first_reserve: ExpressionOfInterest | None) -> list[Letter]:
    """To the hub leads: a place has come free, and who is first in reserve."""
    return _to_hub_leads(
        eoi,
        "place_is_free",
        first_reserve=first_reserve,
        by_name=eoi.answered_by_name,
        reason=eoi.ended_reason,
        unanswered=eoi.state == State.LAPSED,
    )


def place_taken_up(eoi: ExpressionOfInterest, *, by_name: str) -> list[Letter]:
    return _to_hub_leads(eoi, "place_taken_up", by_name=by_name)


def preview(
    eoi: ExpressionOfInterest,
    action: Action,
    *,
    standings: Sequence[Standing],
    now: datetime,
    choices: dict[str, Any],
) -> list[Letter]:
    """The letters that an action would send, composed by the functions that send them; personal links left open."""
    words = choices.get("words", "")
    match action:
        case Action.OFFER:
            return offer_letters(eoi, answer_by=choices["answer_by"], standings=standings, words=words)
        case Action.HOLD:
            return held(eoi, words=words)
        case Action.NOT_CHOOSE:
            return not_chosen(eoi, reason=choices["reason"], words=words, now=now)
        case Action.RETURN:
            return returned(eoi, words=words, correct_by=choices["correct_by"])
        case Action.TAKE_BACK:
            return offer_taken_back(eoi, words=words)
        case Action.PUT_BACK | Action.RECONSIDER:
            return decided_again(eoi, words=words)
        case _:
            return []


__all__ = ["ABOUT", "KINDS", "OFFER_LINK", "Letter", "preview"]
