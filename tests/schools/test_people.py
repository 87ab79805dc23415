"""Teachers, and roles at a school."""

import pytest

from core.audit.log import history
from core.secrets import decrypt
from schools import services
from schools.models import SchoolMembership, SchoolRole, Teacher
from schools.roles import coordinated_by, holds_at
from tests.clock import NOW
from tests.factories.accounts import UserFactory
from tests.factories.schools import SchoolFactory

pytestmark = pytest.mark.django_db


def test_a_teacher_is_added_once_however_the_address_is_written():
    first = services.add_teacher(name="Priya Shah", email="P.Shah@larkhill.example", now=NOW)
    again = services.add_teacher(name="P Shah", email=" p.shah@LARKHILL.example ", now=NOW)

    assert first == again
    assert Teacher.objects.get().name == "Priya Shah"


def test_a_reference_number_is_kept_encrypted_and_found_by_its_hash():
    teacher = services.add_teacher(name="Priya Shah", email="p@larkhill.example", trn="1234567", now=NOW)

    teacher.refresh_from_db()
    assert "1234567" not in teacher.trn_encrypted
    assert decrypt(teacher.trn_encrypted) == "1234567"
    assert services.teachers_with_trn("1234567") == [teacher]
    assert services.teachers_with_trn("") == []


def test_a_reference_number_given_later_is_added_and_none_given_takes_none_away():
    services.add_teacher(name="Priya Shah", email="p@larkhill.example", now=NOW)
    services.add_teacher(name="Priya Shah", email="p@larkhill.example", trn="1234567", now=NOW)
    services.add_teacher(name="Priya Shah", email="p@larkhill.example", now=NOW)

    assert decrypt(Teacher.objects.get().trn_encrypted) == "1234567"


def test_the_record_of_a_teacher_names_fields_and_never_the_number():
    teacher = services.add_teacher(name="Priya Shah", email="p@larkhill.example", trn="1234567", now=NOW)

    assert [event.after for event in history(teacher)] == [{"fields": ["name", "trn"]}]


def test_a_role_is_given_once_and_holds_from_then_on():
    school, user = SchoolFactory(), UserFactory()
    assert not holds_at(user, SchoolRole.COORDINATOR, school.urn)

    first = services.appoint(school=school, user=user, role=SchoolRole.COORDINATOR, by=None, now=NOW)
    again = services.appoint(school=school, user=user, role=SchoolRole.COORDINATOR, by=None, now=NOW)

    assert first == again
    assert holds_at(user, SchoolRole.COORDINATOR, school.urn)
    assert coordinated_by(user) == [school.urn]


def test_a_role_ends_once_and_may_be_given_again():
    school, user = SchoolFactory(), UserFactory()
    first = services.appoint(school=school, user=user, role=SchoolRole.HEAD, by=None, now=NOW)

    assert services.end_role(membership_id=first.pk, by=None, now=NOW)
    assert not services.end_role(membership_id=first.pk, by=None, now=NOW)
    second = services.appoint(school=school, user=user, role=SchoolRole.HEAD, by=None, now=NOW)

    assert second != first
    assert SchoolMembership.objects.filter(ended_at=None).get() == second
