"""Schools as the register has them, and their people."""

from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from schools.folding import searched
from schools.models import (
    EstablishmentType,
    LocalAuthority,
    RegisterImport,
    School,
    SchoolMembership,
    SchoolRole,
    Status,
    Succession,
    Teacher,
)
from tests.clock import NOW


class LocalAuthorityFactory(DjangoModelFactory):
    class Meta:
        model = LocalAuthority
        django_get_or_create = ("code",)

    code = "916"
    name = "Gloucestershire"
    region = "South West"
    gss_code = "E10000013"


class EstablishmentTypeFactory(DjangoModelFactory):
    """A community school; traits name the other kinds that rules tell apart."""

    class Meta:
        model = EstablishmentType
        django_get_or_create = ("code",)

    code = "01"
    name = "Community school"
    group_code = "4"
    group_name = "Local authority maintained schools"
    state_funded = "yes"
    sector = "mainstream"

    class Params:
        academy = factory.Trait(code="34", name="Academy converter", group_code="10", group_name="Academies")
        independent = factory.Trait(
            code="11", name="Other independent school", group_code="3", group_name="Independent schools",
            state_funded="no", sector="independent",
        )  # fmt: skip
        special = factory.Trait(
            code="07", name="Community special school", group_code="5", group_name="Special schools", sector="special"
        )
        section_41 = factory.Trait(
            code="10", name="Other independent special school", group_code="5", group_name="Special schools",
            state_funded="section41", sector="special",
        )  # fmt: skip
        alternative = factory.Trait(code="14", name="Pupil referral unit", sector="alternative")
        post_16 = factory.Trait(
            code="39", name="Free schools 16 to 19", group_code="11", group_name="Free Schools",
            state_funded="post16", sector="post16",
        )  # fmt: skip
        secure = factory.Trait(code="24", name="Secure units", group_code="9", group_name="Other types", sector="other")


class RegisterImportFactory(DjangoModelFactory):
    class Meta:
        model = RegisterImport

    as_of = date(2026, 11, 16)
    file_name = "edubasealldata20261116.csv"
    file_sha256 = "0" * 64
    ran_at = NOW
    rows = 1


class SchoolFactory(DjangoModelFactory):
    """An open community secondary school in Gloucestershire; traits name the other situations."""

    class Meta:
        model = School

    urn = factory.Sequence(lambda n: str(200001 + n))
    name = factory.Sequence(lambda n: f"Larkhill School {n + 1}")
    la = factory.SubFactory(LocalAuthorityFactory)
    establishment_number = factory.Sequence(lambda n: str(4000 + n % 999))
    type = factory.SubFactory(EstablishmentTypeFactory)
    status = Status.OPEN
    phase = "4"
    low_age = 11
    high_age = 18
    opened_on = date(1958, 9, 1)
    street = "East End Road"
    town = "Cheltenham"
    county = "Gloucestershire"
    postcode = "GL53 8QF"
    website = "https://www.larkhill.gloucs.example"
    telephone = "01242555100"
    pupils = 1180
    fsm_percent = "12.5"
    easting = factory.Sequence(lambda n: 396000 + 700 * (n % 30))
    northing = factory.Sequence(lambda n: 220000 + 500 * (n % 30))
    search = factory.LazyAttribute(lambda o: searched(o.name, o.town, o.postcode, o.urn))

    class Params:
        primary = factory.Trait(phase="2", low_age=4, high_age=11)
        middle = factory.Trait(phase="5", low_age=9, high_age=13)
        all_through = factory.Trait(phase="7", low_age=4, high_age=18)
        academy = factory.Trait(type=factory.SubFactory(EstablishmentTypeFactory, academy=True))
        independent = factory.Trait(type=factory.SubFactory(EstablishmentTypeFactory, independent=True), phase="0")
        special = factory.Trait(type=factory.SubFactory(EstablishmentTypeFactory, special=True), phase="0")
        alternative = factory.Trait(type=factory.SubFactory(EstablishmentTypeFactory, alternative=True), phase="0")
        post_16 = factory.Trait(
            type=factory.SubFactory(EstablishmentTypeFactory, post_16=True), phase="6", low_age=16, high_age=19
        )
        closed = factory.Trait(status=Status.CLOSED, closed_on=date(2025, 8, 31))
        closing = factory.Trait(status=Status.CLOSING)
        proposed = factory.Trait(status=Status.PROPOSED, opened_on=date(2027, 9, 1))


class SuccessionFactory(DjangoModelFactory):
    """`link_urn` is the successor of `urn`; the register gives the other way as a row of its own."""

    class Meta:
        model = Succession

    urn = factory.Sequence(lambda n: str(300001 + n))
    link_urn = factory.Sequence(lambda n: str(400001 + n))
    kind = "Successor"
    older = factory.SelfAttribute("urn")
    newer = factory.SelfAttribute("link_urn")
    established_on = date(2023, 9, 1)


class TeacherFactory(DjangoModelFactory):
    class Meta:
        model = Teacher

    name = factory.Sequence(lambda n: f"Priya Shah {n + 1}")
    email = factory.Sequence(lambda n: f"p.shah{n + 1}@larkhill.gloucs.example")


class SchoolMembershipFactory(DjangoModelFactory):
    class Meta:
        model = SchoolMembership

    school = factory.SubFactory(SchoolFactory)
    user = factory.SubFactory("tests.factories.accounts.UserFactory")
    role = SchoolRole.COORDINATOR
    since = NOW
