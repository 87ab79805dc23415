"""The seal as other people's software sees it, and what it leaves untouched."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.core.management import call_command
from django.test import override_settings

from core.documents import seal
from core.documents.seal import SealError
from tests.core.documents import checklist
from tests.core.documents.edits import appended, edited, revised
from tests.core.documents.reader import TRUSTED, pdfsig
from tests.factories.documents import REFERENCE
from tests.races import race

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_pdfsig_says_valid_trusted_and_the_whole_document(trusting, sealed):
    said = pdfsig(trusting, sealed)

    assert TRUSTED <= set(said)
    assert "Signature Type: ETSI.CAdES.detached" in said


def test_pdfsig_trusts_nothing_without_our_root(tmp_path, sealed):
    subprocess.run(["certutil", "-N", "-d", f"sql:{tmp_path}", "--empty-password"], check=True, capture_output=True)

    assert "Certificate Validation: Certificate is Trusted." not in pdfsig(tmp_path, sealed)


def test_pdfsig_says_a_wrong_digest_of_an_edited_copy(trusting, sealed):
    assert "Signature Validation: Digest Mismatch." in pdfsig(trusting, edited(sealed))


@pytest.mark.parametrize("change", [revised, appended], ids=["a revision", "characters after the end"])
def test_pdfsig_says_not_the_total_document_of_an_appended_copy(trusting, sealed, change):
    assert "Not total document signed" in pdfsig(trusting, change(sealed))


def test_the_archival_bytes_stay_in_front_and_what_they_claim_stays_true(plain_pdf, sealed):
    assert sealed.startswith(plain_pdf)
    assert checklist.faults(sealed) == []


def test_metadata_and_version_are_the_same_before_and_after(plain_pdf, sealed):
    def said(data):
        with pikepdf.open(io.BytesIO(data)) as opened:
            info = {key: str(value) for key, value in opened.docinfo.items()}
            return opened.pdf_version, opened.Root.get("/Version"), opened.Root.Metadata.read_bytes(), info

    assert said(sealed) == said(plain_pdf)
    with pikepdf.open(io.BytesIO(sealed)) as opened:
        assert "/ISO_" not in opened.Root.get("/Extensions", {})  # that one needs PDF 2.0


def test_the_seal_certifies_and_allows_no_change(sealed):
    with pikepdf.open(io.BytesIO(sealed)) as opened:
        signature = opened.Root.Perms.DocMDP
        assert int(signature.Reference[0].TransformParams.P) == 1
        assert str(signature.Reason) == f"Sealed by the Hub Portal: {REFERENCE}"


def test_each_sealing_gives_other_bytes_hence_once(plain_pdf, sealed):
    assert seal.seal(plain_pdf, REFERENCE) != sealed


def test_threads_of_one_worker_seal_at_once_without_disturbing_each_other(plain_pdf, monkeypatch):
    """With one signer for all of them this fails: its certificate is parsed while in use."""
    often = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        made = [race(4, lambda number: seal.seal(plain_pdf, REFERENCE)) for _ in range(5)]
    finally:
        sys.setswitchinterval(often)

    assert all(isinstance(one, bytes) for several in made for one in several), made


def test_sealing_twice_is_an_error(sealed):
    with pytest.raises(SealError):
        seal.seal(sealed, REFERENCE)


def files_in(folder):
    return seal.Files(
        key=folder / "key.pem",
        certificate=folder / "certificate.pem",
        root=folder / "root.pem",
        old=folder / "old",
        root_key=folder / "root-key.pem",
    )


def settings_of(files, **more):
    return override_settings(
        SEAL_KEY_FILE=files.key,
        SEAL_CERTIFICATE_FILE=files.certificate,
        SEAL_ROOT_FILE=files.root,
        SEAL_OLD_CERTIFICATES_DIR=files.old,
        **more,
    )


def test_the_seal_certificate_lasts_three_years_under_a_root_and_may_seal_documents_only(tmp_path):
    files = files_in(tmp_path)
    seal.make_files(files, now=NOW)

    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    root = x509.load_pem_x509_certificate(files.root.read_bytes())

    certificate.verify_directly_issued_by(root)
    assert certificate.not_valid_after_utc == NOW + timedelta(days=3 * 365)
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert [p.stat().st_mode & 0o777 for p in (files.key, files.root_key, files.certificate)] == [0o600, 0o600, 0o644]


def test_keys_are_made_once(tmp_path):
    files = files_in(tmp_path)
    seal.make_files(files, now=NOW)
    before = {p: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()}

    seal.make_files(files, now=NOW + timedelta(days=364))

    assert {p: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()} == before


def test_after_a_year_a_new_certificate_seals_and_the_old_one_goes_on_being_ours(tmp_path, plain_pdf):
    files = files_in(tmp_path)
    seal.make_files(files, now=NOW)
    old = x509.load_pem_x509_certificate(files.certificate.read_bytes()).fingerprint(hashes.SHA256()).hex()

    seal.make_files(files, now=NOW + timedelta(days=366))

    with settings_of(files, SEAL_SELF_MADE=False):
        ours = seal.fingerprints()
        assert len(ours) == 2
        assert ours[1] == old
        assert seal.faults() == []
        assert seal.seal(plain_pdf, REFERENCE).startswith(plain_pdf)


def test_a_crash_between_the_two_files_is_mended(tmp_path):
    files = files_in(tmp_path)
    seal.make_files(files, now=NOW)
    right = files.certificate.read_bytes()
    other = files_in(tmp_path / "other")
    seal.make_files(other, now=NOW)
    files.certificate.write_bytes(other.certificate.read_bytes())

    seal.make_files(files, now=NOW)

    assert files.certificate.read_bytes() == right


def test_production_makes_nothing_up_and_names_what_is_missing(tmp_path, plain_pdf):
    files = files_in(tmp_path)

    with settings_of(files, SEAL_SELF_MADE=False):
        assert len(seal.faults()) == 3
        with pytest.raises(SealError, match="missing"):
            seal.seal(plain_pdf, REFERENCE)

    assert list(tmp_path.iterdir()) == []


def test_a_key_of_another_certificate_and_a_stranger_for_a_root_are_named(tmp_path):
    files, other = files_in(tmp_path), files_in(tmp_path / "other")
    seal.make_files(files, now=NOW)
    seal.make_files(other, now=NOW)
    files.key.write_bytes(other.key.read_bytes())
    files.root.write_bytes(other.root.read_bytes())

    with settings_of(files, SEAL_SELF_MADE=False):
        assert seal.faults() == [
            "SEAL_KEY_FILE is not the key of SEAL_CERTIFICATE_FILE.",
            "SEAL_CERTIFICATE_FILE was not issued by SEAL_ROOT_FILE.",
        ]


def test_the_command_prints_the_root_and_where_it_lies():
    out, err = io.StringIO(), io.StringIO()

    call_command("seal_root", stdout=out, stderr=err)

    assert out.getvalue() == seal.root_pem()
    assert str(seal.root_path()) in err.getvalue()


def test_the_command_makes_a_set_for_production_whose_parts_fit(tmp_path):
    call_command("seal_root", "--make", str(tmp_path), stdout=io.StringIO())

    with override_settings(
        SEAL_KEY_FILE=tmp_path / "seal-key.pem",
        SEAL_CERTIFICATE_FILE=tmp_path / "seal-certificate.pem",
        SEAL_ROOT_FILE=tmp_path / "seal-root.pem",
        SEAL_OLD_CERTIFICATES_DIR=None,
        SEAL_SELF_MADE=False,
    ):
        assert seal.faults() == []
