"""Pages printed from the code say what the code says."""

import pytest

from core.doors import Door
from hubportal import docs
from hubportal.permissions import Row
from tests.architecture.ground import ROOT


@pytest.mark.parametrize("name", docs.PAGES)
def test_a_printed_page_is_fresh(name):
    assert (ROOT / "docs" / name).read_text() == docs.PAGES[name](), "run: python manage.py write_docs"


def test_a_new_address_and_a_changed_policy_change_the_page():
    door = Door("permission", ("GET", "HEAD"), permission="schools.look", scope="visible_school")
    before = docs.permissions_of([], {"schools.look": "is signed in"})

    after = docs.permissions_of(
        [Row("schools/<urn>", "schools:one", door, "is signed in", print)], {"schools.look": "leads the hub"}
    )

    added = set(after.splitlines()) - set(before.splitlines())
    assert added == {
        "| `/schools/<urn>` | schools:one | GET | `schools.look` | is signed in | `visible_school` |",
        "| `schools.look` | leads the hub |",
    }


def test_every_table_of_states_is_printed():
    printed = docs.lives_page()
    tables = {
        f"{path.relative_to(ROOT)}"
        for path in ROOT.glob("**/states.py")
        if ".venv" not in path.parts and "\nLIFE" in path.read_text()
    }

    assert {where for where in tables if f"`{where}`" not in printed} == set()
