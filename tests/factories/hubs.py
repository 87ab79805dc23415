"""Hubs, their areas, their staff and their leaders."""

from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from hubs.models import Hub, HubArea, HubMembership, HubRole, HubSchool, Leader, Phase, TermDates
from tests.clock import NOW
from tests.factories.schools import LocalAuthorityFactory, SchoolFactory


class HubFactory(DjangoModelFactory):
    """A hub that serves Gloucestershire; `area=False` makes one without an area."""

    class Meta:
        model = Hub
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"hub-{n + 1}")
    name = factory.Sequence(lambda n: f"Severn {n + 1} Maths Hub")
    short_name = factory.Sequence(lambda n: f"Severn {n + 1}")
    region = "South West"
    lead_school = "Larkhill School, Cheltenham"
    email = factory.LazyAttribute(lambda o: f"office@{o.slug}.example")
    telephone = "01242555200"

    @factory.post_generation
    def area(hub, create, la, **kwargs):
        """Give `area=` an authority, or False for none; by default Gloucestershire."""
        if create and la is not False:
            HubAreaFactory(hub=hub, la=la or LocalAuthorityFactory())


class HubAreaFactory(DjangoModelFactory):
    class Meta:
        model = HubArea
        django_get_or_create = ("hub", "la")

    hub = factory.SubFactory(HubFactory, area=False)
    la = factory.SubFactory(LocalAuthorityFactory)
    confirmed = True


class HubSchoolFactory(DjangoModelFactory):
    class Meta:
        model = HubSchool

    school = factory.SubFactory(SchoolFactory)
    hub = factory.SubFactory(HubFactory)
    set_at = NOW


class HubMembershipFactory(DjangoModelFactory):
    """The lead of a hub, unless `role` says otherwise."""

    class Meta:
        model = HubMembership

    hub = factory.SubFactory(HubFactory)
    user = factory.SubFactory("tests.factories.accounts.UserFactory")
    role = HubRole.LEAD
    since = NOW


class LeaderFactory(DjangoModelFactory):
    """A trained secondary specialist with room for two departments."""

    class Meta:
        model = Leader

    hub = factory.SubFactory(HubFactory)
    name = factory.Sequence(lambda n: f"Owen Reid {n + 1}")
    email = factory.Sequence(lambda n: f"o.reid{n + 1}@specialist.example")
    school = factory.SubFactory(SchoolFactory)
    phase = Phase.SECONDARY
    cohort = 5
    accredited_on = date(2024, 9, 1)
    capacity = 2


class TermDatesFactory(DjangoModelFactory):
    class Meta:
        model = TermDates

    hub = factory.SubFactory(HubFactory)
    name = "Summer term 2027"
    starts_on = date(2027, 4, 12)
    ends_on = date(2027, 7, 21)
