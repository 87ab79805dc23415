"""Genuine, altered or unknown."""

from __future__ import annotations

import io
import os
import subprocess
import zlib

import pikepdf
import pytest
from django.core.management import CommandError, call_command

from core import clock
from core.documents import seal, verify
from core.documents.verify import Verdict, known, verdict
from tests.clock import NOW
from tests.core.documents.edits import appended, edited, one_byte_changed, page_added, resaved, revised, stripped
from tests.factories.documents import REFERENCE, store_document

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored(sealed):
    return store_document(sealed)


def test_a_document_as_it_was_stored_is_genuine(stored, sealed):
    answer = verdict(sealed)

    assert (answer.verdict, answer.document) == (Verdict.GENUINE, stored)


def test_a_genuine_document_is_known_by_its_hash_and_never_parsed(stored, sealed, monkeypatch):
    monkeypatch.setattr(subprocess, "run", None)

    assert verdict(sealed).verdict == Verdict.GENUINE


@pytest.mark.parametrize("change", [edited, revised, appended, resaved, page_added])
def test_a_changed_document_is_altered_and_the_right_one_is_named(stored, sealed, change):
    answer = verdict(change(sealed))

    assert (answer.verdict, answer.document) == (Verdict.ALTERED, stored)


def test_a_document_that_was_never_sealed_but_bears_our_reference_is_altered(stored, plain_pdf):
    assert verdict(plain_pdf).verdict == Verdict.ALTERED


def test_our_seal_over_a_document_we_do_not_know_is_altered(sealed):
    assert verdict(sealed).verdict == Verdict.ALTERED


def test_a_seal_of_the_same_name_by_another_certificate_is_not_ours(plain_pdf, tmp_path, settings):
    files = seal.Files(*(tmp_path / name for name in ("key", "certificate", "root", "old", "root-key")))
    seal.make_files(files)
    settings.SEAL_SELF_MADE = False
    settings.SEAL_KEY_FILE, settings.SEAL_CERTIFICATE_FILE, settings.SEAL_ROOT_FILE = (
        files.key,
        files.certificate,
        files.root,
    )
    forged = seal.seal(plain_pdf, REFERENCE)
    settings.SEAL_SELF_MADE = True
    for name in ("key", "certificate", "root"):
        setattr(settings, f"SEAL_{name.upper()}_FILE", settings.VAR_DIR / "keys" / f"seal-{name}.pem")

    assert verdict(forged).verdict == Verdict.UNKNOWN


def bomb(size):
    """A PDF whose one stream unpacks to `size` bytes."""
    packed = zlib.compress(b"\0" * size, 9)
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.Bomb = pikepdf.Stream(pdf, packed, Filter=pikepdf.Name.FlateDecode)
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


STRANGE = {
    "empty": b"",
    "words": b"Dear Head,",
    "a start alone": b"%PDF-1.7\n",
    "junk": b"%PDF-1.7\n" + bytes(range(256)) * 4_000,
    "brackets": b"%PDF-1.7\n1 0 obj\n" + b"[" * 300_000 + b"\nendobj\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF",
    "a loop": b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1/Prev 9/Root 1 0 R>>\nstartxref\n9\n%%EOF",
    "a NUL for a reference": b"%PDF-1.7\n1 0 obj<</Keywords<00>>>endobj\n"
    b"xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n"
    b"trailer<</Size 2/Info 1 0 R/Root 1 0 R>>\nstartxref\n40\n%%EOF",
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_no_document_of_ours_is_unknown(stored, name):
    assert verdict(STRANGE[name]).verdict == Verdict.UNKNOWN


def test_seal_and_metadata_taken_off_leave_nothing_to_know_it_by(stored, sealed):
    assert verdict(stripped(sealed)).verdict == Verdict.UNKNOWN


@pytest.mark.parametrize("cut", [6, 40, 400], ids=["the last line", "the way in", "the whole trailer"])
def test_a_document_that_no_reader_can_open_any_more_is_still_known_by_our_certificate_in_it(stored, sealed, cut):
    broken = sealed[:-cut] + bytes(byte ^ 1 for byte in sealed[-cut:])

    assert verdict(broken).verdict == Verdict.ALTERED


def test_half_a_document_is_not_genuine(stored, sealed):
    assert verdict(sealed[: len(sealed) // 2]).verdict != Verdict.GENUINE


def test_a_file_that_unpacks_to_hundreds_of_megabytes_is_unknown_and_costs_the_portal_nothing(stored):
    assert verdict(bomb(300 << 20)).verdict == Verdict.UNKNOWN


def test_a_file_over_five_megabytes_is_unknown_unread(stored, sealed, monkeypatch):
    monkeypatch.setattr(subprocess, "run", None)

    assert verdict(sealed + b"\0" * (5 << 20)).verdict == Verdict.UNKNOWN


def test_the_child_that_reads_strangers_files_is_limited_in_memory_and_time():
    script = (
        f"import runpy, sys, resource; sys.argv = ['x']; sys.stdin = open('{os.devnull}')\n"
        f"runpy.run_path('{verify._INSPECT}', run_name='__main__')\n"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0], resource.getrlimit(resource.RLIMIT_CPU)[0])"
    )
    done = subprocess.run([verify.sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.endswith(f"{512 << 20} 5\n")


def test_a_child_that_dies_or_hangs_leaves_the_file_unknown(stored, sealed, monkeypatch, tmp_path):
    dies = tmp_path / "dies.py"
    dies.write_text("import os; os.kill(os.getpid(), 9)")
    monkeypatch.setattr(verify, "_INSPECT", dies)

    assert verdict(edited(sealed)).verdict == Verdict.UNKNOWN


def changes_accepted(sealed, numbers):
    """How many of these one-bit changes are taken for genuine, and what each is called."""
    said = [verdict(one_byte_changed(sealed, number=n)).verdict for n in numbers]
    return said.count(Verdict.GENUINE), set(said)


def test_of_twenty_one_byte_changes_none_is_genuine(stored, sealed):
    accepted, said = changes_accepted(sealed, range(20))

    assert accepted == 0
    assert Verdict.ALTERED in said


@pytest.mark.long
def test_of_two_hundred_one_byte_changes_none_is_genuine(stored, sealed):
    accepted, _ = changes_accepted(sealed, range(200))

    assert accepted == 0


def test_without_the_hash_a_change_in_the_padding_of_the_seal_would_pass(stored, sealed):
    """The control: the seal cannot cover its own bytes, so only the whole file's hash sees a change there."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    end = sealed.index(b"00>", sealed.index(b"/Contents <"))
    changed = sealed[:end] + b"01" + sealed[end + 2 :]
    signature = PdfFileReader(io.BytesIO(changed)).embedded_signatures[0]
    root = seal.x509.load_pem_x509_certificate(seal.root_pem().encode())
    from asn1crypto import x509 as asn1

    trust = [asn1.Certificate.load(root.public_bytes(seal.serialization.Encoding.DER))]

    status = validate_pdf_signature(signature, ValidationContext(trust_roots=trust, allow_fetching=False))

    assert (status.intact, status.valid) == (True, True)
    assert verdict(changed).verdict == Verdict.ALTERED


def test_a_reference_is_known_with_its_day_its_edition_and_the_fingerprint(stored):
    found = known(" hp 4k7q 2m")

    assert (found.reference, found.day, found.about) == (REFERENCE, clock.london_date(NOW), stored.about)
    assert [d.fingerprint for d in found.documents] == [stored.sha256[:8]]


def test_a_reference_nobody_gave_out_is_not_known():
    assert known(REFERENCE) is None
    assert known("HP-4K7Q-2N") is None


def test_a_room_may_answer_for_a_reference_that_has_no_document_yet(monkeypatch):
    monkeypatch.setattr(verify, "_LOOKUPS", [])
    verify.register_reference(
        lambda r: {"edition": "Primary Development 2027/28", "date": NOW.date()} if r == REFERENCE else None
    )

    found = known(REFERENCE)

    assert (found.about, found.documents) == ("Primary Development 2027/28", ())


def run(path):
    out = io.StringIO()
    try:
        call_command("verify_document", str(path), stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue().strip()
    return 0, out.getvalue().strip()


def test_the_command_says_it_and_exits_with_0_1_or_2(stored, sealed, tmp_path):
    said = []
    for data in (sealed, edited(sealed), appended(sealed), b"words"):
        path = tmp_path / "file.pdf"
        path.write_bytes(data)
        said.append(run(path))

    assert said == [(0, "genuine"), (1, "altered"), (1, "altered"), (2, "unknown")]


def test_the_command_cannot_read_what_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_document", str(tmp_path / "missing.pdf"))
