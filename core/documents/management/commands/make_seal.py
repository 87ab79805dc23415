"""`manage.py make_seal FOLDER`: a root and this year's key and certificate of the seal, for an operator."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from core.documents.seal import Files, make_files


class Command(BaseCommand):
    help = (
        "Make the root of the seal, and under it a key and a certificate for this year, in a folder that only you can"
        " open. Run it again a year later with the root's key in place: the old certificate is kept. The root's key"
        " stays off the server."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        files = Files(
            key=folder / "seal-key.pem",
            certificate=folder / "seal-certificate.pem",
            root=folder / "seal-root.pem",
            old=folder / "old-certificates",
            root_key=folder / "seal-root-key.pem",
        )
        make_files(files, now=clock.real_now())
        files.key.chmod(0o644)  # the folder keeps it; a container that is handed this one file must be able to read it
        self.stdout.write(f"SEAL_KEY_FILE={files.key}")
        self.stdout.write(f"SEAL_CERTIFICATE_FILE={files.certificate}")
        self.stdout.write(f"SEAL_ROOT_FILE={files.root}")
        self.stdout.write(f"SEAL_OLD_CERTIFICATES_DIR={files.old}")
        self.stdout.write(f"Keep this one off the server: {files.root_key}")
