"""What the settings refuse and what they make up (security 9.1): each start is a process with its own environment."""

import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql.psycopg_any import is_psycopg3

from tests.production import OURS, ROOT, environment, make_seal, manage


def load(env: dict[str, str]) -> dict[str, Any]:
    """The settings as they come out of an environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name in OURS:
            patch.delenv(name, raising=False)
        for name in OURS & env.keys():
            patch.setenv(name, env[name])
        return runpy.run_path(str(ROOT / "hubportal" / "settings.py"))


def refusal(env: dict[str, str]) -> str:
    """Why the portal does not start in an environment."""
    with pytest.raises(ImproperlyConfigured) as refused:
        load(env)
    return str(refused.value)


def embedded(folder: Path, **other: str) -> dict[str, str]:
    return {**environment(folder, **dict.fromkeys(NAMES)), **other}


NAMES = (
    *("PORTAL_ENV", "SITE_URL", "ALLOWED_HOSTS", "SECRET_KEY", "FIELD_KEYS", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"),
    *("STORAGE_URL", "SEAL_KEY_FILE", "SEAL_CERTIFICATE_FILE", "SEAL_ROOT_FILE"),
)


def test_production_starts_when_everything_is_given(tmp_path):
    assert load(environment(tmp_path))["PRODUCTION"] is True


@pytest.mark.parametrize("name", [name for name in NAMES if name != "PORTAL_ENV"])
@pytest.mark.parametrize("value", [None, ""])
def test_production_makes_nothing_up(tmp_path, name, value):
    assert f"{name} must be set" in refusal(environment(tmp_path, **{name: value}))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY must have at least 50 characters"),
        ("ALLOWED_HOSTS", "*", "never *"),
        ("ALLOWED_HOSTS", "portal.hubs.example,*.hubs.example", "never *"),
        ("SITE_URL", "http://portal.hubs.example", "SITE_URL must be an https address"),
        ("SITE_URL", "portal.hubs.example", "SITE_URL must begin with"),
        ("EMAIL_URL", "consolemail://", "EMAIL_URL must begin with"),
        ("EMAIL_URL", "dummymail://", "EMAIL_URL must begin with"),
        ("PORTAL_DEMO", "1", "PORTAL_DEMO is for `make demo` alone"),
        ("FIELD_KEYS", "not a key", "FIELD_KEYS must be Fernet keys"),
        ("REDIS_URL", "http://redis", "REDIS_URL must begin with"),
        ("DATABASE_URL", "mysql://portal@db/portal", "DATABASE_URL must begin with"),
        ("PORT", "eighty", "PORT is 'eighty'; it must be a whole number"),
        ("PORTAL_ENV", "staging", "PORTAL_ENV is 'staging'; it must be one of embedded, production"),
    ],
)
def test_production_refuses_what_is_unsafe_or_malformed(tmp_path, name, value, said):
    assert said in refusal(environment(tmp_path, **{name: value}))


def test_production_has_its_cookies_secure_and_no_debug(tmp_path):
    settings = load(environment(tmp_path))

    assert settings["DEBUG"] is False
    assert (settings["SESSION_COOKIE_NAME"], settings["CSRF_COOKIE_NAME"]) == ("__Host-session", "__Host-csrf")
    assert settings["SESSION_COOKIE_SECURE"] and settings["CSRF_COOKIE_SECURE"]
    assert settings["SESSION_COOKIE_HTTPONLY"] and settings["SESSION_COOKIE_SAMESITE"] == "Lax"


def test_production_has_nothing_of_the_demo(tmp_path):
    settings = load(environment(tmp_path))

    assert "demo" not in settings["INSTALLED_APPS"]
    assert settings["CLOCK"] == "core.clock.real_now"
    assert not any(name.startswith("demo.") for name in settings["MIDDLEWARE"])


def test_production_takes_sqlite_when_it_is_named(tmp_path):
    settings = load(environment(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path / 'portal.sqlite3'}"))

    assert settings["DATABASES"]["default"]["ENGINE"] == "django.db.backends.sqlite3"


def test_production_reads_a_password_with_signs_in_it(tmp_path):
    url = "postgres://portal:p%40ss%2Fword@db:5432/portal?sslmode=require"

    database = load(environment(tmp_path, DATABASE_URL=url))["DATABASES"]["default"]

    assert (database["PASSWORD"], database["OPTIONS"]["sslmode"]) == ("p@ss/word", "require")


def test_the_deploy_check_has_no_warning(tmp_path):
    make_seal(tmp_path)

    checked = manage("check", "--deploy", "--fail-level", "WARNING", env=environment(tmp_path))

    assert checked.returncode == 0, checked.stderr
    assert "no issues (0 silenced)" in checked.stdout


def test_the_deploy_check_can_fail(tmp_path):
    checked = manage("check", "--deploy", "--fail-level", "WARNING", env=environment(tmp_path))

    assert checked.returncode == 1
    assert "seal-key.pem" in checked.stderr


def test_the_embedded_default_needs_no_variable(tmp_path):
    settings = load(embedded(tmp_path))

    assert settings["SITE_URL"] == "http://127.0.0.1:8000"
    assert settings["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]
    assert settings["CLOCK"] == "core.clock.real_now"
    assert settings["PORTAL_DEMO"] is False


def test_the_embedded_default_makes_its_keys_once_and_keeps_them_from_others(tmp_path):
    first, second = load(embedded(tmp_path)), load(embedded(tmp_path))

    keys = tmp_path / "var" / "keys"
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert first["FIELD_KEYS"] == second["FIELD_KEYS"]
    assert sorted(path.name for path in keys.iterdir()) == ["field_key", "secret_key"]
    assert {path.stat().st_mode & 0o777 for path in keys.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"SITE_URL": "http://portal.hubs.example"}, "A plain http SITE_URL is allowed on loopback only"),
        ({"SITE_URL": "https://portal.hubs.example", "PORTAL_DEMO": "1"}, "PORTAL_DEMO is for `make demo` alone"),
        ({"PORTAL_DEMO": "perhaps"}, "PORTAL_DEMO is 'perhaps'; it must be 1 or 0"),
    ],
)
def test_the_embedded_default_refuses_what_is_unsafe(tmp_path, other, said):
    assert said in refusal(embedded(tmp_path, **other))


def test_an_empty_variable_counts_as_unset(tmp_path):
    settings = load(embedded(tmp_path, DATABASE_URL="", REDIS_URL="", PORT="", ALLOWED_HOSTS=""))

    assert (settings["PORT"], settings["REDIS_URL"], len(settings["ALLOWED_HOSTS"])) == (8000, None, 3)


def test_the_portal_itself_waits_for_the_disk(tmp_path):
    ask = (
        "import django; django.setup(); from django.db import connection; c = connection.cursor();"
        " print([c.execute(f'PRAGMA {p}').fetchone()[0] for p in ('synchronous', 'journal_mode', 'foreign_keys')],"
        " connection.transaction_mode)"
    )
    env = {**embedded(tmp_path), "DJANGO_SETTINGS_MODULE": "hubportal.settings"}

    said = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    assert said.stdout.strip() == "[2, 'wal', 1] IMMEDIATE", said.stderr


def test_the_driver_is_the_one_that_copies_as_the_import_does():
    assert not is_psycopg3
