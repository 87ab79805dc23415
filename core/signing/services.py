"""Asking for signatures, taking them, and saying how they stand."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from core.audit.log import record
from core.links import services as links
from core.links.models import Link
from core.signing import chain
from core.signing.kinds import LINK
from core.signing.models import Signature, SignatureRequest, SignatureVoid
from core.signing.states import OPEN, Action, NotAllowed, State, after, before

__all__ = [
    "AlreadySigned",
    "Asked",
    "NotAllowed",
    "Person",
    "Plan",
    "Standing",
    "Step",
    "all_signed",
    "ask",
    "end_all",
    "extend",
    "hand_over",
    "plan",
    "refuse",
    "reissue",
    "remind",
    "request_of",
    "sign",
    "standing",
    "standing_of",
    "void",
]


@dataclass(frozen=True)
class Person:
    """Who is asked, in which roles and posts, and the exact text put before them."""

    person_uuid: UUID
    name: str
    email: str
    roles: tuple[str, ...]
    posts: dict[str, str]
    text: str


@dataclass(frozen=True)
class Asked:
    """A request that has just got a link; the address exists nowhere else. `before`: the one it takes the place of."""

    request: SignatureRequest
    url: str
    before: SignatureRequest | None = None


@dataclass(frozen=True)
class Step:
    """What asking means for one person: their request `stays`, an earlier one `counts_again`, or they are asked, anew
    where they have an open request (`before`)."""

    person: Person
    before: SignatureRequest | None = None
    stays: bool = False
    counts_again: SignatureRequest | None = None

    @property
    def asks(self) -> bool:
        return not self.stays and self.counts_again is None

    @property
    def takes_a_signature_away(self) -> bool:
        return self.asks and self.before is not None and self.before.state == State.SIGNED


@dataclass(frozen=True)
class Plan:
    """What asking would do: a step for each person, and the requests of those who are asked no more."""

    steps: list[Step]
    leaving: list[SignatureRequest]


@dataclass(frozen=True)
class Standing:
    """How one person's open request stands: asked, signed or refused; `signatures` are those that count."""

    request: SignatureRequest
    signatures: list[Signature] = field(default_factory=list)
    state: str = State.ASKED


class AlreadySigned(NotAllowed):
    """The request was signed before; what it asked for is done."""


@transaction.atomic
def ask(
    *,
    kind: str,
    subject_id: UUID,
    scope: UUID | None,
    people: Sequence[Person],
    valid_until: datetime,
    content_sha256: str,
    now: datetime,
    terms_version: str = "",
) -> list[Asked]:
    """Ask each person for their signature, and give the requests that are new.

    Whose signature stands on the same text, or who was asked for it and has not answered, is left out (their link is
    moved to `valid_until`); whose text, roles or address changed, or who said no, is asked anew; who is no longer
    listed is asked no more. A signature given on a text that is the present one again counts again.
    """
    if len({person.person_uuid for person in people}) != len(people):
        raise ValueError("Each person is asked once, in all their roles.")
    theirs = SignatureRequest.objects.select_for_update().filter(kind=kind, subject_id=subject_id)
    planned = _plan(kind, subject_id, people, list(theirs.filter(state__in=OPEN)), now=now)
    for request in planned.leaving:
        _end(request, why="No longer one of those who sign.", now=now)
    asked: list[Asked] = []
    for step in planned.steps:
        person, old = step.person, step.before
        if step.stays and old is not None:
            _extend(theirs.filter(pk=old.pk), valid_until=valid_until)
            theirs.filter(pk=old.pk, state=State.ASKED).update(content_sha256=content_sha256)
            continue
        if old is not None:
            _end(old, why="Asked anew.", now=now)
        if step.counts_again is not None:
            _count_again(step.counts_again)
            continue
        asked.append(
            _ask_one(
                SignatureRequest(
                    kind=kind,
                    subject_id=subject_id,
                    scope=scope,
                    person_uuid=person.person_uuid,
                    name=person.name,
                    email=person.email,
                    roles=list(person.roles),
                    post=dict(person.posts),
                    terms_version=terms_version,
                    text=person.text,
                    text_sha256=chain.text_sha256(person.text),
                    content_sha256=content_sha256,
                    valid_until=valid_until,
                    asked_at=now,
                ),
                before=old,
                now=now,
            )
        )
    return asked


def plan(*, kind: str, subject_id: UUID, people: Sequence[Person], now: datetime) -> Plan:
    """What `ask` would do for these people now, without doing it: so that it can be said before it happens."""
    present = SignatureRequest.objects.filter(kind=kind, subject_id=subject_id, state__in=OPEN).select_related("link")
    return _plan(kind, subject_id, people, list(present), now=now)


def _plan(
    kind: str, subject_id: UUID, people: Sequence[Person], open_ones: Sequence[SignatureRequest], *, now: datetime
) -> Plan:
    present = {request.person_uuid: request for request in open_ones}
    listed = {person.person_uuid for person in people}
    steps = []
    for person in people:
        old = present.get(person.person_uuid)
        if old is not None and _is_same(old, person) and _still_good(old, now=now):
            steps.append(Step(person, old, stays=True))
        else:
            steps.append(Step(person, old, counts_again=_earlier(kind, subject_id, person)))
    return Plan(steps, [request for request in open_ones if request.person_uuid not in listed])


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
) -> list[Signature]:
    """Take a person's signature, a row for each of their roles, and append them to the chain.

    `link_id` is None for who signs while signed in. Raises AlreadySigned for a second tap, and NotAllowed where the
    request is not open, the link has ended, a role is not ticked or no name is typed. The head of the chain stays
    locked until the transaction ends: call this after everything slow, in one transaction with what follows from it.
    """
    request = SignatureRequest.objects.select_for_update().get(pk=request_id)
    if request.state == State.SIGNED:
        raise AlreadySigned("You have signed this already.")
    to = after(request.state, Action.SIGN)
    typed_name = clean_name(typed_name)
    if not typed_name:
        raise NotAllowed("Type your full name to sign.")
    if set(roles) != set(request.roles):
        raise NotAllowed("Tick each of the roles in which you sign.")
    if not statement.strip():
        raise NotAllowed("Tick the statement above the button to sign.")
    if grade not in ("A", "B", "C", "D"):
        raise ValueError(f"There is no evidence grade {grade!r}.")
    link = _links_of(request).select_for_update().first()
    if link_id is not None and (link is None or link.pk != link_id or not link.is_open(now)):
        raise NotAllowed("This link has ended. Ask for a new one to sign.")
    if now >= request.valid_until:
        raise NotAllowed("The time for signing has passed.")
    moved = SignatureRequest.objects.filter(pk=request.pk, state__in=before(Action.SIGN))
    if not moved.update(state=to, answered_at=now, reason=""):
        raise AlreadySigned("You have signed this already.")
    if link is not None and link.is_open(now):
        links.use(link=link, now=now)
    signatures = [
        Signature(
            request=request,
            subject_id=request.subject_id,
            role=role,
            post=request.post.get(role, ""),
            typed_name=typed_name,
            email=request.email,
            link_id=link_id,
            terms_version=request.terms_version,
            text=request.text,
            text_sha256=request.text_sha256,
            content_sha256=request.content_sha256,
            statement=statement,
            grade=grade,
            signed_at=now,
            address=address[:45],
            browser=_plain(browser)[:300],
        )
        for role in request.roles
    ]
    _append(signatures)
    return signatures


@transaction.atomic
def refuse(*, request_id: UUID, reason: str, now: datetime, link_id: UUID | None = None) -> SignatureRequest:
    """Take a person's no and its reason; their link shows it from now on, the other signatures stand.

    Raises NotAllowed.
    """
    request = SignatureRequest.objects.select_for_update().get(pk=request_id)
    _needs_open_link(request, link_id, now)
    return _answer(request, Action.REFUSE, reason=reason, now=now)


@transaction.atomic
def hand_over(*, request_id: UUID, reason: str, now: datetime, link_id: UUID | None = None) -> SignatureRequest:
    """Take a person's word that they are not who signs here (`reason` says who does); their request and link end."""
    request = SignatureRequest.objects.select_for_update().get(pk=request_id)
    _needs_open_link(request, link_id, now)
    return _answer(request, Action.HAND_OVER, reason=reason, now=now)


@transaction.atomic
def reissue(*, request_id: UUID, by: Any, now: datetime, valid_until: datetime | None = None) -> Asked:
    """Give an unsigned request a new link to the address on file and end its old one, on record with who asked.

    `by` None: the person themselves, from the page of a dead link. `valid_until` moves the request's time; without it a
    request whose time has passed is refused. Raises NotAllowed.
    """
    request = SignatureRequest.objects.select_for_update().get(pk=request_id)
    if request.state not in (State.ASKED, State.REFUSED):
        raise NotAllowed("Only who has not signed yet gets a new link.")
    if valid_until is not None:
        request.valid_until = valid_until
    if now >= request.valid_until:
        raise NotAllowed("The time for signing has passed.")
    links.end(links=_links_of(request), why="reissued", now=now)
    link, url = links.issue(
        kind=LINK,
        subject_id=request.pk,
        name=request.name,
        email=request.email,
        valid_until=request.valid_until,
        now=now,
        scope=request.scope,
    )
    request.link = link
    request.save(update_fields=["link", "valid_until"])
    record("signing.link_reissued", request, by=by, at=now, scope=request.scope)
    return Asked(request, url)


@transaction.atomic
def remind(*, request_id: UUID, by: Any, now: datetime) -> Asked:
    """A new link for a reminder: only hashes of links are kept, so each reminder carries its own. Raises NotAllowed."""
    asked = reissue(request_id=request_id, by=by, now=now)
    asked.request.reminded_at = now
    asked.request.save(update_fields=["reminded_at"])
    return asked


@transaction.atomic
def end_all(*, kind: str, subject_id: UUID, why: str, now: datetime) -> int:
    """End every open request of a subject and its link, signed ones apart: they are done. Says how many."""
    waiting = SignatureRequest.objects.select_for_update().filter(
        kind=kind, subject_id=subject_id, state__in=[State.ASKED, State.REFUSED]
    )
    found = list(waiting)
    for request in found:
        _end(request, why=why, now=now)
    return len(found)


@transaction.atomic
def extend(*, kind: str, subject_id: UUID, valid_until: datetime, now: datetime | None = None) -> int:
    """Move the time for signing of every request not yet signed, and of its link; says how many."""
    waiting = SignatureRequest.objects.filter(
        kind=kind, subject_id=subject_id, state__in=[State.ASKED, State.REFUSED]
    ).select_for_update()
    return _extend(waiting, valid_until=valid_until)


@transaction.atomic
def void(*, signature_id: UUID, why: str, by: Any, now: datetime) -> SignatureVoid:
    """Say that a signature no longer counts; the row stays, this one follows it in the chain, and its request ends."""
    signature = Signature.objects.select_related("request").get(pk=signature_id)
    request = SignatureRequest.objects.select_for_update().get(pk=signature.request_id)
    if SignatureVoid.objects.filter(signature=signature).exists():
        raise NotAllowed("This signature is void already.")
    if request.state == State.SIGNED:
        _end(request, why=why, now=now)
    row = SignatureVoid(signature=signature, why=why[:300], at=now, by=by)
    _append([row])
    return row


def standing(kind: str, subject_id: UUID) -> list[Standing]:
    """How each of a subject's open requests stands, in the order they were asked; two queries."""
    requests = _open_requests(kind, [subject_id]).prefetch_related(
        Prefetch("signatures", Signature.objects.filter(void=None).order_by("number"))
    )
    return [
        Standing(request, list(request.signatures.all()) if request.state == State.SIGNED else [], request.state)
        for request in requests
    ]


def standing_of(kind: str, subject_ids: Collection[UUID]) -> dict[UUID, list[Standing]]:
    """The same for many subjects at once, for lists: names, addresses and states, no signatures; one query."""
    found: dict[UUID, list[Standing]] = {}
    for request in _open_requests(kind, subject_ids).only("subject_id", "name", "email", "state"):
        found.setdefault(request.subject_id, []).append(Standing(request, state=request.state))
    return found


def _open_requests(kind: str, subject_ids: Collection[UUID]) -> QuerySet[SignatureRequest]:
    open_ones = SignatureRequest.objects.filter(kind=kind, subject_id__in=subject_ids, state__in=OPEN)
    return open_ones.order_by("asked_at", "name", "id")


def all_signed(kind: str, subject_id: UUID) -> bool:
    """Whether there is an open request and every one of them is signed."""
    states = set(
        SignatureRequest.objects.filter(kind=kind, subject_id=subject_id, state__in=OPEN).values_list(
            "state", flat=True
        )
    )
    return states == {State.SIGNED}


def request_of(link: Link) -> SignatureRequest:
    """The request that a personal link is for; its `link_id` is another's once it was reissued."""
    return SignatureRequest.objects.get(pk=link.subject_id)


def clean_name(name: str) -> str:
    """A typed name in NFC, spaces single, without controls that are invisible or turn the reading direction."""
    name = unicodedata.normalize("NFC", name)
    return " ".join(
        "".join(" " if c.isspace() else c for c in name if c.isspace() or unicodedata.category(c)[0] != "C").split()
    )


def _plain(text: str) -> str:
    return "".join(c for c in text if unicodedata.category(c) != "Cc")


def _is_same(request: SignatureRequest, person: Person) -> bool:
    return (
        request.text_sha256 == chain.text_sha256(person.text)
        and list(request.roles) == list(person.roles)
        and request.email.casefold() == person.email.casefold()
    )


def _still_good(request: SignatureRequest, *, now: datetime) -> bool:
    """Whether the request needs no new mail: signed, or asked with a link that still opens."""
    if request.state == State.SIGNED:
        return not SignatureVoid.objects.filter(signature__request=request).exists()
    link = request.link
    return request.state == State.ASKED and link is not None and link.is_open(now)


def _earlier(kind: str, subject_id: UUID, person: Person) -> SignatureRequest | None:
    """An ended request under which the person signed exactly this text, if there is one."""
    earlier = SignatureRequest.objects.filter(
        kind=kind,
        subject_id=subject_id,
        person_uuid=person.person_uuid,
        state=State.ENDED,
        text_sha256=chain.text_sha256(person.text),
        pk__in=Signature.objects.filter(subject_id=subject_id).values("request_id"),
    )
    for request in earlier.order_by("-answered_at"):
        if _is_same(request, person) and not SignatureVoid.objects.filter(signature__request=request).exists():
            return request
    return None


def _count_again(request: SignatureRequest) -> None:
    to = after(State.ENDED, Action.COUNT_AGAIN)
    SignatureRequest.objects.filter(pk=request.pk, state=State.ENDED).update(state=to, reason="")


def _ask_one(request: SignatureRequest, *, before: SignatureRequest | None, now: datetime) -> Asked:
    request.link, url = links.issue(
        kind=LINK,
        subject_id=request.pk,
        name=request.name,
        email=request.email,
        valid_until=request.valid_until,
        now=now,
        scope=request.scope,
    )
    request.save(force_insert=True)
    return Asked(request, url, before)


def _links_of(request: SignatureRequest) -> QuerySet[Link]:
    """The one link of a request, or none."""
    return Link.objects.filter(pk=request.link_id) if request.link_id is not None else Link.objects.none()


def _answer(request: SignatureRequest, action: Action, *, reason: str, now: datetime) -> SignatureRequest:
    to = after(request.state, action)
    SignatureRequest.objects.filter(pk=request.pk, state=request.state).update(state=to, answered_at=now, reason=reason)
    end = links.settle if action == Action.REFUSE else links.end  # who said no may read it again, and change their mind
    end(links=_links_of(request), why=to.value, now=now)
    request.refresh_from_db()
    return request


def _needs_open_link(request: SignatureRequest, link_id: UUID | None, now: datetime) -> None:
    if link_id is None:
        return
    link = Link.objects.filter(pk=link_id).first()
    if link is None or request.link_id != link_id or not link.is_open(now):
        raise NotAllowed("This link has ended. Ask for a new one to answer.")


def _end(request: SignatureRequest, *, why: str, now: datetime) -> None:
    to = after(request.state, Action.END)
    SignatureRequest.objects.filter(pk=request.pk, state=request.state).update(state=to, reason=why)
    links.end(links=_links_of(request), why="ended", now=now)


def _extend(requests: QuerySet[SignatureRequest], *, valid_until: datetime) -> int:
    waiting = [r for r in requests if r.state in (State.ASKED, State.REFUSED)]
    SignatureRequest.objects.filter(pk__in=[r.pk for r in waiting]).update(valid_until=valid_until)
    links.extend(links=Link.objects.filter(pk__in=[r.link_id for r in waiting]), valid_until=valid_until)
    return len(waiting)


def _append(rows: Sequence[Signature | SignatureVoid]) -> None:
    """The last step: lock the head, and add each row with its evidence and link."""
    appender = chain.Appender()
    for row in rows:
        row.evidence = chain.evidence_of(row)
        row.number = appender.append(row.evidence)
        row.save(force_insert=True)
