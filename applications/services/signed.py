"""What each person signs, who must sign, and how the signatures of a form stand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from applications.models import ExpressionOfInterest, Nominee
from applications.wording import ROLE_OF, post_of, role_word, words_of
from core.signing import services as signing
from core.signing.models import SignatureRequest
from core.signing.services import Person, Standing
from core.signing.states import State as RequestState
from core.ui.templatetags.hub import joined
from programmes.models import Terms
from programmes.rules import Words, sentence

KIND = "eoi"
STATEMENT = "statement"  # the code of the question whose answer the head of department signs for


def terms_of(eoi: ExpressionOfInterest) -> Terms | None:
    """The terms a form is on: those it was sent on, for a draft those published now."""
    return eoi.edition.current_terms if eoi.state == "draft" or eoi.terms is None else eoi.terms


def positions_of(terms: Terms | None) -> list[str]:
    """Whom a form names, in the order of its pages: who must sign by the terms, and as many lead teachers."""
    must_sign = terms.must_sign if terms else ["head", "head_of_department", "lead"]
    lead_teachers = terms.lead_teachers if terms else 2
    named = [Nominee.Position.HEAD] if "head" in must_sign else []
    if "head_of_department" in must_sign:
        named.append(Nominee.Position.HEAD_OF_DEPARTMENT)
    return [*named, *Nominee.LEADS[:lead_teachers]]


def nominees_of(eoi: ExpressionOfInterest) -> list[Nominee]:
    """The people of a form that its terms ask for and that have a name, in the order of its pages."""
    by_position = {n.position: n for n in eoi.nominees.all()}
    return [by_position[p] for p in positions_of(terms_of(eoi)) if p in by_position and by_position[p].name]


def text_for(eoi: ExpressionOfInterest, person_uuid: UUID) -> str:
    """The full text that one person signs: the same for all, and under it their own part of the form."""
    terms = terms_of(eoi)
    words = words_of(eoi.edition.programme, eoi.school)
    nominees = nominees_of(eoi)
    lines = [
        f"{eoi.edition.programme.full_name} {eoi.edition.years}, terms {terms.number if terms else 1}",
        f"{eoi.school.name}, URN {eoi.school_id}" + (f", {eoi.lane}" if eoi.lane else ""),
        "",
        "If our school gets a place:",
        *[f"{c.number}. {c.text}" for c in (terms.commitments.all() if terms else [])],
        "",
        f"{sentence(words.leads)}:",
        *[_lead_line(n) for n in nominees if n.position in Nominee.LEADS],
        "",
        *[
            f"Signs as {role_word(ROLE_OF[Nominee.Position(n.position)], words)}: {n.name}, {post_of(n, words)}"
            for n in nominees
            if n.position not in Nominee.LEADS
        ],
    ]
    own = [n for n in nominees if n.person_uuid == person_uuid]
    if any(n.position == Nominee.Position.HEAD_OF_DEPARTMENT for n in own):
        statement = next((a.text for a in eoi.answers.all() if a.code == STATEMENT), "")
        lines += ["", f"Statement of the {words.head_of_department}:", statement]
    for nominee in own:
        if nominee.position in Nominee.LEADS:
            senior = {True: "yes", False: "no", None: "not asked"}[nominee.senior]
            lines += [
                "",
                f"Own entry as {words.lead}:",
                f"{nominee.name}, {nominee.role}; experienced, with the authority to make change happen: {senior}",
            ]
    return "\n".join(lines) + "\n"


def _lead_line(nominee: Nominee) -> str:
    return f"{nominee.name}, {nominee.role}"


def people_of(eoi: ExpressionOfInterest) -> list[Person]:
    """Everyone who must sign, each once with all their roles and the exact text put before them."""
    words = words_of(eoi.edition.programme, eoi.school)
    own: dict[UUID, list[Nominee]] = {}
    for nominee in nominees_of(eoi):
        own.setdefault(nominee.person_uuid, []).append(nominee)
    return [
        Person(
            person_uuid=person_uuid,
            name=theirs[0].name,
            email=theirs[0].email,
            roles=tuple(dict.fromkeys(ROLE_OF[Nominee.Position(n.position)] for n in theirs)),
            posts={ROLE_OF[Nominee.Position(n.position)]: post_of(n, words)[:120] for n in theirs},
            text=text_for(eoi, person_uuid),
        )
        for person_uuid, theirs in own.items()
    ]


@dataclass(frozen=True)
class Change:
    """What differs between two texts to sign, and both wordings where these are short."""

    what: str
    before: str = ""
    now: str = ""


def changes(before: SignatureRequest, *, text: str, roles: Collection[str], email: str, words: Words) -> list[Change]:
    """What has changed since a person was asked, in the order of the text; empty where nothing has."""
    old, new = _blocks(before.text), _blocks(text)
    found = []
    if old[0] != new[0]:
        found.append(Change("the terms of the programme" if old[0][1:] == new[0][1:] else "the school’s entry"))
    if old[1] != new[1]:
        found.append(Change("what is promised"))
    if old[2] != new[2]:
        found.append(Change(f"the {words.leads}", "; ".join(old[2][1:]), "; ".join(new[2][1:])))
    signs_then, signs_now = _who_signs(old[3]), _who_signs(new[3])
    for role in dict.fromkeys([*signs_then, *signs_now]):
        if signs_then.get(role) != signs_now.get(role):
            found.append(Change(f"who signs as {role}", signs_then.get(role, "nobody"), signs_now.get(role, "nobody")))
    (statement_then, entry_then), (statement_now, entry_now) = _own_part(old[4]), _own_part(new[4])
    if statement_then != statement_now:
        found.append(Change("the statement"))
    if entry_then != entry_now:
        found.append(Change(f"the entry as {words.lead}"))
    if list(before.roles) != list(roles):
        found.append(Change("the roles to sign in"))
    if before.email.casefold() != email.casefold():
        found.append(Change("the e-mail address"))
    return found


def _blocks(text: str) -> list[list[str]]:
    """The five blocks of a text as `text_for` writes it: heading, promises, lead teachers, who signs, the own part."""
    blocks = [block.strip().split("\n") for block in text.split("\n\n", 4)]
    return [*blocks, *[[""]] * (5 - len(blocks))]


def _own_part(lines: Sequence[str]) -> tuple[str, str]:
    """The statement and the entry as lead teacher, each empty where the person has none."""
    whole = "\n".join(lines)
    at = whole.rfind("Own entry as ")
    return (whole, "") if at < 0 else (whole[:at].strip(), whole[at:])


def _who_signs(lines: Sequence[str]) -> dict[str, str]:
    """Name and post by role."""
    pairs = (line.removeprefix("Signs as ").partition(": ") for line in lines)
    return {role: who for role, _, who in pairs if who}


@dataclass(frozen=True)
class Renewal:
    """What sending the form again means for one of its people."""

    name: str
    email: str
    roles: tuple[str, ...]
    says: str
    signs_again: bool = False


@dataclass(frozen=True)
class Renewals:
    """The same for all of them, by the plan that sending follows; `leaving` names who is asked no more."""

    people: list[Renewal]
    leaving: list[str]

    @property
    def again(self) -> list[Renewal]:
        return [each for each in self.people if each.signs_again]

    @property
    def any_stands(self) -> bool:
        return any(each.says == _STANDS for each in self.people)


_STANDS = "Has signed, and the signature stands."


def renewals_of(eoi: ExpressionOfInterest, *, now: datetime) -> Renewals:
    """Who would be asked to sign again if a form that was sent before were sent now, and why."""
    words = words_of(eoi.edition.programme, eoi.school)
    plan = signing.plan(kind=KIND, subject_id=eoi.pk, people=people_of(eoi), now=now)
    people = []
    for step in plan.steps:
        person = step.person
        says = _says(step, words)
        people.append(Renewal(person.name, person.email, person.roles, says, step.takes_a_signature_away))
    return Renewals(people, [request.name for request in plan.leaving])


def _says(step: signing.Step, words: Words) -> str:
    person, before = step.person, step.before
    if step.counts_again is not None:
        return "Signed exactly this before, and that signature counts again."
    if before is None:
        return "Is asked for the first time."
    if step.stays:
        return _STANDS if before.state == RequestState.SIGNED else "Has been asked, and that link goes on working."
    found = changes(before, text=person.text, roles=person.roles, email=person.email, words=words)
    why = f"{joined(change.what for change in found)} changed" if found else ""
    if before.state == RequestState.REFUSED:
        return f"Said no, and is asked once more{f': {why}' if why else ''}."
    if before.state == RequestState.SIGNED:
        return f"Signs again: {why or 'the earlier signature no longer counts'}."
    return f"Is asked again: {why or 'the link has ended'}."


def content_sha256(eoi: ExpressionOfInterest) -> str:
    """The fingerprint of what is promised and said: no hub, address, telephone, TRN or year groups."""
    terms = terms_of(eoi)
    content = {
        "school": eoi.school_id,
        "lane": eoi.lane,
        "edition": str(eoi.edition_id),
        "terms": terms.number if terms else None,
        "commitments": [[c.number, c.text] for c in (terms.commitments.all() if terms else [])],
        "people": [[n.position, n.name, n.post, n.role, n.role_code, n.senior] for n in nominees_of(eoi)],
        "answers": sorted([a.code, a.text] for a in eoi.answers.all()),
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def standing_of(eoi: ExpressionOfInterest) -> list[Standing]:
    """How each person's request stands, in the order they were asked."""
    return signing.standing(KIND, eoi.pk)


def all_signed(eoi: ExpressionOfInterest) -> bool:
    """Whether everyone who was asked has signed."""
    return signing.all_signed(KIND, eoi.pk)


def someone_said_no(eoi: ExpressionOfInterest) -> bool:
    return any(s.state == RequestState.REFUSED for s in standing_of(eoi))


def standings_of_many(eois: Iterable[ExpressionOfInterest]) -> dict[UUID, list[Standing]]:
    """The same for many forms at once, for lists: without the signatures; one query."""
    return signing.standing_of(KIND, [eoi.pk for eoi in eois])


def dots(standings: Sequence[Standing]) -> list[tuple[str, str]]:
    """One dot a person who must sign: its state, and what it means in words."""
    return [(str(s.state), f"{s.request.name}: {_WORDS[str(s.state)]}") for s in standings]


_WORDS = {"signed": "signed", "asked": "asked, not signed yet", "refused": "said no"}


def signatures_of_many(eois: Iterable[ExpressionOfInterest]) -> dict[UUID, list[tuple[str, str]]]:
    """The dots of many forms, in the same one query for one and for a thousand."""
    eois = list(eois)
    standings = standings_of_many(eois)
    return {eoi.pk: dots(standings.get(eoi.pk, [])) for eoi in eois}


def with_all(eois: Any) -> Any:
    """A queryset of forms with everything that signing reads of them, in a number of queries that never grows."""
    return eois.select_related(
        "round__hub", "edition__programme", "school__type", "school__la", "terms", "begun_by"
    ).prefetch_related(
        "nominees",
        "answers",
        "editors__user",
        "terms__commitments",
        "edition__terms__commitments",
        "edition__terms__questions",
    )
