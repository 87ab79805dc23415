"""The counters that other tests lean on can fail."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from zeal import NPlusOneError, zeal_context

from tests.queries import queries


@pytest.mark.django_db
def test_queries_are_counted_and_listed():
    with queries() as found:
        ContentType.objects.count()
        ContentType.objects.filter(pk=0).update(model="x")

    assert [sql.split()[0] for sql in found] == ["SELECT", "UPDATE"]


@pytest.mark.django_db
def test_one_query_too_many_fails_and_shows_them():
    with pytest.raises(AssertionError, match="more than 1: 2 queries"), queries(at_most=1):
        ContentType.objects.count()
        ContentType.objects.count()


@pytest.mark.django_db
def test_a_query_for_each_row_is_found():
    with pytest.raises(NPlusOneError), zeal_context():
        for permission in Permission.objects.all()[:5]:
            assert permission.content_type.model
