"""Shows the root certificate of the seal, or makes a set of keys for production."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.documents import seal


class Command(BaseCommand):
    help = "Print where the root certificate of the seal lies, and the certificate itself, for PDF readers to trust."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--make",
            metavar="FOLDER",
            type=Path,
            help="instead make root and seal certificate in this folder, or next year's seal certificate under the "
            "root that is there; keep seal-root-key.pem off the server",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if (folder := options["make"]) is not None:
            files = seal.Files(
                key=folder / "seal-key.pem",
                certificate=folder / "seal-certificate.pem",
                root=folder / "seal-root.pem",
                old=folder / "seal-old-certificates",
                root_key=folder / "seal-root-key.pem",
            )
            seal.make_files(files)
            self.stdout.write(f"SEAL_KEY_FILE={files.key}\nSEAL_CERTIFICATE_FILE={files.certificate}")
            self.stdout.write(f"SEAL_ROOT_FILE={files.root}\nSEAL_OLD_CERTIFICATES_DIR={files.old}")
            return
        try:
            self.stderr.write(str(seal.root_path()))
            self.stdout.write(seal.root_pem(), ending="")
        except seal.SealError as error:
            raise CommandError(str(error)) from error
