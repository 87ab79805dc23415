"""Beginning a form and saving it page by page; a page that somebody else has changed is never overwritten."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q

from applications import trn
from applications.models import Answer, Editor, ExpressionOfInterest, Nominee, Round
from applications.states import NotAllowed, State
from core.audit.log import record
from core.documents.references import new_reference
from hubs.models import Hub, HubArea, HubSchool
from programmes.models import Edition
from schools.models import School

HUB_PAGE = "school"


class Stale(Exception):
    """Somebody else has saved this page since it was opened; carries the form as it stands now, who and when."""

    def __init__(self, eoi: ExpressionOfInterest, *, by: Any, at: datetime | None) -> None:
        super().__init__("Somebody else has changed this page.")
        self.eoi, self.by, self.at = eoi, by, at


class NoOpenRound(NotAllowed):
    """No hub that the school may choose takes forms for this edition now."""


@dataclass(frozen=True)
class HubChoice:
    """A hub's round that a school may send its form to. `default`: the school's own, or one of those that share its
    authority; `round` is open or will be."""

    round: Round
    default: bool
    set_for_school: bool

    @property
    def hub(self) -> Hub:
        return self.round.hub


def hub_choices(*, school: School, edition: Edition, now: datetime, today: date) -> list[HubChoice]:
    """Every round of an edition that a school may choose, its own hubs first, by name; one query."""
    area = HubArea.objects.on(today).filter(la=school.la_id, hub=OuterRef("hub"))
    rounds = (
        Round.objects.filter(edition=edition)
        .select_related("hub")
        .annotate(
            of_area=Exists(area),
            of_school=Exists(HubSchool.objects.filter(school=school.pk, hub=OuterRef("hub"))),
            school_has_one=Exists(HubSchool.objects.filter(school=school.pk)),
        )
        .order_by("hub__name")
    )
    found = []
    for each in rounds:
        default = each.of_school if each.school_has_one else each.of_area
        if default or each.other_areas != Round.OtherAreas.NO:
            found.append(HubChoice(each, default=default, set_for_school=each.of_school))
    return sorted(found, key=lambda c: not c.default)


def portals_choice(choices: Sequence[HubChoice], now: datetime) -> HubChoice | None:
    """The hub for a school that does not know: of its own whose round is open, the one that closes last."""
    own = [c for c in choices if c.default and c.round.is_open(now)]
    return max(own, key=lambda c: c.round.closes_at, default=None)  # type: ignore[arg-type, return-value]


def needs_reason(choices: Sequence[HubChoice], round_id: UUID) -> bool:
    """Whether a choice is not the school's default, so that a line of reason is asked."""
    return not any(c.default and c.round.pk == round_id for c in choices)


def other_drafts(*, school: School, edition: Edition, by: Any) -> int:
    """How many colleagues' drafts there are; a number only, for a draft shows nobody's name."""
    return (
        ExpressionOfInterest.objects.filter(school=school, edition=edition, state=State.DRAFT)
        .exclude(editors__user=by)
        .count()
    )


def own_draft(*, school: School, edition: Edition, by: Any) -> ExpressionOfInterest | None:
    """The draft that a person works on already for this school and edition."""
    return (
        ExpressionOfInterest.objects.filter(school=school, edition=edition, state=State.DRAFT, editors__user=by)
        .order_by("begun_at")
        .first()
    )


@transaction.atomic
def begin(
    *,
    school: School,
    edition: Edition,
    once: UUID,
    by: Any,
    now: datetime,
    today: date,
    round_id: UUID | None = None,
    name: str = "",
) -> ExpressionOfInterest:
    """Begin a form, or give the one that the same post, or the same person for the same school, has begun already.

    `round_id` chooses the hub; without it the portal takes the school's own. Raises NoOpenRound.
    """
    if found := ExpressionOfInterest.objects.filter(once=once, begun_by=by).first():
        return found
    if found := own_draft(school=school, edition=edition, by=by):
        return found
    choices = [c for c in hub_choices(school=school, edition=edition, now=now, today=today) if c.round.is_open(now)]
    own = [c for c in choices if c.default]
    chosen = next((c for c in choices if c.round.pk == round_id), None) or portals_choice(choices, now)
    if chosen is None:
        raise NoOpenRound(f"No round of your hub takes forms for {edition} now.")
    if name and name != by.name:
        by.name = name
        by.save(update_fields=["name"])
    eoi = _insert(
        school=school,
        edition=edition,
        round=chosen.round,
        once=once,
        begun_by=by,
        begun_at=now,
        saved_at=now,
        # With one hub of its own there is nothing to choose; with several, the page still asks.
        hub_confirmed=chosen.default and len(own) == 1,
    )
    if eoi.begun_by_id != by.pk:
        raise NotAllowed("Open the page again: this form was begun by somebody else.")
    Editor.objects.get_or_create(eoi=eoi, user=by, defaults={"since": now})
    record(
        "eoi.begun",
        eoi,
        by=by,
        at=now,
        scope=eoi.round.hub_id,
        after={"school": school.pk, "edition": str(edition.pk), "round": str(eoi.round_id)},
    )
    return eoi


def _insert(**fields: Any) -> ExpressionOfInterest:
    """A new row under a reference that nobody has; the same `once` posted twice gives the first one's row."""
    for _ in range(8):
        reference = new_reference()
        try:
            with transaction.atomic():
                return ExpressionOfInterest.objects.create(reference=reference, **fields)
        except IntegrityError:
            if first := ExpressionOfInterest.objects.filter(once=fields["once"]).first():
                return first
            if not ExpressionOfInterest.objects.filter(reference=reference).exists():
                raise
    raise RuntimeError("Eight references in a row were taken.")


def changed_since(eoi: ExpressionOfInterest, page: str, seen: int) -> bool:
    """Whether a page was saved after the version that somebody has seen of it."""
    return int(eoi.pages.get(page, {}).get("version", 0)) > seen


@transaction.atomic
def save_page(
    *,
    eoi_id: UUID,
    page: str,
    seen: int,
    by: Any,
    now: datetime,
    fields: Mapping[str, Any] | None = None,
    nominees: Mapping[str, Mapping[str, Any]] | None = None,
    answers: Mapping[str, str] | None = None,
    round_id: UUID | None = None,
) -> ExpressionOfInterest:
    """Save one page of a draft: columns, people by position, answers by code, the round where another hub is chosen.

    Raises Stale when the page was saved with other values after version `seen`, and NotAllowed when the form is no
    draft any more.
    """
    eoi = (
        ExpressionOfInterest.objects.select_for_update(of=("self",))
        .select_related("round__hub", "edition__programme", "school__type", "school__la")
        .get(pk=eoi_id)
    )
    if eoi.state != State.DRAFT:
        raise NotAllowed("This form has been sent. Open it to see where it stands.")
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    changes: dict[str, Any] = {}
    for name, value in (fields or {}).items():
        if getattr(eoi, name) != value:
            before[name], after[name], changes[name] = getattr(eoi, name), value, value
    if round_id is not None and round_id != eoi.round_id:
        chosen = Round.objects.select_related("hub").get(pk=round_id, edition=eoi.edition_id)
        before["round"], after["round"], changes["round_id"] = str(eoi.round_id), str(chosen.pk), chosen.pk
    for position, values in (nominees or {}).items():
        _save_nominee(eoi, position, dict(values), before, after)
    for code, text in (answers or {}).items():
        _save_answer(eoi, code, text, before, after)
    if after and changed_since(eoi, page, seen):  # what was written above goes with the transaction
        last = eoi.pages[page]
        raise Stale(eoi, by=last["by"], at=datetime.fromisoformat(last["at"]))
    pages = {**eoi.pages, page: {"version": eoi.version + 1, "at": now.isoformat(), "by": str(by.pk)}}
    draft = ExpressionOfInterest.objects.filter(pk=eoi.pk)
    draft.update(version=F("version") + 1, pages=pages, saved_at=now, **changes)
    if after:
        scope = changes.get("round_id") and Round.objects.values_list("hub", flat=True).get(pk=changes["round_id"])
        record("eoi.saved", eoi, by=by, at=now, scope=scope or eoi.round.hub_id, before=before, after=after, note=page)
    return ExpressionOfInterest.objects.get(pk=eoi.pk)


def _save_nominee(
    eoi: ExpressionOfInterest, position: str, values: dict[str, Any], before: dict[str, Any], after: dict[str, Any]
) -> None:
    """Write one person; somebody new at the place gets an id of their own, who stands at another place keeps theirs."""
    number = values.pop("trn", None)
    if number is not None:
        values |= trn.kept(number)
    others = list(eoi.nominees.exclude(position=position))
    nominee = eoi.nominees.filter(position=position).first() or Nominee(eoi=eoi, position=position)
    old = (nominee.name, nominee.email, nominee.person_uuid)
    for name, value in values.items():
        if name == "trn_encrypted":
            if values["trn_hash"] == nominee.trn_hash:
                continue  # the same number under a fresh nonce is no change
        elif getattr(nominee, name) != value:
            shown = ("(kept)" if value else "") if name == "trn_hash" else value
            before[f"{position}.{name}"] = "" if name == "trn_hash" else getattr(nominee, name)
            after[f"{position}.{name}"] = shown
        setattr(nominee, name, value)
    nominee.person_uuid = _who(nominee, old, others)
    nominee.save()


def _same(a: tuple[str, str], b: tuple[str, str]) -> bool:
    return [" ".join(x.casefold().split()) for x in a] == [" ".join(x.casefold().split()) for x in b]


def _who(nominee: Nominee, old: tuple[str, str, UUID], others: Sequence[Nominee]) -> UUID:
    """The id of the person now named: one id for one name and address, whatever places they hold."""
    name, email, kept = old
    for other in others:
        if nominee.email and _same((nominee.name, nominee.email), (other.name, other.email)):
            return other.person_uuid
    shared = any(other.person_uuid == kept for other in others)
    changed_both = nominee.name.casefold() != name.casefold() and nominee.email.casefold() != email.casefold()
    if shared or (email and changed_both):
        return uuid.uuid4()
    return kept


def _save_answer(
    eoi: ExpressionOfInterest, code: str, text: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    answer = eoi.answers.filter(code=code).first() or Answer(eoi=eoi, code=code)
    if answer.pk is None or answer.text != text:
        before[f"answer.{code}"], after[f"answer.{code}"] = answer.text, text
        answer.text = text
        answer.save()


def change_hub(
    *, eoi_id: UUID, round_id: UUID, reason: str, unsure: bool, seen: int, by: Any, now: datetime
) -> ExpressionOfInterest:
    """Choose the hub of a draft; a reason is kept where it is not the school's default."""
    return save_page(
        eoi_id=eoi_id,
        page=HUB_PAGE,
        seen=seen,
        by=by,
        now=now,
        round_id=round_id,
        fields={"hub_confirmed": True, "hub_reason": reason, "hub_unsure": unsure},
    )


def add_own_details(
    *, eoi: ExpressionOfInterest, person_uuid: UUID, number: str, reason: str, year_groups: Sequence[str],
    not_timetabled: bool, now: datetime,
) -> None:  # fmt: skip
    """What a lead teacher adds of themselves on their signing page; it stands outside what is promised."""
    leads = eoi.nominees.filter(Q(position__in=Nominee.LEADS), person_uuid=person_uuid)
    changes: dict[str, Any] = {}
    if number:
        changes |= {**trn.kept(number), "trn_reason": ""}
    elif reason:
        changes |= {"trn_reason": reason}
    if year_groups or not_timetabled:
        changes |= {"year_groups": list(year_groups), "not_timetabled": not_timetabled}
    if changes and leads.update(**changes):
        kept = {name: "(kept)" for name in sorted(changes) if name != "trn_encrypted"}
        after = {**kept, "person": str(person_uuid)}
        record("eoi.own_details_added", eoi, at=now, scope=eoi.round.hub_id, after=after)
