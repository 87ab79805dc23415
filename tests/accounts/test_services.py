"""People who never came, and who an address belongs to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from accounts import services
from accounts.browsers import in_words
from accounts.models import NationalRole, User
from accounts.roles import national_roles
from tests.clock import NOW
from tests.factories.accounts import NationalMembershipFactory, UserFactory


@pytest.mark.django_db
def test_one_address_is_one_person_however_it_is_typed():
    first = services.person_at(email="H.Carter@School.Example ")

    assert services.person_at(email="h.carter@school.example") == first
    assert EmailAddress.objects.count() == 1


@pytest.mark.django_db
def test_the_database_refuses_an_address_in_capitals():
    with pytest.raises(IntegrityError):
        UserFactory(email="H.Carter@school.example")


@pytest.mark.django_db
def test_nobody_has_a_password():
    assert not services.person_at(email="h.carter@school.example").has_usable_password()
    assert not User.objects.create_user("a@school.example").has_usable_password()


@pytest.mark.django_db
def test_who_asked_for_a_code_and_never_typed_it_is_removed_after_a_day():
    gone = services.person_at(email="typo@school.example")
    tomorrow = datetime.now(UTC) + timedelta(hours=25)

    assert services.remove_unverified(real_now=datetime.now(UTC) + timedelta(hours=23)) == 0
    assert services.remove_unverified(real_now=tomorrow) == 1
    assert not User.objects.filter(pk=gone.pk).exists()


@pytest.mark.django_db
def test_who_signed_in_or_holds_a_role_or_is_of_support_or_did_anything_stays():
    came = services.person_at(email="came@school.example")
    User.objects.filter(pk=came.pk).update(last_login=NOW)
    national = services.person_at(email="national@school.example")
    NationalMembershipFactory(user=national)
    support = services.person_at(email="support@school.example")
    User.objects.filter(pk=support.pk).update(is_staff=True)
    was = services.person_at(email="was@school.example")
    NationalMembershipFactory(user=was, ended_at=NOW)

    assert services.remove_unverified(real_now=datetime.now(UTC) + timedelta(days=9)) == 0
    assert User.objects.count() == 4


@pytest.mark.django_db
def test_a_role_given_twice_is_held_once():
    user = UserFactory()

    for _ in range(2):
        services.appoint_nationally(user=user, role=NationalRole.ANALYST, by=None, now=NOW)

    assert user.national_roles.count() == 1


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; rv:146.0) Gecko/20100101 Firefox/146.0", "Firefox on Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Safari/604.1",
            "Safari on an iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) AppleWebKit/605.1 Version/19.0 Safari/605.1", "Safari on a Mac"),
        ("curl/8.5 Linux", "A browser on Linux"),
        ("", "An unknown browser"),
    ],
)
def test_a_browser_is_named_in_words(header, words):
    assert in_words(header) == words


@pytest.mark.django_db
def test_the_first_people_are_appointed_from_the_console(capsys):
    call_command("appoint", "Ada@National.Example", "administrator", name="Ada King")
    call_command("appoint", "ada@national.example", "support")

    ada = User.objects.get()
    assert (ada.name, ada.is_staff, ada.is_superuser) == ("Ada King", True, False)
    assert national_roles(ada) == {"administrator"}
    call_command("appoint", "ada@national.example", "administrator", end=True)
    call_command("appoint", "ada@national.example", "support", end=True)
    ada = User.objects.get()
    assert (national_roles(ada), ada.is_staff) == (frozenset(), False)
    with pytest.raises(CommandError, match="not an e-mail address"):
        call_command("appoint", "ada", "support")
