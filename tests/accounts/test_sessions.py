"""How long a session lasts, who sees it, who ends it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.test import Client

from accounts import services
from accounts.models import NationalRole, SignIn
from accounts.roles import Held, Source, needs_second_factor, register_roles, roles_held
from core import clock
from core.audit.models import Event
from core.ui.templatetags.hub import moment
from tests.accounts.test_sign_in import latest_code
from tests.clock import NOW
from tests.factories.accounts import NationalMembershipFactory, UserFactory
from tests.queries import queries

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0"


def signed_in(user, **headers: str) -> Client:
    client = Client(**headers)
    client.force_login(user)
    return client


def later(**by: float):
    return time_machine.travel(datetime.now(UTC) + timedelta(**by), tick=False)


def test_an_hour_without_a_page_ends_a_session():
    client = signed_in(UserFactory())

    with later(minutes=59):
        assert client.get("/you").status_code == 200
    with later(minutes=59 + 61):
        answer = client.get("/you")

        page = client.get(answer["Location"]).content.decode()

    assert answer["Location"] == "/sign-in?next=/you"
    assert "so we signed you out" in page
    assert not SignIn.objects.exists()


def test_without_the_limits_the_same_session_would_live_on(settings):
    """The control: it is the middleware that ends it."""
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if not each.endswith("SessionLimits")]
    client = signed_in(UserFactory())

    with later(minutes=59 + 61):
        assert client.get("/you").status_code == 200


def test_a_session_in_use_ends_after_twelve_hours():
    client = signed_in(UserFactory())

    for hour in range(1, 24):
        with later(hours=hour / 2 - 0.01):
            assert client.get("/you").status_code == 200, hour
    with later(hours=12, minutes=1):
        assert client.get("/you").status_code == 302


def test_being_seen_costs_a_write_at_most_once_a_minute():
    client = signed_in(UserFactory())

    with queries() as at_once:
        client.get("/you")
    with later(seconds=61), queries() as a_minute_on:
        client.get("/you")

    assert not [sql for sql in at_once if sql.startswith(("UPDATE", "INSERT"))]
    assert len([sql for sql in a_minute_on if sql.startswith("UPDATE")]) == 2


def test_a_page_for_anybody_asks_nothing_of_a_browser_without_a_session(client):
    with queries(at_most=0):
        client.get("/accessibility")


def test_a_session_that_does_not_know_when_it_began_is_over():
    client = signed_in(UserFactory())
    session = client.session
    del session["began"]
    session.save()

    assert client.get("/you").status_code == 302


def test_an_expired_session_leaves_public_pages_open():
    client = signed_in(UserFactory())

    with later(hours=2):
        assert client.get("/accessibility").status_code == 200


def test_the_list_shows_ones_own_sessions_in_words():
    user = UserFactory()
    for email, address in ((user.email, "192.0.2.10"), (UserFactory().email, "192.0.2.99")):
        browser = Client(HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR=address)
        browser.post("/sign-in", {"email": email})
        browser.post("/sign-in/code", {"code": latest_code(browser)})

    page = signed_in(user).get("/you").content.decode()

    assert "Firefox on Windows" in page and "192.0.2.10" in page
    assert "192.0.2.99" not in page
    assert page.count("This one") == 1


def test_sessions_are_dated_by_the_portals_own_clock():
    with time_machine.travel(datetime.now(UTC).replace(microsecond=0), tick=False):
        page = signed_in(UserFactory()).get("/you").content.decode()

    assert f'"Signed in">{moment(clock.now())}<' in page and f'"Last used">{moment(clock.now())}<' in page
    assert clock.today() != clock.london_date(clock.real_now())


def test_a_session_can_be_ended_from_another():
    user = UserFactory()
    lost, here = signed_in(user), signed_in(user)
    sign_in = SignIn.objects.get(session_key=lost.session.session_key)

    answer = here.post(f"/you/sessions/{sign_in.pk}/end")

    assert answer["Location"] == "/you"
    assert lost.get("/you").status_code == 302
    assert here.get("/you").status_code == 200
    assert Event.objects.filter(action="account.session_ended", actor=user).count() == 1


def test_another_persons_session_does_not_exist():
    theirs = signed_in(UserFactory())
    sign_in = SignIn.objects.get(session_key=theirs.session.session_key)

    answer = signed_in(UserFactory()).post(f"/you/sessions/{sign_in.pk}/end")

    assert answer.status_code == 404
    assert theirs.get("/you").status_code == 200


def test_all_other_sessions_can_be_ended_at_once():
    user = UserFactory()
    others, here, stranger = [signed_in(user), signed_in(user)], signed_in(user), signed_in(UserFactory())

    here.post("/you/sessions/end-others")

    assert [c.get("/you").status_code for c in (*others, here, stranger)] == [302, 302, 200, 200]


def test_a_request_under_way_cannot_bring_an_ended_session_back():
    user = UserFactory()
    client = signed_in(user)
    session = client.session
    session["late"] = True  # read before, saved after

    services.end_sessions_of(user)

    with pytest.raises(UpdateError):
        session.save()
    assert not Session.objects.exists()


def test_a_new_role_holds_at_the_next_request_and_ends_the_sessions_that_did_not_know_it():
    user, admin = UserFactory(), NationalMembershipFactory().user
    client = signed_in(user)

    services.appoint_nationally(user=user, role=NationalRole.ANALYST, by=admin, now=NOW)

    assert client.get("/you").status_code == 302
    assert "National analyst" in signed_in(user).get("/you").content.decode()


def test_an_ended_role_is_gone_at_the_next_request():
    membership = NationalMembershipFactory()
    user = membership.user
    client = signed_in(user)

    assert services.end_national_role(user=user, role=NationalRole.ADMINISTRATOR, by=None, now=NOW)

    assert client.get("/you").status_code == 302
    assert "National administrator" not in signed_in(user).get("/you").content.decode()


def test_who_changes_their_own_role_stays_signed_in():
    user = NationalMembershipFactory().user
    client = signed_in(user)

    services.appoint_nationally(user=user, role=NationalRole.ANALYST, by=user, now=NOW)

    assert client.get("/you").status_code == 200


def test_closing_an_account_ends_its_sessions():
    user = UserFactory()
    client = signed_in(user)

    services.close(user=user, by=None, now=NOW)

    assert client.get("/you").status_code == 302
    assert not Session.objects.exists()


def test_roles_say_whether_they_demand_a_second_factor():
    nobody, national, other = UserFactory(), NationalMembershipFactory().user, UserFactory()

    source = Source(
        held=lambda user: [Held("Leader", "Severn")] if user == other else [],
        demand_a_second_factor=lambda user: user == other,
    )
    register_roles(source)
    try:
        assert [needs_second_factor(u) for u in (nobody, national, other)] == [False, True, True]
        assert roles_held(other) == [Held("Leader", "Severn")]
    finally:
        from accounts import roles

        roles._SOURCES.remove(source)


def test_a_second_factor_page_stands_before_those_whose_roles_demand_one_once_it_is_named(settings):
    national, teacher = signed_in(NationalMembershipFactory().user), signed_in(UserFactory())
    assert national.get("/home").status_code == 200

    settings.SECOND_FACTOR_PAGE = "accounts:you"

    assert national.get("/home")["Location"] == "/you"
    assert national.get("/you").status_code == 200
    assert teacher.get("/home").status_code == 200


def test_a_name_can_be_changed_and_the_change_is_on_record():
    user = UserFactory(name="Helen Carter")

    signed_in(user).post("/you/name", {"name": "Helen Marsh"})

    user.refresh_from_db()
    event = Event.objects.get(action="account.renamed")
    assert (user.name, event.before, event.after) == ("Helen Marsh", {"name": "Helen Carter"}, {"name": "Helen Marsh"})


def test_sessions_that_ended_by_themselves_are_forgotten():
    idle, here = signed_in(UserFactory()), signed_in(UserFactory())
    SignIn.objects.filter(session_key=idle.session.session_key).update(seen_at=datetime.now(UTC) - timedelta(hours=2))

    assert services.forget_ended_sessions(real_now=datetime.now(UTC)) == 1

    assert here.get("/you").status_code == 200
    assert Session.objects.count() == 1


def test_roles_at_hubs_and_schools_stand_on_ones_own_page_and_say_which_demand_a_second_factor():
    from hubs.models import HubRole
    from tests.factories.hubs import HubMembershipFactory, LeaderFactory
    from tests.factories.schools import SchoolMembershipFactory

    finance = HubMembershipFactory(role=HubRole.FINANCE).user
    specialist = LeaderFactory(user=UserFactory()).user
    coordinator = SchoolMembershipFactory().user

    assert [needs_second_factor(u) for u in (finance, specialist, coordinator)] == [True, True, False]
    assert [[held.label for held in roles_held(u)] for u in (finance, specialist, coordinator)] == [
        ["Finance officer"],
        ["Mastery Specialist"],
        ["School coordinator"],
    ]
    assert "School coordinator, Larkhill" in signed_in(coordinator).get("/you").content.decode()


def test_a_role_given_or_ended_at_a_hub_or_school_ends_the_persons_sessions():
    from hubs import services as hubs
    from hubs.models import HubRole
    from schools.models import SchoolRole
    from schools.services import people as schools
    from tests.factories.hubs import HubFactory
    from tests.factories.schools import SchoolFactory

    user, admin = UserFactory(), UserFactory()
    seen = []

    def act(service, **arguments):
        client = signed_in(user)
        done = service(by=admin, now=NOW, **arguments)
        seen.append(client.get("/you").status_code)
        return done

    at_hub = act(hubs.appoint, hub=HubFactory(), user=user, role=HubRole.LEAD)
    act(hubs.end_role, membership_id=at_hub.pk)
    at_school = act(schools.appoint, school=SchoolFactory(), user=user, role=SchoolRole.COORDINATOR)
    act(schools.end_role, membership_id=at_school.pk)

    assert seen == [302] * 4


def test_nothing_beyond_the_name_can_be_set_by_the_form_that_sets_it():
    user = UserFactory()
    before = {f.attname: getattr(user, f.attname) for f in user._meta.concrete_fields}
    extra = dict.fromkeys(before, "1") | {"email": "other@school.example", "is_superuser": "on", "is_staff": "on"}

    signed_in(user).post("/you/name", {**extra, "name": "Helen Marsh"})

    user.refresh_from_db()
    after = {f.attname: getattr(user, f.attname) for f in user._meta.concrete_fields}
    assert {k for k in before if before[k] != after[k]} == {"name", "last_login"}
