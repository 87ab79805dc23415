"""People and their national roles."""

from __future__ import annotations

import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from accounts.models import NationalMembership, NationalRole, User
from tests.clock import NOW


class UserFactory(DjangoModelFactory):
    """A person with a name and no role."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@school.example")
    name = factory.Sequence(lambda n: f"Helen Carter {n}")
    password = factory.LazyFunction(lambda: make_password(None))


class NationalMembershipFactory(DjangoModelFactory):
    """A national administrator."""

    class Meta:
        model = NationalMembership

    user = factory.SubFactory(UserFactory)
    role = NationalRole.ADMINISTRATOR
    since = NOW
