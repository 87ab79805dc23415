"""Secrets at rest."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from core import secrets

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_what_is_encrypted_reads_back_and_does_not_show():
    kept = secrets.encrypt("7654321")

    assert "7654321" not in kept
    assert secrets.decrypt(kept) == "7654321"


def test_nothing_stays_nothing():
    assert secrets.encrypt("") == secrets.decrypt("") == ""


def test_a_new_key_reads_what_the_old_one_wrote_until_the_old_one_is_gone(settings):
    settings.FIELD_KEYS = [OLD]
    kept = secrets.encrypt("7654321")

    settings.FIELD_KEYS = [NEW, OLD]
    assert secrets.decrypt(kept) == "7654321"

    settings.FIELD_KEYS = [NEW]
    with pytest.raises(secrets.Unreadable):
        secrets.decrypt(kept)


def test_a_keyed_hash_matches_equal_values_of_one_purpose_only():
    assert secrets.keyed_hash("7654321", purpose="trn") == secrets.keyed_hash("7654321", purpose="trn")
    assert secrets.keyed_hash("7654321", purpose="trn") != secrets.keyed_hash("7654321", purpose="limit")
    assert secrets.keyed_hash("7654321", purpose="trn") != secrets.keyed_hash("7654322", purpose="trn")


def test_after_a_rotation_the_old_hash_is_still_among_those_to_look_up(settings):
    settings.FIELD_KEYS = [OLD]
    kept = secrets.keyed_hash("7654321", purpose="trn")

    settings.FIELD_KEYS = [NEW, OLD]

    assert kept in secrets.keyed_hashes("7654321", purpose="trn")
    assert kept != secrets.keyed_hash("7654321", purpose="trn")
