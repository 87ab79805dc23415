"""One school under several numbers."""

import pytest

from schools.succession import Family, family, family_of_many, leads_to, relatives_of_many
from tests.factories.schools import SchoolFactory, SuccessionFactory
from tests.queries import queries

pytestmark = pytest.mark.django_db


def link(older: str, newer: str, **fields) -> None:
    SuccessionFactory(urn=older, link_urn=newer, older=older, newer=newer, **fields)


def test_a_school_without_links_stands_alone():
    assert family("115001") == Family([], [])


def test_two_changes_of_number_are_one_history():
    link("115764", "136199")
    link("136199", "148036")

    assert family("148036") == Family(["136199", "115764"], [])
    assert family("115764") == Family([], ["136199", "148036"])
    assert family("136199") == Family(["115764"], ["148036"])


def test_both_halves_of_a_split_school_have_its_history_but_not_each_other():
    link("115001", "136001", kind="Successor - Split School")
    link("115001", "136002", kind="Successor - Split School")

    assert family("136001") == Family(["115001"], [])


def test_a_link_that_carries_no_identity_joins_nothing():
    SuccessionFactory(urn="115001", link_urn="132838", kind="Sixth Form Centre Link", older="", newer="")

    assert family("115001") == Family([], [])


def test_a_cycle_in_the_links_ends():
    link("115001", "136001")
    link("136001", "115001", kind="Result of Amalgamation")

    assert family("115001") == Family(["136001"], ["136001"])


def test_many_families_take_two_queries():
    schools = [str(115000 + i) for i in range(30)]
    for urn in schools:
        link(urn, str(int(urn) + 20000))

    with queries(at_most=2):
        found = family_of_many(schools)

    assert found["115007"] == Family([], ["135007"])


def test_a_closed_school_leads_to_the_open_one_at_the_end_of_the_chain():
    old = SchoolFactory(urn="115001", closed=True)
    SchoolFactory(urn="136001", closed=True, name="Between")
    SchoolFactory(urn="148001", name="Today")
    link("115001", "136001")
    link("136001", "148001")

    _, after = relatives_of_many([old])["115001"]

    assert [one.name for one in leads_to(after)] == ["Today"]


def test_a_successor_in_no_file_is_named_by_the_link():
    old = SchoolFactory(urn="115001", closed=True)
    link("115001", "151999", link_name="Larkhill Academy")

    _, after = relatives_of_many([old])["115001"]

    assert [(one.urn, one.name, one.is_open) for one in leads_to(after)] == [("151999", "Larkhill Academy", False)]
