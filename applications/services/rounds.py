"""Rounds announced, dated and changed by their hub, and more time given to one school."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from applications.emails import deciding
from applications.emails import rounds as letters
from applications.models import ExpressionOfInterest, Extension, Round
from applications.services.signed import KIND, with_all
from applications.states import SIGNABLE, NotAllowed, State
from core.audit.log import record
from core.notifications import outbox
from core.signing import services as signing
from hubs.models import Hub
from programmes.models import Edition
from schools.models import School

# What a hub sets of its round; the edition and the hub stay, and places held are moved by decisions alone.
FIELDS = (
    "announced", "opens_at", "closes_at", "signing_deadline_at", "panel_on", "decisions_by", "days_to_answer", "places",
    "first_meeting_at", "arrangements", "how_we_select", "guidance", "contact_name", "contact_email",
    "contact_telephone", "other_areas", "head_grade",
)  # fmt: skip


class Stale(NotAllowed):
    """Somebody else has changed the round since its page was loaded; carries the round as it is now."""

    def __init__(self, round_: Round) -> None:
        super().__init__(
            "Somebody else has changed this round since you opened the page. Nothing of yours was saved: "
            "compare, and save again."
        )
        self.round = round_


class PlacesHeld(NotAllowed):
    """More places are held than the round would have."""


class NoCommitments(NotAllowed):
    """What schools promise in this edition is not published, so no round can open on it."""


class RoundExists(NotAllowed):
    """The hub has a round of this edition; carries it, so that a second post finds the first one's."""

    def __init__(self, round_: Round) -> None:
        super().__init__("Your hub has a round for this programme already.")
        self.round = round_


@transaction.atomic
def announce(*, hub: Hub, edition: Edition, fields: Mapping[str, Any], by: Any, now: datetime) -> Round:
    """Announce a hub's round for an edition, with its dates or in words. Raises RoundExists, NoCommitments."""
    _may_open(edition, fields)
    if there := Round.objects.filter(hub=hub, edition=edition).first():
        raise RoundExists(there)
    try:
        with transaction.atomic():
            round_ = Round.objects.create(hub=hub, edition=edition, **_known(fields))
    except IntegrityError:  # two posts at once: the constraint lets one through
        there = Round.objects.filter(hub=hub, edition=edition).first()
        if there is None:
            raise
        raise RoundExists(there) from None
    record("round.announced", round_, by=by, at=now, scope=hub.pk, after=_told(round_, FIELDS))
    return round_


@transaction.atomic
def change(*, round_id: UUID, version: int, fields: Mapping[str, Any], by: Any, now: datetime) -> Round:
    """Change a round as it stood at `version`. Raises Stale, PlacesHeld, NoCommitments.

    A signing deadline that moves, moves for the forms that have none of their own, and with it their links.
    """
    round_ = Round.objects.select_for_update(of=("self",)).select_related("edition").get(pk=round_id)
    if round_.version != version:
        raise Stale(round_)
    wanted = {name: value for name, value in _known(fields).items() if getattr(round_, name) != value}
    if not wanted:
        return round_
    _may_open(round_.edition, fields)
    if "places" in wanted and wanted["places"] < round_.places_held:
        raise PlacesHeld(
            f"{round_.places_held} places are offered or accepted: there cannot be fewer. Take an offer back first."
        )
    before = _told(round_, wanted)
    # The guard stands in the update too: a place may be offered at this very moment.
    changed = Round.objects.filter(
        pk=round_.pk, version=version, places_held__lte=wanted.get("places", F("places"))
    ).update(version=F("version") + 1, **wanted)
    if not changed:
        raise Stale(Round.objects.get(pk=round_.pk))
    round_.refresh_from_db()
    record("round.changed", round_, by=by, at=now, scope=round_.hub_id, before=before, after=_told(round_, wanted))
    if "signing_deadline_at" in wanted and round_.signing_deadline_at is not None:
        signed_by_the_round = round_.eois.filter(state__in=SIGNABLE, signing_deadline_at=None)
        for eoi_id in signed_by_the_round.values_list("pk", flat=True):
            signing.extend(kind=KIND, subject_id=eoi_id, valid_until=round_.signing_deadline_at)
    return round_


@transaction.atomic
def cancel(*, round_id: UUID, by: Any, now: datetime) -> None:
    """Take a round away for which no form was ever begun; what it said stays in the audit trail. Raises NotAllowed."""
    round_ = Round.objects.select_for_update(of=("self",)).select_related("edition__programme", "hub").get(pk=round_id)
    if round_.eois.exists():
        raise NotAllowed(
            "A school has begun a form in this round, so it cannot be cancelled: bring its closing forward."
        )
    before = {**_told(round_, FIELDS), "edition": str(round_.edition_id)}
    record("round.cancelled", round_, by=by, at=now, scope=round_.hub_id, before=before)
    round_.extensions.all().delete()
    round_.delete()


@transaction.atomic
def tell_of_closing(*, round_id: UUID, now: datetime) -> bool:
    """Tell the hub's leads once that a round has closed and how its forms stand; false when there is nothing to say."""
    round_ = Round.objects.select_for_update(of=("self",)).select_related("edition__programme", "hub").get(pk=round_id)
    if round_.closes_at is None or now < round_.closes_at:
        return False
    key = f"round-closed:{round_.pk}:{round_.closes_at.date().isoformat()}"
    return any([outbox.post(mail, key=f"{key}:{to}", now=now) is not None for to, mail in letters.closed(round_)])


@transaction.atomic
def give_more_time(
    *,
    round_: Round,
    school: School,
    closes_at: datetime | None,
    signing_deadline_at: datetime | None,
    reason: str,
    by: Any,
    now: datetime,
) -> Extension:
    """Give one school more time to send, to sign, or both, on record; its people's links hold as long.

    Raises NotAllowed for a time that has passed or gives nothing beyond what the round gives.
    """
    if not reason.strip():
        raise NotAllowed("Say why: it is kept with the round.")
    if closes_at is None and signing_deadline_at is None:
        raise NotAllowed("Give more time to send, to sign, or both.")
    for until, of_round in ((closes_at, round_.closes_at), (signing_deadline_at, round_.signing_deadline_at)):
        if until is not None and until <= now:
            raise NotAllowed("The new day must be in the future.")
        if until is not None and of_round is not None and until <= of_round:
            raise NotAllowed("The round itself gives that much time already.")
    same = {"round": round_, "school": school, "closes_at": closes_at, "signing_deadline_at": signing_deadline_at}
    if given := Extension.objects.filter(**same).first():  # the same page posted twice
        return given
    extension = Extension.objects.create(
        round=round_,
        school=school,
        closes_at=closes_at,
        signing_deadline_at=signing_deadline_at,
        reason=reason.strip(),
        granted_by=by,
        granted_at=now,
    )
    if signing_deadline_at is not None:
        forms = ExpressionOfInterest.objects.select_for_update().filter(round=round_, school=school)
        for eoi in forms.filter(state__in=[*SIGNABLE, State.DRAFT]):
            if eoi.signing_deadline_at is None or eoi.signing_deadline_at < signing_deadline_at:
                ExpressionOfInterest.objects.filter(pk=eoi.pk).update(signing_deadline_at=signing_deadline_at)
                signing.extend(kind=KIND, subject_id=eoi.pk, valid_until=signing_deadline_at)
    record(
        "round.more_time",
        extension,
        by=by,
        at=now,
        scope=round_.hub_id,
        after={
            "school": school.pk,
            "closes_at": _plain(closes_at),
            "signing_deadline_at": _plain(signing_deadline_at),
        },
        note=reason.strip(),
    )
    forms = with_all(ExpressionOfInterest.objects.filter(round=round_, school=school))
    for eoi in forms.filter(state__in=[*SIGNABLE, State.DRAFT]):
        send_by = closes_at if eoi.state == State.DRAFT else None
        if send_by or signing_deadline_at:
            for letter in deciding.more_time(eoi, send_by=send_by, sign_by=signing_deadline_at):
                outbox.post(letter.mail, key=f"more-time:{extension.pk}:{eoi.pk}:{letter.to}", now=now)
    return extension


def _known(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name in FIELDS}


def _may_open(edition: Edition, fields: Mapping[str, Any]) -> None:
    """No round opens on an edition without published commitments; it may be announced in words."""
    if fields.get("opens_at") is None and fields.get("closes_at") is None:
        return
    terms = edition.current_terms
    if terms is None or not terms.commitments.exists():
        raise NoCommitments(
            "What schools promise in this programme is not yet set by the national team, so its round cannot have an "
            "opening date. Announce it in words until then."
        )


def _told(round_: Round, names: Any) -> dict[str, Any]:
    return {name: _plain(getattr(round_, name)) for name in names}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
