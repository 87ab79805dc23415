"""A sealed PDF as a reader's own software sees it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from core.documents import seal

TRUSTED = {
    "Signature Validation: Signature is Valid.",
    "Certificate Validation: Certificate is Trusted.",
    "Total document signed",
}


@pytest.fixture(scope="session")
def trusting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An NSS database, as PDF readers have one, that trusts our root."""
    folder = tmp_path_factory.mktemp("nss")
    root = folder / "root.pem"
    root.write_text(seal.root_pem())
    subprocess.run(["certutil", "-N", "-d", f"sql:{folder}", "--empty-password"], check=True, capture_output=True)
    subprocess.run(["certutil", "-A", "-d", f"sql:{folder}", "-n", "root", "-t", "C,C,C", "-i", root], check=True)
    return folder


def pdfsig(folder: Path, data: bytes) -> list[str]:
    """The lines that pdfsig prints of a file, by the roots that the folder's NSS database trusts."""
    path = folder / "sample.pdf"
    path.write_bytes(data)
    done = subprocess.run(["pdfsig", "-nssdir", f"sql:{folder}", path], capture_output=True, text=True)
    return [line.strip(" -") for line in done.stdout.splitlines()]
