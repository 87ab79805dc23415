import datetime

import pytest
from django.db import connection

from core import clock as portal_clock


def test_the_portals_clock_is_the_tests_clock(clock):
    assert portal_clock.now().isoformat() == "2027-03-18T10:42:00+00:00"
    assert portal_clock.today() == datetime.date(2027, 3, 18)

    clock.at(datetime.date(2027, 6, 1), 9)

    assert portal_clock.now().isoformat() == "2027-06-01T08:00:00+00:00"


def test_each_test_begins_at_the_same_moment():
    assert portal_clock.now().isoformat() == "2027-03-18T10:42:00+00:00"


@pytest.mark.django_db
def test_the_test_database_is_a_file_of_this_run(settings):
    if connection.vendor != "sqlite":
        assert settings.RUN in connection.settings_dict["NAME"]
        return

    assert str(connection.settings_dict["NAME"]).startswith(str(settings.RUN_DIR))
