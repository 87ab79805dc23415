"""Which hub is a school's, and the people of a hub."""

from datetime import date

import pytest
from django.core.management import call_command

from core.audit.log import history
from hubs import services
from hubs.models import Hub, HubArea, HubRole, Phase
from hubs.roles import holds
from schools.models import LocalAuthority
from schools.services import load_reference
from tests.clock import NOW, TODAY
from tests.factories.accounts import UserFactory
from tests.factories.hubs import HubAreaFactory, HubFactory, HubSchoolFactory, LeaderFactory
from tests.factories.schools import LocalAuthorityFactory, SchoolFactory
from tests.queries import queries

pytestmark = pytest.mark.django_db


def test_the_only_hub_of_the_authority_is_the_default():
    hub = HubFactory()

    assert services.default_hubs(SchoolFactory(), TODAY) == [hub]


def test_where_two_share_an_authority_both_are_offered_by_name():
    second, first = HubFactory(name="Zeta Maths Hub"), HubFactory(name="Alpha Maths Hub")

    assert services.default_hubs(SchoolFactory(), TODAY) == [first, second]


def test_a_hub_set_for_the_school_stands_above_its_area():
    HubFactory()
    own = HubFactory(area=False)
    school = SchoolFactory()
    HubSchoolFactory(school=school, hub=own)

    assert services.default_hubs(school, TODAY) == [own]


def test_an_area_counts_from_its_first_day_until_the_day_before_its_end():
    hub = HubFactory(area=False)
    HubAreaFactory(hub=hub, valid_from=date(2027, 4, 1), valid_to=date(2027, 9, 1))
    school = SchoolFactory()

    assert services.default_hubs(school, date(2027, 3, 31)) == []
    assert services.default_hubs(school, date(2027, 4, 1)) == [hub]
    assert services.default_hubs(school, date(2027, 8, 31)) == [hub]
    assert services.default_hubs(school, date(2027, 9, 1)) == []


def test_a_school_that_keeps_an_old_code_gets_the_hubs_of_those_who_took_over():
    cumberland = LocalAuthorityFactory(code="942", name="Cumberland")
    westmorland = LocalAuthorityFactory(code="943", name="Westmorland and Furness")
    old = LocalAuthorityFactory(code="909", name="Cumbria", successors="942;943", valid_to=date(2023, 4, 1))
    one, other = HubFactory(name="A Maths Hub", area=cumberland), HubFactory(name="B Maths Hub", area=westmorland)

    assert services.default_hubs(SchoolFactory(la=old), TODAY) == [one, other]


def test_an_authority_without_a_hub_gives_none():
    assert services.default_hubs(SchoolFactory(), TODAY) == []


def test_thirty_schools_take_as_few_queries_as_one():
    HubFactory()
    schools = SchoolFactory.create_batch(30)

    with queries(at_most=3):
        found = services.default_hubs_of_many(schools, TODAY)

    assert len(found) == 30


def test_the_forty_hubs_are_loaded_and_give_every_authority_at_least_one():
    load_reference()

    done = services.load_reference()

    assert done == {"hubs": 40, "areas": 162}
    today = LocalAuthority.objects.filter(valid_to=None).exclude(gss_code="")
    assert today.count() == 153
    assert not today.exclude(pk__in=HubArea.objects.values("la")).exists()
    glow = Hub.objects.get(slug="glow")
    assert [(area.la.name, area.part, area.confirmed) for area in glow.areas.all()] == [
        ("Gloucestershire", False, True)
    ]
    jurassic = Hub.objects.get(slug="jurassic").areas.order_by("la__name")
    assert [(area.la.name, area.part, area.confirmed) for area in jurassic] == [
        ("Bournemouth, Christchurch and Poole", False, False),
        ("Devon", True, True),
        ("Dorset", False, True),
        ("Somerset", True, True),
        ("Torbay", False, False),
    ]


def test_loading_again_leaves_an_administrators_corrections_alone():
    load_reference()
    services.load_reference()
    Hub.objects.filter(slug="glow").update(lead_school="Larkhill School", email="glow@larkhill.example")
    HubArea.objects.filter(hub__slug="glow").update(confirmed=False)

    services.load_reference()

    glow = Hub.objects.get(slug="glow")
    assert (glow.lead_school, glow.email) == ("Larkhill School", "glow@larkhill.example")
    assert not glow.areas.get().confirmed


def test_hubs_without_authorities_are_refused_with_what_to_run():
    with pytest.raises(services.UnknownAuthority, match="load_reference_schools first"):
        services.load_reference()

    assert not Hub.objects.exists()


def test_one_command_loads_every_rooms_reference_and_may_run_again(capsys):
    call_command("load_reference")
    call_command("load_reference")

    assert Hub.objects.count() == 40
    assert "40 hubs" in capsys.readouterr().out


def test_setting_a_schools_hub_is_on_record_with_what_stood_before():
    first, second, school, lead = HubFactory(), HubFactory(), SchoolFactory(), UserFactory()
    services.settle_hub(school=school, hub=first, by=lead, now=NOW)

    settled = services.settle_hub(school=school, hub=second, by=lead, now=NOW)

    assert services.default_hubs(school, TODAY) == [second]
    assert [(e.before, e.after, e.scope) for e in history(settled)] == [
        ({"hub": None}, {"hub": str(first.pk)}, first.pk),
        ({"hub": str(first.pk)}, {"hub": str(second.pk)}, second.pk),
    ]


def test_a_role_at_a_hub_is_given_once_ended_once_and_may_be_given_again():
    hub, user = HubFactory(), UserFactory()
    first = services.appoint(hub=hub, user=user, role=HubRole.LEAD, by=None, now=NOW)

    assert services.appoint(hub=hub, user=user, role=HubRole.LEAD, by=None, now=NOW) == first
    assert holds(user, HubRole.LEAD, hub_id=hub.pk)
    assert services.end_role(membership_id=first.pk, by=None, now=NOW)
    assert not services.end_role(membership_id=first.pk, by=None, now=NOW)
    assert services.appoint(hub=hub, user=user, role=HubRole.LEAD, by=None, now=NOW) != first


def test_a_leader_is_accredited_and_stands_down_once():
    leader = services.accredit(
        hub=HubFactory(), name="Owen Reid", email="O.Reid@x.example", phase=Phase.SECONDARY, cohort=5, by=None,
        today=TODAY, now=NOW,
    )  # fmt: skip

    assert (leader.email, leader.accredited_on, leader.capacity) == ("o.reid@x.example", TODAY, 2)
    assert services.stand_down(leader_id=leader.pk, by=None, today=TODAY, now=NOW)
    assert not services.stand_down(leader_id=leader.pk, by=None, today=TODAY, now=NOW)


def test_a_leader_who_stood_down_is_not_among_the_active():
    LeaderFactory(stood_down_on=TODAY)
    active = LeaderFactory()

    assert list(type(active).objects.active()) == [active]
