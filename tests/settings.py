"""The settings of the tests: those of the portal, on a database and a folder of their own for each run.

A run is named by `PORTAL_TEST_RUN` (the process id of pytest), which its xdist workers inherit; what it writes lies
under `var/test/<run>/` and goes when the run ends. `DATABASE_URL` is heeded when it names a PostgreSQL server;
processes that tests start (`tests/processes.py`) set `PORTAL_TEST_CHILD` and get the very database of their test.
"""

from __future__ import annotations

import os
from pathlib import Path

RUN = os.environ.setdefault("PORTAL_TEST_RUN", str(os.getpid()))
RUN_DIR = Path(__file__).resolve().parent.parent / "var" / "test" / RUN
CHILD = "PORTAL_TEST_CHILD" in os.environ

for _unsafe in (
    "PORTAL_ENV",
    "PORTAL_DEMO",
    "DATABASE_OWNER_URL",
    "ALLOWED_HOSTS",
    "STORAGE_URL",
    "SECRET_KEY_FALLBACKS",
):
    os.environ.pop(_unsafe, None)
for _file in ("SEAL_KEY_FILE", "SEAL_CERTIFICATE_FILE", "SEAL_ROOT_FILE", "SEAL_OLD_CERTIFICATES_DIR"):
    os.environ.pop(_file, None)
os.environ["VAR_DIR"] = str(RUN_DIR)
os.environ["SECRET_KEY"] = "tests-only-" + "0123456789abcdef" * 4
os.environ["FIELD_KEYS"] = "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk="
if not CHILD:
    os.environ["SITE_URL"] = "http://127.0.0.1:8000"
    os.environ["EMAIL_URL"] = "smtp://127.0.0.1:9"  # nobody listens: a test that sends mail starts a server of its own
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        os.environ["DATABASE_URL"] = f"sqlite:///{RUN_DIR / 'portal.sqlite3'}"

if os.environ.get("REDIS_URL") and not CHILD:
    # Each xdist worker rings a bell of its own: a worker process of one test must not take the rings of another.
    _server = os.environ["REDIS_URL"].rpartition("/")[0]
    os.environ["REDIS_URL"] = f"{_server}/{int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0')[2:]) + 1}"

from hubportal.settings import *  # noqa: E402, F403  (the variables above are read as it loads)
from hubportal.settings import BASE_DIR, DATABASES, INSTALLED_APPS, USES_POSTGRESQL  # noqa: E402

# The demo's table exists in tests, and `zeal` finds repeated queries; the demo's bar and pages are put in by its tests.
INSTALLED_APPS = [*INSTALLED_APPS[:-1], INSTALLED_APPS[-1], *(["demo"] if "demo" not in INSTALLED_APPS else []), "zeal"]
CLOCK = "tests.clock.now"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MAIL_LEASE_SECONDS = DOCUMENT_LEASE_SECONDS = 3

if USES_POSTGRESQL:
    # Each run has a database of its own on the server; pytest-django adds the name of its xdist worker.
    DATABASES["default"]["TEST"] = {"NAME": f"portal_test_{RUN}"}
    DATABASES["default"]["CONN_MAX_AGE"] = 0
else:
    # A file, not memory: twenty threads that claim one row need real locks. Nobody waits for the disk.
    DATABASES["default"]["TEST"] = {"NAME": str(RUN_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-20000;"
    )

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = RUN_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost", "[::1]"]
# Log records reach pytest's own capture; what the portal's JSON lines hold is tested on their formatter.
LOGGING = {"version": 1, "disable_existing_loggers": False, "root": {"level": "WARNING"}}
