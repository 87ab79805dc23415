"""What the rules of eligibility need to know, gathered in the same number of queries for one bid and for thirty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, prefetch_related_objects
from django.db.models.functions import Lower

from applications.models import ExpressionOfInterest, Extension, Nominee, Round
from applications.rules import (
    DAYS_TO_SIGN,
    GRACE,
    Bid,
    Entry,
    Offer,
    Past,
    People,
    Signatory,
    Window,
    closing,
)
from applications.states import LIVE, State
from core.audit.log import history
from core.clock import london_date
from hubs.models import Hub, Leader
from hubs.services import default_hubs_of_many
from programmes.models import Edition, Enrolment, Programme, Terms
from programmes.pathway import Stage
from programmes.rules import Lead
from programmes.states import EnrolmentState
from schools.models import RegisterImport, School, Status
from schools.succession import Family, family_of_many

HOLDING = (EnrolmentState.ACTIVE, EnrolmentState.COMPLETED)


# --- Rounds -------------------------------------------------------------------------------------------------------


def open_rounds(now: datetime) -> list[Round]:
    """The rounds that are open, with hub, edition and programme; those that close first come first. One query."""
    return list(
        Round.objects.open_at(now).select_related("hub", "edition__programme").order_by("closes_at", "hub__name", "pk")
    )


def current_rounds(now: datetime) -> list[Round]:
    """The rounds that are open or announced, with hub, edition and programme. One query."""
    return list(
        Round.objects.filter(Q(closes_at=None) | Q(closes_at__gt=now))
        .select_related("hub", "edition__programme")
        .order_by("edition__programme__order", "closes_at", "hub__name", "pk")
    )


def round_for(rounds: Iterable[Round], hubs: Sequence[Hub], *, now: datetime) -> Round | None:
    """Of these rounds the one for schools of these hubs: open and closing last, else opening next, else closed last."""
    own = [each for each in rounds if each.hub_id in {hub.pk for hub in hubs}]
    if is_open := [each for each in own if each.is_open(now)]:
        return max(is_open, key=lambda each: (each.closes_at, each.pk))
    far = now + timedelta(days=36_500)
    if coming := [each for each in own if each.closes_at is None or each.closes_at > now]:
        return min(coming, key=lambda each: (each.opens_at or far, each.pk))
    return max(own, key=lambda each: (each.closes_at, each.pk), default=None)


# --- One school before any form, one form, many forms -------------------------------------------------------------


def entry_of(school: School, *, register_of: date | None = None, successors: Sequence[tuple[str, str]] = ()) -> Entry:
    """What the register of a day says of a school, whose type and authority must be loaded."""
    return Entry(
        urn=school.pk,
        name=school.name,
        type_code=school.type_id,
        type_name=school.type.name,
        type_group=school.type.group_name,
        state_funded=school.type.state_funded,
        sector=school.type.sector,
        status=school.status,
        phase=school.phase,
        low_age=school.low_age,
        high_age=school.high_age,
        section_41=school.section_41,
        in_england=school.in_england,
        opened_on=school.opened_on,
        closed_on=school.closed_on,
        authority=school.la.name,
        register_of=register_of,
        successors=tuple(successors),
    )


def offer_of(edition: Edition, terms: Terms | None) -> Offer:
    """What an edition asks for by these terms; without terms nothing is promised yet."""
    programme = edition.programme
    common: dict[str, Any] = {
        "programme": programme.name,
        "phase": programme.phase,
        "year": edition.year,
        "stage": programme.stage,
        "specialist": programme.kind == Programme.Kind.SPECIALIST,
    }
    if terms is None:
        return Offer(**common, has_commitments=False)
    return Offer(
        **common,
        has_commitments=bool(terms.commitments.all()),
        by_form=terms.entry_by_eoi,
        once_only=terms.once_only,
        lead_teachers=terms.lead_teachers,
        senior_lead_teachers=terms.senior_lead_teachers,
        lead_role_wanted=terms.lead_role_wanted,
        must_sign=tuple(terms.must_sign),
    )


def window_of(round_: Round) -> Window:
    return Window(
        hub=round_.hub.name,
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        announced=round_.announced,
        first_meeting_on=london_date(round_.first_meeting_at) if round_.first_meeting_at else None,
        other_areas=round_.other_areas,
        is_full=round_.places_held >= round_.places,
    )


def bid_of(eoi: ExpressionOfInterest, *, now: datetime) -> Bid:
    """The facts of one form as they are now."""
    return bids_of([eoi], now=now)[eoi.pk]


def bids_of(eois: Sequence[ExpressionOfInterest], *, now: datetime) -> dict[UUID, Bid]:
    """The facts of many forms, by their ids."""
    prefetch_related_objects(
        list(eois),
        "school__type",
        "school__la",
        "edition__programme",
        "edition__terms__commitments",
        "terms__commitments",
        "round__hub",
        "nominees",
        "returns",
    )
    around = _around([_Wanted(eoi.school, eoi.edition, eoi.lane, eoi.pk) for eoi in eois], now=now)
    elsewhere = _leads_elsewhere(eois, around)
    extensions = _extensions(eois)
    bids = {
        eoi.pk: Bid(
            **_common(eoi.school, eoi.edition, _terms_of(eoi), eoi.round, around[n]),
            people=_people(eoi, elsewhere),
            hub_reason=eoi.hub_reason,
            hub_unsure=eoi.hub_unsure,
            saved_at=eoi.saved_at,
            sent_at=eoi.sent_at,
            is_live=eoi.state in LIVE,
            **_times(eoi, extensions.get((eoi.round_id, eoi.school_id), [])),
        )
        for n, eoi in enumerate(eois)
    }
    for eoi in eois:
        closes = closing(bids[eoi.pk])
        if eoi.state == State.DRAFT and closes is not None and closes <= now < closes + GRACE:
            bids[eoi.pk] = replace(bids[eoi.pk], saved_at=_saved_before(eoi, closes))
    return bids


def bid_of_school(school: School, edition: Edition, round_: Round | None, *, now: datetime) -> Bid:
    """The facts of a school that asks before any form, for an edition and the round of the hub it looks at."""
    prefetch_related_objects([school], "type", "la")
    prefetch_related_objects([edition], "programme", "terms__commitments")
    around = _around([_Wanted(school, edition, "", None)], now=now)[0]
    extensions = Extension.objects.filter(round=round_, school=school) if round_ else []
    later = [extension.closes_at for extension in extensions if extension.closes_at]
    return Bid(
        **_common(school, edition, edition.current_terms, round_, around),
        extended_until=max(later, default=None),
    )


# --- What lies around a bid ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Wanted:
    school: School
    edition: Edition
    lane: str
    eoi_id: UUID | None


@dataclass
class _Around:
    """What the database says of a school and an edition beside the form itself."""

    family: Family
    successors: list[tuple[str, str]]
    history: list[Past]
    is_enrolled: bool
    rival: str
    leads_a_group: str
    default_hubs: tuple[str, ...]
    register_of: date | None

    @property
    def urns(self) -> set[str]:
        return {*self.family.predecessors, *self.family.successors}


def _around(wanted: Sequence[_Wanted], *, now: datetime) -> list[_Around]:
    families = family_of_many({each.school.pk for each in wanted})
    kin = {urn: {urn, *one.predecessors, *one.successors} for urn, one in families.items()}
    everyone = set().union(*kin.values()) if kin else set()
    roll = list(
        Enrolment.objects.filter(school__in=everyone)
        .select_related("edition__programme")
        .only(
            "school_id",
            "lane",
            "state",
            "eoi_id",
            "edition__year",
            "edition__programme__phase",
            "edition__programme__stage",
        )
    )
    rivals = list(
        ExpressionOfInterest.objects.live()
        .filter(school__in=everyone, edition__in={each.edition.pk for each in wanted})
        .values("pk", "school_id", "edition_id", "lane", "round__hub__name")
    )
    hubs = default_hubs_of_many(list({each.school.pk: each.school for each in wanted}.values()), london_date(now))
    leaders = _leaders(everyone) if any(each.edition.programme.stage == Stage.SUSTAINING for each in wanted) else {}
    names = _names(
        {urn for each in wanted if each.school.status == Status.CLOSED for urn in families[each.school.pk].successors}
    )
    in_use = RegisterImport.objects.in_use()
    found = []
    for each in wanted:
        urns, edition = kin[each.school.pk], each.edition
        own = [e for e in roll if e.school_id in urns]
        found.append(
            _Around(
                family=families[each.school.pk],
                successors=[(urn, names[urn]) for urn in families[each.school.pk].successors if urn in names],
                history=[
                    Past(e.edition.programme.stage, e.edition.year, e.state, e.school_id)
                    for e in own
                    if e.edition.programme.phase == edition.programme.phase and e.edition.programme.stage
                ],
                is_enrolled=any(
                    e.edition_id == edition.pk
                    and e.lane == each.lane
                    and e.state in HOLDING
                    and (e.eoi_id is None or e.eoi_id != each.eoi_id)
                    for e in own
                ),
                rival=next(
                    (
                        r["round__hub__name"]
                        for r in rivals
                        if r["school_id"] in urns
                        and r["edition_id"] == edition.pk
                        and r["lane"] == each.lane
                        and r["pk"] != each.eoi_id
                    ),
                    "",
                ),
                leads_a_group=_leads_a_group(leaders, urns, edition.programme.phase),
                default_hubs=tuple(hub.name for hub in hubs[each.school.pk]),
                register_of=in_use.as_of if in_use else None,
            )
        )
    return found


def _names(urns: set[str]) -> dict[str, str]:
    """The names of those successors that are not closed themselves."""
    return (
        dict(School.objects.filter(pk__in=urns).exclude(status=Status.CLOSED).values_list("urn", "name"))
        if urns
        else {}
    )


def _leaders(urns: set[str]) -> dict[tuple[str, str], bool]:
    """(URN, phase) of schools where a leader of Work Groups works; True where one of them is a trained specialist."""
    found: dict[tuple[str, str], bool] = {}
    for urn, phase, cohort in (
        Leader.objects.active().filter(school__in=urns).values_list("school_id", "phase", "cohort")
    ):
        found[urn, phase] = found.get((urn, phase), False) or cohort is not None
    return found


def _leads_a_group(leaders: Mapping[tuple[str, str], bool], urns: set[str], phase: str) -> str:
    known = [leaders[urn, phase] for urn in urns if (urn, phase) in leaders]
    return ("specialist" if any(known) else "leader") if known else ""


def _common(
    school: School, edition: Edition, terms: Terms | None, round_: Round | None, around: _Around
) -> dict[str, Any]:
    return {
        "entry": entry_of(school, register_of=around.register_of, successors=around.successors),
        "offer": offer_of(edition, terms),
        "window": window_of(round_) if round_ else None,
        "history": tuple(around.history),
        "leads_a_group": around.leads_a_group,
        "rival": around.rival,
        "is_enrolled": around.is_enrolled,
        "default_hubs": around.default_hubs,
    }


def _saved_before(eoi: ExpressionOfInterest, closes: datetime) -> datetime:
    """The last save before closing: in the half hour after it, what is saved then must not hide it."""
    saves = history(eoi).filter(action__in=["eoi.begun", "eoi.saved"], at__lt=closes).order_by("-at")
    last = saves.values_list("at", flat=True).first()
    return last if last is not None and eoi.saved_at >= closes else eoi.saved_at


# --- The form itself ----------------------------------------------------------------------------------------------


def _terms_of(eoi: ExpressionOfInterest) -> Terms | None:
    """Those it was sent on; a draft is judged by those published now, on which it would be sent."""
    return eoi.edition.current_terms if eoi.state == State.DRAFT or eoi.terms is None else eoi.terms


def leads_of(eoi: ExpressionOfInterest) -> tuple[Lead, ...]:
    """The lead teachers of a form, named or not yet, in order; reads the prefetched nominees."""
    return tuple(
        Lead(
            name=nominee.name,
            email=nominee.email,
            role=nominee.role_code,
            role_text=nominee.role,
            senior=nominee.senior,
            trn_hash=nominee.trn_hash,
        )
        for nominee in sorted(eoi.nominees.all(), key=lambda n: n.position)
        if nominee.position in Nominee.LEADS
    )


def _people(eoi: ExpressionOfInterest, elsewhere: Mapping[UUID, tuple[str, ...]]) -> People:
    signing = {n.position: Signatory(n.post, n.name, n.email) for n in eoi.nominees.all()}
    return People(
        leads=leads_of(eoi),
        head=signing.get(Nominee.Position.HEAD, Signatory()),
        head_of_department=signing.get(Nominee.Position.HEAD_OF_DEPARTMENT, Signatory()),
        leads_elsewhere=elsewhere.get(eoi.pk, ()),
    )


def _leads_elsewhere(eois: Sequence[ExpressionOfInterest], around: Sequence[_Around]) -> dict[UUID, tuple[str, ...]]:
    """The lead teachers of each form who stand in a live form of another school in the same year, by their names."""
    leads = [n for eoi in eois for n in eoi.nominees.all() if n.position in Nominee.LEADS]
    emails = {n.email.strip().casefold() for n in leads if n.email}
    trns = {n.trn_hash for n in leads if n.trn_hash}
    if not emails and not trns:
        return {}
    others = list(
        Nominee.objects.filter(
            position__in=Nominee.LEADS,
            eoi__state__in=LIVE,
            eoi__edition__year__in={eoi.edition.year for eoi in eois},
        )
        .annotate(address=Lower("email"))
        .filter(Q(address__in=emails) | Q(trn_hash__in=trns))
        .values("eoi__school_id", "eoi__edition__year", "address", "trn_hash")
    )
    found = {}
    for eoi, near in zip(eois, around, strict=True):
        urns = {eoi.school_id, *near.urns}
        there = [o for o in others if o["eoi__edition__year"] == eoi.edition.year and o["eoi__school_id"] not in urns]
        found[eoi.pk] = tuple(
            nominee.name
            for nominee in eoi.nominees.all()
            if nominee.position in Nominee.LEADS
            and any(
                (nominee.email and o["address"] == nominee.email.strip().casefold())
                or (nominee.trn_hash and o["trn_hash"] == nominee.trn_hash)
                for o in there
            )
        )
    return found


def _extensions(eois: Sequence[ExpressionOfInterest]) -> dict[tuple[Any, Any], list[Extension]]:
    found: dict[tuple[Any, Any], list[Extension]] = {}
    granted = Extension.objects.filter(
        round__in={eoi.round_id for eoi in eois}, school__in={eoi.school_id for eoi in eois}
    )
    for extension in granted:
        found.setdefault((extension.round_id, extension.school_id), []).append(extension)
    return found


def _times(eoi: ExpressionOfInterest, extensions: Sequence[Extension]) -> dict[str, Any]:
    """Until when this form may be sent beyond the round's closing, and signed: by extension, or by a return."""
    returned = [each.correct_by for each in eoi.returns.all()]
    sending = [each.closes_at for each in extensions if each.closes_at] + returned
    signing = [each.signing_deadline_at for each in extensions if each.signing_deadline_at] + returned
    if own := eoi.signing_ends():
        signing.append(own)
    elif eoi.sent_at:
        signing.append(eoi.sent_at + DAYS_TO_SIGN)
    return {"extended_until": max(sending, default=None), "signing_ends_at": max(signing, default=None)}


def trns_missing(eoi: ExpressionOfInterest) -> list[Nominee]:
    """The lead teachers with neither a reference number nor a reason why there is none."""
    return [n for n in eoi.nominees.all() if n.position in Nominee.LEADS and not n.trn_hash and not n.trn_reason]
