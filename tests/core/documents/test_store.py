"""The store: whole files or none, never replaced, checked when read."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.documents import store


def files(root):
    return sorted(p.name for p in root.rglob("*") if p.is_file())


def test_what_is_put_is_got_again_by_its_hash(tmp_path):
    digest = store.put(b"words", root=tmp_path)

    assert digest == hashlib.sha256(b"words").hexdigest()
    assert store.get(digest, root=tmp_path) == b"words"
    assert (tmp_path / digest[:2] / digest).is_file()


def test_a_file_is_readable_by_its_owner_and_group_and_writable_by_nobody(tmp_path):
    digest = store.put(b"words", root=tmp_path)

    assert stat.S_IMODE((tmp_path / digest[:2] / digest).stat().st_mode) == 0o440


def test_the_same_bytes_are_kept_once(tmp_path):
    assert store.put(b"words", root=tmp_path) == store.put(b"words", root=tmp_path)
    assert len(files(tmp_path)) == 1


def test_thirty_two_writers_at_once_leave_one_file(tmp_path):
    with ThreadPoolExecutor(32) as pool:
        digests = set(pool.map(lambda _: store.put(b"words", root=tmp_path), range(32)))

    assert files(tmp_path) == list(digests)


def test_a_file_that_is_not_what_its_name_says_is_refused_by_get_and_put(tmp_path):
    digest = store.put(b"words", root=tmp_path)
    path = tmp_path / digest[:2] / digest
    path.chmod(0o640)
    path.write_bytes(b"other")

    with pytest.raises(store.Altered):
        store.get(digest, root=tmp_path)
    with pytest.raises(store.Altered):
        store.put(b"words", root=tmp_path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(store.Missing):
        store.get("0" * 64, root=tmp_path)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 63, "A" * 64, "0" * 64 + "\n", "g" * 64])
def test_only_a_hash_is_a_name(tmp_path, name):
    with pytest.raises(ValueError, match="SHA-256"):
        store.get(name, root=tmp_path)


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space left"):
        store.put(b"words", root=tmp_path)

    assert files(tmp_path) == []


def test_file_and_folders_are_flushed_to_the_disk_before_the_hash_is_given(tmp_path, monkeypatch):
    flushed = []
    real = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda handle: flushed.append(str(Path(f"/proc/self/fd/{handle}").readlink())) or real(handle)
    )

    digest = store.put(b"words", root=tmp_path)

    assert [p.rpartition("/")[2].partition("-")[0] for p in flushed] == [".new", digest[:2], tmp_path.name]
