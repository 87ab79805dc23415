# ruff: noqa: S608  (fixed names only)
"""What the database itself refuses, by whatever road it is tried: rules 2, 3 and 5, and a change of what is being signed."""

from typing import ClassVar

from django.db import migrations

from core.triggers import Refuse

EOI, NOMINEE, ANSWER = "applications_expressionofinterest", "applications_nominee", "applications_answer"
LIVE = "('signing', 'submitted', 'reserve', 'offered', 'accepted')"
LEADS = "('lead_1', 'lead_2')"
# A draft, or what lapsed as one, becomes live: the moment at which the core rules must hold.
GOES_LIVE = f"OLD.state IN ('draft', 'lapsed') AND NEW.state IN {LIVE}"

THE_SCHOOL = (
    "SELECT 1 FROM schools_school s JOIN schools_establishmenttype t ON t.code = s.type_id"
    " JOIN programmes_edition e ON e.id = NEW.edition_id JOIN programmes_programme p ON p.slug = e.programme_id"
    " WHERE s.urn = NEW.school_id"
)
STATE_FUNDED = "s.in_england AND (t.state_funded = 'yes' OR (t.state_funded = 'section41' AND s.section_41))"
AGES_DECIDE = "(t.sector IN ('special', 'alternative') OR t.code = '06')"
# Rule 3 where it says no for certain; where it asks, and for secure units, the hub decides and this lets it pass.
IN_PHASE = (
    "(t.code = '24'"
    f" OR (p.phase = 'secondary' AND {AGES_DECIDE} AND (s.high_age IS NULL OR s.high_age > 11))"
    f" OR (p.phase = 'secondary' AND NOT {AGES_DECIDE} AND (s.phase IN ('4', '5', '7')"
    " OR (s.phase = '3' AND (s.high_age IS NULL OR s.high_age > 11))))"
    f" OR (p.phase = 'primary' AND t.code <> '06' AND {AGES_DECIDE} AND (s.low_age IS NULL OR s.low_age < 11))"
    f" OR (p.phase = 'primary' AND NOT {AGES_DECIDE} AND (s.phase IN ('2', '3', '7')"
    " OR (s.phase = '5' AND (s.low_age IS NULL OR s.low_age < 11)))))"
)
TERMS_NOW = (
    "(SELECT MAX(t.number) FROM programmes_terms t WHERE t.edition_id = NEW.edition_id AND t.published_at IS NOT NULL)"
)


def _figure(name: str) -> str:
    """A figure of the terms that are published now; more than any form can have where there are none."""
    return (
        f"COALESCE((SELECT t.{name} FROM programmes_terms t WHERE t.edition_id = NEW.edition_id"
        f" AND t.published_at IS NOT NULL AND t.number = {TERMS_NOW}), 99)"
    )


LEAD_TEACHERS = (
    "(SELECT COUNT(DISTINCT LOWER(n.email)) FROM applications_nominee n"
    f" WHERE n.eoi_id = NEW.id AND n.position IN {LEADS} AND n.name <> '' AND n.email <> '')"
)
SENIOR = f"(SELECT COUNT(*) FROM applications_nominee n WHERE n.eoi_id = NEW.id AND n.position IN {LEADS} AND n.senior)"


def _is_frozen(eoi_id: str) -> str:
    """The form has been sent: what its signatories are shown stands still."""
    return f"EXISTS (SELECT 1 FROM {EOI} x WHERE x.id = {eoi_id} AND x.state IN {LIVE})"


SIGNED_FIELDS = ("position", "person_uuid", "name", "email", "post", "role", "role_code")
NOMINEE_CHANGED = " OR ".join(f"NEW.{field} <> OLD.{field}" for field in SIGNED_FIELDS)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("applications", "0001_initial"),
        ("programmes", "0001_initial"),
        ("schools", "0001_initial"),
    ]
    operations: ClassVar = [
        Refuse(
            "eoi_begins_as_draft", EOI, "INSERT", "NEW.state <> 'draft'", "An expression of interest begins as a draft."
        ),
        Refuse(
            "eoi_has_its_rounds_edition",
            EOI,
            "INSERT",
            "NEW.edition_id <> (SELECT r.edition_id FROM applications_round r WHERE r.id = NEW.round_id)",
            "The edition of an expression of interest is its round's.",
        ),
        Refuse(
            "eoi_keeps_its_rounds_edition",
            EOI,
            "UPDATE",
            "NEW.edition_id <> (SELECT r.edition_id FROM applications_round r WHERE r.id = NEW.round_id)",
            "The edition of an expression of interest is its round's.",
        ),
        Refuse(
            "round_with_forms_keeps_its_edition",
            "applications_round",
            "UPDATE",
            f"NEW.edition_id <> OLD.edition_id AND EXISTS (SELECT 1 FROM {EOI} x WHERE x.round_id = NEW.id)",
            "A round that has forms keeps its edition.",
        ),
        Refuse(
            "eoi_leaves_draft_by_its_roads",
            EOI,
            "UPDATE",
            "OLD.state = 'draft' AND NEW.state NOT IN ('draft', 'signing', 'withdrawn', 'lapsed')",
            "A draft is sent for signature, withdrawn or lapses; nothing else.",
        ),
        Refuse(
            "eoi_goes_live_on_its_editions_terms",
            EOI,
            "UPDATE",
            f"{GOES_LIVE} AND NOT EXISTS (SELECT 1 FROM programmes_terms t WHERE t.id = NEW.terms_id"
            " AND t.edition_id = NEW.edition_id AND t.published_at IS NOT NULL)",
            "An expression of interest is sent on published terms of its edition.",
        ),
        Refuse(
            "eoi_goes_live_state_funded",
            EOI,
            "UPDATE",
            f"{GOES_LIVE} AND NOT EXISTS ({THE_SCHOOL} AND {STATE_FUNDED})",
            "Rule 2: the school is not a state-funded school in England.",
        ),
        Refuse(
            "eoi_goes_live_in_its_phase",
            EOI,
            "UPDATE",
            f"{GOES_LIVE} AND NOT EXISTS ({THE_SCHOOL} AND {IN_PHASE})",
            "Rule 3: the school is not in the phase of the programme.",
        ),
        Refuse(
            "eoi_goes_live_with_lead_teachers",
            EOI,
            "UPDATE",
            f"{GOES_LIVE} AND {LEAD_TEACHERS} < {_figure('lead_teachers')}",
            "Rule 5: not as many lead teachers are named, each with an address of their own, as the programme asks for.",
        ),
        Refuse(
            "eoi_goes_live_with_senior_lead",
            EOI,
            "UPDATE",
            f"{GOES_LIVE} AND {SENIOR} < {_figure('senior_lead_teachers')}",
            "Rule 5: not enough of the lead teachers are senior.",
        ),
        Refuse(
            "nominee_joins_a_draft",
            NOMINEE,
            "INSERT",
            _is_frozen("NEW.eoi_id"),
            "The people of a form that was sent change only by revising it.",
        ),
        Refuse(
            "nominee_stands_while_live",
            NOMINEE,
            "UPDATE",
            f"(NEW.eoi_id <> OLD.eoi_id OR {NOMINEE_CHANGED} OR CASE WHEN NEW.senior THEN 1 ELSE 0 END"
            f" <> CASE WHEN OLD.senior THEN 1 ELSE 0 END) AND {_is_frozen('OLD.eoi_id')}",
            "The people of a form that was sent change only by revising it.",
        ),
        Refuse(
            "nominee_stays_while_live",
            NOMINEE,
            "DELETE",
            _is_frozen("OLD.eoi_id"),
            "The people of a form that was sent change only by revising it.",
        ),
        Refuse(
            "answer_stands_while_live",
            ANSWER,
            "UPDATE",
            f"NEW.text <> OLD.text AND {_is_frozen('OLD.eoi_id')}",
            "The answers of a form that was sent change only by revising it.",
        ),
    ]
