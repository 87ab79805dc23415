"""What the database refuses, whoever asks: each trigger with the change it lets through beside the one it does not."""

from __future__ import annotations

import csv
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from applications import facts, rules
from applications.models import Answer, ExpressionOfInterest, Nominee
from tests.clock import NOW
from tests.factories.accounts import UserFactory
from tests.factories.applications import ExpressionOfInterestFactory, RoundFactory, send
from tests.factories.programmes import EditionFactory
from tests.factories.schools import EstablishmentTypeFactory, SchoolFactory

pytestmark = pytest.mark.django_db


def straight_to_signing(eoi):
    """The shortest crafted road: an UPDATE that no service has seen."""
    ExpressionOfInterest.objects.filter(pk=eoi.pk).update(state="signing", sent_at=NOW, terms=eoi.edition.current_terms)


def refused(act, message):
    with pytest.raises(IntegrityError, match=message), transaction.atomic():
        act()


def test_a_form_is_inserted_as_a_draft_only():
    eoi = ExpressionOfInterestFactory()

    refused(
        lambda: ExpressionOfInterest.objects.create(
            reference="HP-XXXX-XX", once=uuid4(), round=eoi.round, edition=eoi.edition, school=SchoolFactory(),
            begun_by=eoi.begun_by, begun_at=NOW, saved_at=NOW, state="lapsed",
        ),
        "begins as a draft",
    )  # fmt: skip


def test_a_forms_edition_is_its_rounds():
    eoi, other = ExpressionOfInterestFactory(), EditionFactory(primary=True)

    refused(lambda: ExpressionOfInterest.objects.filter(pk=eoi.pk).update(edition=other), "is its round")
    refused(lambda: type(eoi.round).objects.filter(pk=eoi.round_id).update(edition=other), "keeps its edition")
    refused(
        lambda: ExpressionOfInterest.objects.create(
            reference="HP-XXXX-XX", round=eoi.round, edition=other, school=SchoolFactory(), begun_by=UserFactory(),
            begun_at=NOW, saved_at=NOW,
        ),
        "is its round",
    )  # fmt: skip


@pytest.mark.parametrize("state", ["submitted", "reserve", "offered", "accepted", "not_chosen", "refused"])
def test_a_draft_skips_no_state(state):
    eoi = ExpressionOfInterestFactory()
    change = {"state": state, "sent_at": NOW, "terms": eoi.edition.current_terms, "submitted_at": NOW}

    refused(
        lambda: ExpressionOfInterest.objects.filter(pk=eoi.pk).update(**change, offered_at=NOW, answer_by=NOW),
        "sent for signature, withdrawn or lapses",
    )


def test_a_complete_form_of_an_eligible_school_goes_through():
    eoi = ExpressionOfInterestFactory()

    straight_to_signing(eoi)

    assert ExpressionOfInterest.objects.get().state == "signing"


def test_rule_2_a_school_that_is_not_state_funded_is_never_sent():
    eoi = ExpressionOfInterestFactory(school=SchoolFactory(independent=True, phase="4"))

    refused(lambda: straight_to_signing(eoi), "Rule 2")


def test_rule_2_section_41_decides_for_independent_special_schools():
    kind = EstablishmentTypeFactory(section_41=True)
    with_it = ExpressionOfInterestFactory(school=SchoolFactory(type=kind, phase="0", section_41=True))
    without = ExpressionOfInterestFactory(school=SchoolFactory(type=kind, phase="0"))

    straight_to_signing(with_it)
    refused(lambda: straight_to_signing(without), "Rule 2")


def test_rule_3_a_school_of_the_other_phase_is_never_sent():
    refused(lambda: straight_to_signing(ExpressionOfInterestFactory(school=SchoolFactory(primary=True))), "Rule 3")


@pytest.mark.parametrize(
    ("people", "message"),
    [
        ({"nominees__lead_2": False}, "lead teachers"),
        ({"nominees__lead_2": {"name": ""}}, "lead teachers"),
        (
            {"nominees__lead_1": {"email": "one@school.example"}, "nominees__lead_2": {"email": "ONE@school.example"}},
            "address",
        ),
        ({"nominees__lead_1": {"senior": False}}, "senior"),
        ({"nominees__lead_1": {"senior": None}}, "senior"),
    ],
)
def test_rule_5_the_people_named_decide(people, message):
    eoi = ExpressionOfInterestFactory(**people)

    refused(lambda: straight_to_signing(eoi), message)


def test_rule_5_asks_for_nobody_senior_in_primary():
    round_ = RoundFactory(edition=EditionFactory(primary=True))
    eoi = ExpressionOfInterestFactory(round=round_, school=SchoolFactory(primary=True))

    straight_to_signing(eoi)

    assert ExpressionOfInterest.objects.get().state == "signing"


def test_a_form_goes_live_on_published_terms_of_its_own_edition():
    eoi = ExpressionOfInterestFactory()
    other = EditionFactory(year=2026).current_terms

    refused(
        lambda: ExpressionOfInterest.objects.filter(pk=eoi.pk).update(state="signing", sent_at=NOW, terms=other),
        "published terms of its edition",
    )


def test_a_draft_that_lapsed_comes_back_to_life_by_the_same_rules_only():
    eoi = ExpressionOfInterestFactory(school=SchoolFactory(independent=True, phase="4"), lapsed=True)

    refused(lambda: straight_to_signing(eoi), "Rule 2")


def test_what_is_being_signed_stands_still():
    eoi = ExpressionOfInterestFactory()
    send(eoi)
    theirs = Nominee.objects.filter(eoi=eoi, position="lead_1")

    for change in ({"name": "Someone Else"}, {"email": "x@school.example"}, {"senior": False}, {"role": "Head"}):
        refused(lambda change=change: theirs.update(**change), "only by revising")
    refused(theirs.delete, "only by revising")
    refused(lambda: Nominee.objects.create(eoi=eoi, position="lead_3"), "only by revising")
    refused(lambda: Answer.objects.filter(eoi=eoi, code="statement").update(text="Other"), "only by revising")
    theirs.update(trn_hash="x", trn_encrypted="y", year_groups=["Y7"])  # what a lead teacher adds of themselves


def test_the_triggers_and_the_rules_agree_on_every_example_of_the_register():
    """Rules 2 and 3 say no exactly where the database does, for each type, phase and age of the examples."""
    root = Path(__file__).parent.parent.parent
    wanted = {row["urn"] for row in _rows(root / "tests" / "eligibility_examples.csv")}
    kinds = {row["code"]: row for row in _rows(root / "schools" / "reference" / "establishment_rules.csv")}
    rounds = {"secondary": RoundFactory(), "primary": RoundFactory(edition=EditionFactory(primary=True))}
    disagree = []
    for row in _rows(root / "demo" / "data" / "gias_sample_20231116.csv", encoding="cp1252"):
        if row["URN"] not in wanted:
            continue
        kind = kinds[row["TypeOfEstablishment (code)"].zfill(2)]
        school = SchoolFactory(
            urn=row["URN"],
            type=EstablishmentTypeFactory(
                code=kind["code"], name=kind["name"], state_funded=kind["state_funded"], sector=kind["sector"],
                group_code=kind["group_code"], group_name=kind["group_name"],
            ),
            phase=row["PhaseOfEducation (code)"],
            low_age=int(row["StatutoryLowAge"]) if row["StatutoryLowAge"] else None,
            high_age=int(row["StatutoryHighAge"]) if row["StatutoryHighAge"] else None,
            section_41=row["Section41Approved (name)"] == "Approved",
        )  # fmt: skip
        for phase, round_ in rounds.items():
            eoi = ExpressionOfInterestFactory(round=round_, school=school)
            judged = rules.judge(facts.bid_of(eoi, now=NOW), now=NOW)
            says_no = judged.of("state_funded").fails or judged.of("phase").fails
            try:
                with transaction.atomic():
                    straight_to_signing(eoi)
            except IntegrityError:
                if not says_no:
                    disagree.append((school.urn, phase, "database alone"))
            else:
                if says_no:
                    disagree.append((school.urn, phase, "rules alone"))

    assert disagree == []


def _rows(path, encoding="utf-8"):
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))
