"""An environment like that of production, and a command run in it: `python -m tests.production check --deploy`."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parent.parent
OURS = {
    *(
        "PORTAL_ENV",
        "PORTAL_DEMO",
        "VAR_DIR",
        "SITE_URL",
        "SECRET_KEY",
        "SECRET_KEY_FALLBACKS",
        "ALLOWED_HOSTS",
        "PORT",
        "STATIC_DIR",
        "LOG_LEVEL",
    ),
    *("FIELD_KEYS", "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "EMAIL_URL", "MAIL_FROM", "STORAGE_URL"),
    *("SEAL_KEY_FILE", "SEAL_CERTIFICATE_FILE", "SEAL_ROOT_FILE", "SEAL_OLD_CERTIFICATES_DIR"),
}


def environment(folder: Path, **other: str | None) -> dict[str, str]:
    """Everything that production asks for, writing under a folder; `None` takes a variable out."""
    ours: dict[str, str | None] = {
        "PORTAL_ENV": "production",
        "VAR_DIR": str(folder / "var"),
        "SITE_URL": "https://portal.hubs.example",
        "ALLOWED_HOSTS": "portal.hubs.example",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "DATABASE_URL": "postgres://portal:pass%40word@127.0.0.1:9/portal",
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "EMAIL_URL": "smtp+tls://portal:word@mail.hubs.example:587",
        "STORAGE_URL": f"file://{folder / 'documents'}",
        "SEAL_KEY_FILE": str(folder / "seal-key.pem"),
        "SEAL_CERTIFICATE_FILE": str(folder / "seal-certificate.pem"),
        "SEAL_ROOT_FILE": str(folder / "seal-root.pem"),
        **other,
    }
    base = {name: value for name, value in os.environ.items() if name not in OURS and not name.startswith("DJANGO_")}
    return {**base, **{name: value for name, value in ours.items() if value is not None}}


def make_seal(folder: Path) -> None:
    """The seal's root, key and certificate as files, as an operator would make them."""
    from core.documents.seal import Files, make_files

    make_files(
        Files(
            key=folder / "seal-key.pem",
            certificate=folder / "seal-certificate.pem",
            root=folder / "seal-root.pem",
            old=folder / "old",
            root_key=folder / "seal-root-key.pem",
        )
    )


def manage(*words: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run manage.py in an environment."""
    return subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as kept:
        make_seal(Path(kept))
        ran = manage(*sys.argv[1:], env=environment(Path(kept)))
    sys.stdout.write(ran.stdout)
    sys.stderr.write(ran.stderr)
    raise SystemExit(ran.returncode)
