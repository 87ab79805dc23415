"""The seal: a certifying signature of the portal over the whole file, which allows no change after it.

The chain is a root of our own and a seal certificate under it, a new one each year. In the embedded default both are
made once under `var/keys`; production is given its key and certificates and makes nothing up. Certificates carry real
time: a seal tells readers when it was really made.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import io
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from core import clock

ORGANISATION = "Hub Portal"
ROOT_YEARS, SEAL_YEARS = 25, 3
RENEW_AFTER = timedelta(days=365)  # a new certificate each year; the old ones go on being ours
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")

Issuer = tuple[ec.EllipticCurvePrivateKey, x509.Certificate]


class SealError(Exception):
    """The keys or certificates of the seal are missing or do not fit together."""


@dataclass(frozen=True)
class Files:
    """Where the seal's keys and certificates lie; `root_key` only where the portal makes its own."""

    key: Path
    certificate: Path
    root: Path
    old: Path
    root_key: Path

    @classmethod
    def of_settings(cls) -> Files:
        key, certificate, root = (
            Path(str(each))
            for each in (settings.SEAL_KEY_FILE, settings.SEAL_CERTIFICATE_FILE, settings.SEAL_ROOT_FILE)
        )
        old = settings.SEAL_OLD_CERTIFICATES_DIR or certificate.parent / "seal-old-certificates"
        return cls(
            key=key,
            certificate=certificate,
            root=root,
            old=Path(old),
            root_key=certificate.parent / "seal-root-key.pem",
        )


def seal(pdf: bytes, reference: str) -> bytes:
    """The PDF with the portal's seal, an update after the archival bytes; each call gives other bytes, so seal once.

    Raises SealError; a file that is sealed already is refused.
    """
    from pyhanko.sign import fields, signers
    from pyhanko.sign.general import SigningError

    signer = _signer()
    meta = signers.PdfSignatureMetadata(
        field_name="Seal",
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        reason=f"Sealed by the Hub Portal: {reference}",
    )
    spec = fields.SigFieldSpec(
        "Seal",
        on_page=0,
        box=None,
        readable_field_name="Seal of the Hub Portal",
        invis_sig_settings=fields.InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True),
    )
    out = io.BytesIO()
    try:
        signers.PdfSigner(meta, signer, new_field_spec=spec).sign_pdf(_writer_class()(io.BytesIO(pdf)), output=out)
    except SigningError as error:
        raise SealError(str(error)) from error
    return out.getvalue()


def fingerprints() -> list[str]:
    """The SHA-256 of every certificate that ever sealed for this portal, the present one first."""
    files = _ready()
    old = sorted(files.old.glob("*.pem")) if files.old.is_dir() else []
    found = [x509.load_pem_x509_certificate(path.read_bytes()) for path in (files.certificate, *old)]
    return list(dict.fromkeys(each.fingerprint(hashes.SHA256()).hex() for each in found))


def root_pem() -> str:
    """The root certificate, for readers to trust."""
    return _ready().root.read_text()


def root_path() -> Path:
    return _ready().root


def faults() -> list[str]:
    """What is wrong with the configured files; for the system check in production."""
    files = Files.of_settings()
    missing = [str(path) for path in (files.key, files.certificate, files.root) if not path.is_file()]
    if missing:
        return [f"The seal's file {path} is missing." for path in missing]
    try:
        key, certificate, root = _key(files.key), _certificate(files.certificate), _certificate(files.root)
    except ValueError as error:
        return [f"A file of the seal cannot be read: {error}"]
    found = []
    if key.public_key() != certificate.public_key():
        found.append("SEAL_KEY_FILE is not the key of SEAL_CERTIFICATE_FILE.")
    try:
        certificate.verify_directly_issued_by(root)
    except Exception:
        found.append("SEAL_CERTIFICATE_FILE was not issued by SEAL_ROOT_FILE.")
    if certificate.not_valid_after_utc <= clock.real_now():
        found.append("SEAL_CERTIFICATE_FILE has expired.")
    return found


def make_certificate(
    name: str, *, issuer: Issuer | None = None, years: int = SEAL_YEARS, now: datetime | None = None
) -> Issuer:
    """A new EC P-256 key and its certificate; without an issuer a root, whose key stays off a production server."""
    now = now or clock.real_now()
    key = ec.generate_private_key(ec.SECP256R1())
    is_root = issuer is None
    who = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "GB"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    by_key, by_subject = (key, who) if issuer is None else (issuer[0], issuer[1].subject)
    usage = x509.KeyUsage(  # digitalSignature and nonRepudiation, or the signing of certificates
        digital_signature=not is_root,
        content_commitment=not is_root,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(by_subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=365 * years))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=0 if is_root else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by_key.public_key()), critical=False)
    )
    if not is_root:
        # Readers on NSS take document signing alone for a broken certificate, so e-mail protection stands beside it.
        both = x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(both, critical=False)
    return key, builder.sign(by_key, hashes.SHA256())


def make_files(files: Files, *, now: datetime | None = None) -> None:
    """Make what is missing, root first, and a new seal certificate once the present one is a year old.

    Safe to call from many processes at once; the old certificate is kept among ours.
    """
    now = now or clock.real_now()
    with _locked(files.certificate.parent):
        if not files.root.exists():
            key, root = make_certificate("Hub Portal root", years=ROOT_YEARS, now=now)
            _write(files.root_key, _key_pem(key), 0o600)
            _write(files.root, _certificate_pem(root), 0o644)
        if files.key.exists() and (fits := _certificate(files.key)) != (
            _certificate(files.certificate) if files.certificate.exists() else None
        ):
            _write(files.certificate, _certificate_pem(fits), 0o644)  # a crash came between the two files below
        if files.certificate.exists():
            present = _certificate(files.certificate)
            if now - present.not_valid_before_utc < RENEW_AFTER or not files.root_key.exists():
                return
            files.old.mkdir(parents=True, exist_ok=True)
            _write(files.old / f"{present.fingerprint(hashes.SHA256()).hex()}.pem", _certificate_pem(present), 0o644)
        issuer = (_key(files.root_key), _certificate(files.root))
        key, certificate = make_certificate(f"Hub Portal seal {now.year}", issuer=issuer, now=now)
        # The key's file holds its certificate too, so that a crash between the two files never leaves a pair apart.
        _write(files.key, _key_pem(key) + _certificate_pem(certificate), 0o600)
        _write(files.certificate, _certificate_pem(certificate), 0o644)


def _ready() -> Files:
    """The files of the settings; in the embedded default they are made first."""
    files = Files.of_settings()
    if settings.SEAL_SELF_MADE:
        make_files(files)
    elif wrong := faults():
        raise SealError(" ".join(wrong))
    return files


def _signer() -> Any:
    files = _ready()
    return _load_signer(files.key, files.certificate.read_bytes())


def _load_signer(key_file: Path, certificate: bytes) -> Any:
    """A signer for one seal. It is never shared: its certificate is parsed while it is used, which no two threads of a
    worker may do to the same object at once."""
    from asn1crypto import keys
    from asn1crypto import x509 as asn1_x509
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    key = _key(key_file).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    der = x509.load_pem_x509_certificate(certificate).public_bytes(serialization.Encoding.DER)
    # An empty registry: further certificates would only widen the part of the file that no signature covers.
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(der),
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=SimpleCertificateStore(),
    )


@functools.cache
def _writer_class() -> type:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    class Writer(IncrementalPdfFileWriter):
        """Leaves metadata and version as they were made: the file goes on claiming PDF/A-2, which is PDF 1.7."""

        def _update_meta(self) -> None:
            pass

        def ensure_output_version(self, version: Any) -> None:
            super().ensure_output_version(min(version, (1, 7)))

        def register_extension(self, ext: Any) -> None:
            if ext.prefix_name != "/ISO_":  # the one for elliptic curves needs PDF 2.0
                super().register_extension(ext)

    return Writer


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".seal-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, data: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        os.fchmod(file.fileno(), mode)
    Path(name).replace(path)


def _key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the key is not one of an elliptic curve")
    return key


def _certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _certificate_pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
