"""One file, read top to bottom; environments differ only by variables (.env.example lists them all)."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import environ
from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from hubportal import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / (env.path("VAR_DIR") or "var")  # everything written at run time
VAR_DIR.mkdir(parents=True, exist_ok=True)

# --- What this is -------------------------------------------------------------------------------------------------
PORTAL_ENV = env.one_of("PORTAL_ENV", ("embedded", "production"), "embedded")
PRODUCTION = PORTAL_ENV == "production"
PORTAL_DEMO = env.flag("PORTAL_DEMO")
DEBUG = False
PORT = env.whole("PORT", 8000)
SITE_URL = env.address("SITE_URL", f"http://127.0.0.1:{PORT}", schemes=("http", "https"), needed=PRODUCTION) or ""
SITE_URL = SITE_URL.rstrip("/")
SITE = urlsplit(SITE_URL)
SECURE_SITE = SITE.scheme == "https"
LOOPBACK = SITE.hostname in ("127.0.0.1", "localhost", "::1")
if PRODUCTION and not SECURE_SITE:
    raise ImproperlyConfigured("SITE_URL must be an https address in production.")
if not SECURE_SITE and not LOOPBACK:
    raise ImproperlyConfigured("A plain http SITE_URL is allowed on loopback only; use https.")
if PORTAL_DEMO and (PRODUCTION or SECURE_SITE):
    raise ImproperlyConfigured(
        "PORTAL_DEMO is for `make demo` alone: never in production, never under an https address."
    )


def _kept_secret(name: str, make: Callable[[], str]) -> str:
    """A secret of the embedded default: made once under var/, never in production."""
    kept = VAR_DIR / "keys" / name
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not kept.exists():
        # Whole or not at all, and the first of two processes wins: a link never replaces.
        handle, written = tempfile.mkstemp(dir=kept.parent, prefix=".new-")
        with os.fdopen(handle, "w") as file:
            file.write(make())
        with contextlib.suppress(FileExistsError):
            os.link(written, kept)
        Path(written).unlink()
    return kept.read_text().strip()


SECRET_KEY = env.text("SECRET_KEY", needed=PRODUCTION) or _kept_secret("secret_key", lambda: secrets.token_urlsafe(64))
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
if PRODUCTION and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY must have at least 50 characters in production.")
_here = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", _here if LOOPBACK else [*_here, SITE.hostname or ""], needed=PRODUCTION)
if PRODUCTION and any("*" in host for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS must name its hosts in production, never *.")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SECURE_SITE else []
# Fernet keys for encrypted fields, newest first: the first one encrypts, all of them decrypt.
FIELD_KEYS = env.words("FIELD_KEYS", needed=PRODUCTION) or [
    _kept_secret("field_key", lambda: Fernet.generate_key().decode())
]
for _key in FIELD_KEYS:
    try:
        Fernet(_key)
    except ValueError:
        raise ImproperlyConfigured("FIELD_KEYS must be Fernet keys, comma between: see docs/running.md.") from None

# --- The rooms ----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "core.ui",
    "core.audit",
    "core.links",
    "core.notifications",
    "core.documents",
    "core.signing",
    "accounts",
    "schools",
    "hubs",
    "programmes",
    "applications",
    "reports",
    *(["demo"] if PORTAL_DEMO else []),
    "hubportal",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "crispy_forms",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "core.ui.middleware.RequestIdMiddleware",
    "core.ui.middleware.UnavailableMiddleware",
    "core.ui.middleware.RefuseControlCharacters",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.ui.middleware.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.SessionLimits",
    "accounts.middleware.SecondFactor",
    *(["demo.middleware.DemoBar"] if PORTAL_DEMO else []),
    "core.doors.DoorMiddleware",
    "core.links.middleware.LinkPages",
]
ROOT_URLCONF = "hubportal.urls"
WSGI_APPLICATION = "hubportal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.ui.context.page",
            ],
            "builtins": ["core.ui.templatetags.hub"],
        },
    },
    {
        # Mails are written as text: nothing is escaped in them; the HTML part is made from the text at sending.
        "NAME": "text",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"autoescape": False, "builtins": ["core.ui.templatetags.hub"]},
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "hub"
CRISPY_FAIL_SILENTLY = False

# --- Data ---------------------------------------------------------------------------------------------------------
DATABASE_URL = env.address(
    "DATABASE_URL",
    None if PRODUCTION else f"sqlite:///{VAR_DIR / 'portal.sqlite3'}",
    schemes=("postgres", "postgresql", "sqlite"),
    needed=PRODUCTION,
)
# Migrations run as the owner of the tables; the portal itself as a role that cannot alter them.
DATABASE_OWNER_URL = env.address("DATABASE_OWNER_URL", schemes=("postgres", "postgresql", "sqlite"))


def _database(url: str) -> dict:
    found: dict = environ.Env.db_url_config(url)
    if "sqlite" in found["ENGINE"]:
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-20000;"
            " PRAGMA mmap_size=134217728; PRAGMA journal_size_limit=67108864;",
        }
    else:
        found["ENGINE"] = "django.db.backends.postgresql"
        found.setdefault("CONN_MAX_AGE", 60)
        found.setdefault("CONN_HEALTH_CHECKS", True)
        found["OPTIONS"] = {"connect_timeout": 3, **found.get("OPTIONS", {})}
    return found


DATABASES = {"default": _database(DATABASE_URL or "")}
USES_POSTGRESQL = DATABASES["default"]["ENGINE"].endswith("postgresql")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- Queue, mail, documents -----------------------------------------------------------------------------------------
REDIS_URL = env.address("REDIS_URL", schemes=("redis", "rediss"), needed=PRODUCTION)
BELL_DIR = VAR_DIR / "bell"
MAIL_LEASE_SECONDS = 300
DOCUMENT_LEASE_SECONDS = 60
EMAIL_URL = env.address(
    "EMAIL_URL",
    "smtp://127.0.0.1:1025",
    schemes=("smtp", "smtp+tls", "smtp+ssl", "smtps"),
    needed=PRODUCTION,
)
_mail = environ.Env.email_url_config(EMAIL_URL)
EMAIL_BACKEND = "core.notifications.smtp.Backend"
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"] or "127.0.0.1", _mail["EMAIL_PORT"] or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"] or "", _mail["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
MAIL_DOMAIN = SITE.hostname if not LOOPBACK else "hubportal.example"
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM") or f"no-reply@{MAIL_DOMAIN}"
SERVER_EMAIL = DEFAULT_FROM_EMAIL
CONTROLLER = env.text("CONTROLLER") or "the national team of the Maths Hubs"  # as the privacy notice names it
STORAGE_URL = env.address("STORAGE_URL", f"file://{VAR_DIR / 'documents'}", schemes=("file",), needed=PRODUCTION)
STORAGE_DIR = Path(urlsplit(STORAGE_URL or "").path)
SEAL_KEY_FILE = env.path("SEAL_KEY_FILE", VAR_DIR / "keys" / "seal-key.pem", needed=PRODUCTION)
SEAL_CERTIFICATE_FILE = env.path("SEAL_CERTIFICATE_FILE", VAR_DIR / "keys" / "seal-certificate.pem", needed=PRODUCTION)
SEAL_ROOT_FILE = env.path("SEAL_ROOT_FILE", VAR_DIR / "keys" / "seal-root.pem", needed=PRODUCTION)
SEAL_OLD_CERTIFICATES_DIR = env.path("SEAL_OLD_CERTIFICATES_DIR")
# In the embedded default the seal's root and certificate are made once under var/; production makes nothing up.
SEAL_SELF_MADE = not PRODUCTION

# --- Time and language ----------------------------------------------------------------------------------------------
CLOCK = "demo.clock.now" if PORTAL_DEMO else "core.clock.real_now"
USE_TZ = True
TIME_ZONE = "Europe/London"
LANGUAGE_CODE = "en-gb"
USE_I18N = False

# --- Who you are ----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "reports:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "reports:start"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = 2
ACCOUNT_RATE_LIMITS = {"request_login_code": "20/15m/ip,3/m/key,10/h/key"}
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE_SITE
# The page where a second factor is given; empty: no role is asked for one yet (docs/decisions/second-factor.md).
SECOND_FACTOR_PAGE = ""

# --- Cookies and headers --------------------------------------------------------------------------------------------
_host_prefix = "__Host-" if SECURE_SITE else ""
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_host_prefix}session", f"{_host_prefix}csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SITE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_IDLE_SECONDS = 60 * 60
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
SECURE_SSL_REDIRECT = SECURE_SITE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_SITE else None
SECURE_HSTS_SECONDS = 63_072_000 if SECURE_SITE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_SITE
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_HANDLERS = [
    "core.documents.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# --- Files that pages load ------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_DIR") or VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "core.ui.storage.StaticStorage"},
}
MEDIA_ROOT = VAR_DIR / "media"

# --- Logs: ids, never names or addresses ------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "core.ui.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.one_of("LOG_LEVEL", ("INFO", "WARNING", "ERROR"), "INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # Django's 404 warnings carry paths, and a path may carry a link's token.
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
        "pyhanko": {"level": "ERROR"},
    },
}
