"""Who may do what with rounds and expressions of interest: the whole of it on one page."""

from __future__ import annotations

from typing import Any

from accounts.roles import is_national_administrator, is_national_analyst
from core.doors import is_signed_in, predicate
from hubs.models import HubRole
from hubs.roles import holds, hub_roles
from schools.models import SchoolRole
from schools.roles import coordinated_by, holds_at, schools_of


@predicate
def works_on_it(user: Any, eoi: Any) -> bool:
    return user.is_authenticated and eoi.is_worked_on_by(user)


@predicate
def coordinates_the_school(user: Any, eoi: Any) -> bool:
    return eoi.school_id in coordinated_by(user)


@predicate
def heads_the_school_or_department(user: Any, eoi: Any) -> bool:
    return holds_at(user, SchoolRole.HEAD, eoi.school_id) or holds_at(
        user, SchoolRole.HEAD_OF_DEPARTMENT, eoi.school_id
    )


@predicate
def leads_the_hub(user: Any, eoi: Any) -> bool:
    return holds(user, HubRole.LEAD, hub_id=eoi.round.hub_id)


@predicate
def runs_the_hub(user: Any, eoi: Any) -> bool:
    return holds(user, HubRole.LEAD, HubRole.ADMINISTRATOR, hub_id=eoi.round.hub_id)


@predicate
def leads_the_hub_of_the_round(user: Any, round_: Any) -> bool:
    return holds(user, HubRole.LEAD, hub_id=round_.hub_id)


@predicate
def runs_the_hub_of_the_round(user: Any, round_: Any) -> bool:
    return holds(user, HubRole.LEAD, HubRole.ADMINISTRATOR, hub_id=round_.hub_id)


of_the_national_team = is_national_administrator | is_national_analyst


@predicate
def works_for_a_hub(user: Any, thing: Any) -> bool:
    return any(role in (HubRole.LEAD, HubRole.ADMINISTRATOR) for _, role in hub_roles(user))


@predicate
def does_not_belong_to_the_school(user: Any, eoi: Any) -> bool:
    """Nobody decides for a school they belong to: security 1.8."""
    return eoi.school_id not in schools_of(user)


MAY = {
    # The school
    "applications.begin_eoi": is_signed_in,
    "applications.see_own_forms": is_signed_in,
    "applications.see_eoi": runs_the_hub
    | works_on_it
    | coordinates_the_school
    | heads_the_school_or_department
    | is_national_administrator,
    "applications.edit_eoi": works_on_it,  # a form that was sent says so on the page, and opens again by revising it
    "applications.send_eoi": works_on_it,
    "applications.remind_signatory": works_on_it | runs_the_hub,
    "applications.withdraw_eoi": works_on_it | coordinates_the_school,
    "applications.answer_offer": coordinates_the_school | heads_the_school_or_department,
    # The hub; a national administrator reads what its people read and changes nothing
    "applications.see_rounds": works_for_a_hub | is_national_administrator,
    "applications.see_queue": runs_the_hub_of_the_round | is_national_administrator,
    "applications.export_queue": runs_the_hub_of_the_round | is_national_administrator,
    "applications.edit_round": runs_the_hub_of_the_round,
    "applications.open_round": works_for_a_hub,
    "applications.cancel_round": leads_the_hub_of_the_round,
    "applications.review_eoi": runs_the_hub | is_national_administrator,
    "applications.note_on_eoi": runs_the_hub,
    "applications.decide_eoi": leads_the_hub & does_not_belong_to_the_school,
    "applications.decide_many": leads_the_hub_of_the_round,
    "applications.settle_question": leads_the_hub & does_not_belong_to_the_school,
    "applications.extend": leads_the_hub_of_the_round,
}
