"""What is missing is said at start-up, with the line to type."""

from __future__ import annotations

import resource

import pytest

from core.documents import checks, tasks


def test_this_machine_has_what_pdfs_need():
    assert checks.libraries_are_there(None) == []


def test_a_missing_library_is_named_by_its_package_with_the_line_to_type(monkeypatch):
    monkeypatch.setattr(checks, "NEEDED", {"libnowhere.so.0": "libnowhere0"})
    monkeypatch.setattr(checks, "WANTED", {"libneither.so.0": "libneither0"})

    needed, wanted = checks.libraries_are_there(None)

    assert (needed.msg, needed.is_serious()) == ("PDFs need libnowhere0.", True)
    assert "apt-get install" in needed.hint
    assert not wanted.is_serious()


def test_in_production_the_seal_must_be_whole(settings, tmp_path):
    settings.SEAL_SELF_MADE = False
    settings.SEAL_KEY_FILE = tmp_path / "missing.pem"

    assert [each.id for each in checks.seal_is_whole(None)] == ["documents.E002"]


def test_the_embedded_default_makes_its_own():
    assert checks.seal_is_whole(None) == []


@pytest.mark.parametrize("unit", [1 << 20])
def test_a_child_of_the_pool_gets_a_limit_above_what_it_has(monkeypatch, unit):
    given = []
    monkeypatch.setattr(resource, "setrlimit", lambda what, limits: given.append((what, limits[0])))

    tasks.limit_memory()

    [(what, most)] = given
    assert what == resource.RLIMIT_AS
    assert most > tasks.MEMORY + 50 * unit
