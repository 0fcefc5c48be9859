"""Django settings: read from the environment, safe where nothing is set; docs/settings.md lists every variable."""

import secrets
from pathlib import Path

from portal import environment as env
from portal.core.identity.allauth_settings import *  # noqa: F403 - sign-in settings live beside the code they steer
from portal.embedded import plan as embedded

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("CUSTODY_VAR") or BASE_DIR / "var").resolve()
DEMO = env.flag("CUSTODY_DEMO")
CUSTODY_CLOCK_OFFSET_ALLOWED = DEMO

DEBUG = False
SECRET_KEY = env.secret("SECRET_KEY", VAR_DIR / "keys" / "secret_key", lambda: secrets.token_urlsafe(50))
PORT = env.whole("PORT", 8000)
BASE_URL = env.text("BASE_URL", f"http://localhost:{PORT}").rstrip("/")
SECURE = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ("localhost", "127.0.0.1"))
CSRF_TRUSTED_ORIGINS = [BASE_URL]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
AUTH_USER_MODEL = "identity.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "portal.pages",
    "portal.gates",
    "privacy_app",
    "slo_app",
    "contracts_app",
    "lineage_app",
    "portal.core.oncall",
    "portal.core.raci",
    "portal.core.catalog",
    "portal.core.documents",
    "portal.core.notify",
    "portal.core.connectors",
    "portal.core.signing",
    "portal.core.identity",
    "portal.core.evidence",
    "portal.core.events",
    "portal.core.clock",
    "portal.core.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
]
if DEMO:
    INSTALLED_APPS.insert(0, "portal.demo")

MIDDLEWARE = [
    "portal.core.web.middleware.RequestIdMiddleware",
    "portal.core.web.middleware.SecurityHeadersMiddleware",
    "portal.core.web.problems.ProblemsMiddleware",
    "portal.core.web.middleware.RefuseNulMiddleware",
    "portal.core.web.machines.MachinesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.core.web.away.AwayMiddleware",
]
APPEND_SLASH = True

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
                "portal.core.web.context.portal",
            ],
        },
    },
]

_embedded = None if env.text("DATABASE_URL") and env.text("REDIS_URL") else embedded.load_or_make(VAR_DIR)
DATABASE_URL = env.text("DATABASE_URL") or (_embedded.database_url if _embedded else "")
EMBEDDED_DATABASE = not env.text("DATABASE_URL")
REDIS_URL = env.text("REDIS_URL") or (_embedded.redis_url if _embedded else "")
DATABASES = {"default": env.database(DATABASE_URL) | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": f"{REDIS_URL}/1",
        "KEY_PREFIX": "custody",
    },
    # While Valkey is away each web process counts callers by itself (privacy_app.limits).
    "spare": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "spare"},
}
FORM_RENDERER = "portal.core.web.renderer.Renderer"
SESSION_ENGINE = "django.contrib.sessions.backends.db"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "portal" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
X_FRAME_OPTIONS = "SAMEORIGIN"
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["portal.core.web.uploads.InMemory"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000  # the editor shows 25 fields of a schema at a time, and up to 100 nested ones
# X-Frame-Options comes from our own headers middleware, beside frame-ancestors; diagrams are framed by our own pages.
SILENCED_SYSTEM_CHECKS = ["security.W002", "security.W019"]
if not SECURE:
    # On plain http://localhost, the only place without TLS that is served, cookies and redirects cannot ask for TLS.
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016", "security.W021"]

CELERY_BROKER_URL = f"{REDIS_URL}/0"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "socket_timeout": 5}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

EMAIL_BACKEND = env.text(
    "EMAIL_BACKEND",
    "portal.demo.mailbox.MailboxBackend" if DEMO else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.whole("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "custody@localhost")

ORGANISATION = env.text("CUSTODY_ORGANISATION", "Example Company" if DEMO else "")
DPO_CONTACT = env.text("CUSTODY_DPO_CONTACT", "dpo@example.com" if DEMO else "")
PROOF_SUBJECT_IDS = env.choice("CUSTODY_PROOF_SUBJECT_IDS", "keyed", "plain")
PROOF_RETENTION_YEARS = env.whole("CUSTODY_PROOF_RETENTION_YEARS", 3)
SECRETS_DIR = Path(env.text("SECRETS_DIR") or VAR_DIR / "secrets")
SYSTEM_HOSTS = env.words("CUSTODY_SYSTEM_HOSTS", ("127.0.0.1", "localhost"))
PRIVACY_HIGH_RISK_RULES = env.words("CUSTODY_HIGH_RISK_RULES", ("many_rows", "shared_identifier"))
PRIVACY_HIGH_RISK_ROWS = env.whole("CUSTODY_HIGH_RISK_ROWS", 10_000)
PRIVACY_TEAM = env.text("CUSTODY_PRIVACY_TEAM")
PRIVACY_AUTHORITY = env.text("CUSTODY_PRIVACY_AUTHORITY")
OPERATIONS_TEAM = env.text("CUSTODY_OPERATIONS_TEAM", "data-platform" if DEMO else "")
PAGERDUTY_URL = env.text("CUSTODY_PAGERDUTY_URL", "https://events.pagerduty.com/v2/enqueue")
SYSTEM_PRIVATE_HOSTS = env.words("CUSTODY_SYSTEM_PRIVATE_HOSTS")
SYSTEM_PATHS = [Path(p) for p in env.words("CUSTODY_SYSTEM_PATHS", (str(VAR_DIR / "estate"),))]
DRILLS_DIR = VAR_DIR / "drills"  # the portal's own sandbox of fire drills, measured as any other system
SYSTEM_PATHS.append(DRILLS_DIR)
if DEMO:  # the estate's database lies in the private cluster; its files are scanned after an erasure
    SYSTEM_PATHS.append(VAR_DIR / "postgres" / "data")
LINEAGE_RETENTION_DAYS = env.whole("CUSTODY_LINEAGE_RETENTION_DAYS", 1200)
LINEAGE_ARCHIVES = Path(env.text("CUSTODY_LINEAGE_ARCHIVES") or VAR_DIR / "lineage" / "archives")
LINEAGE_ARCHIVE_DAYS = env.whole("CUSTODY_LINEAGE_ARCHIVE_DAYS", 0)
LINEAGE_STUCK_HOURS = env.whole("CUSTODY_STUCK_HOURS", 6)
LINEAGE_FAILING_RUNS = env.whole("CUSTODY_FAILING_RUNS", 3)
MAIN_BRANCH = env.text("CUSTODY_MAIN_BRANCH", "main")
LINEAGE_COVERAGE_TARGET = env.whole("CUSTODY_COVERAGE_TARGET", 95)
EVIDENCE_KEY_FILE = env.text("EVIDENCE_KEY_FILE")
EVIDENCE_ORIGIN = env.text("EVIDENCE_ORIGIN", "custody.localhost/log")
TSA_URL = env.text("TSA_URL")
TSA_CHAIN_FILE = env.text("TSA_CHAIN_FILE")
CHECKPOINT_FOLDER = env.text("CUSTODY_CHECKPOINT_FOLDER", str(VAR_DIR / "checkpoints") if DEMO else "")
CHECKPOINT_MAIL = env.words("CUSTODY_CHECKPOINT_MAIL")
AUDIT_TOPIC = env.text("CUSTODY_AUDIT_TOPIC", "audit.deletion")
AUDIT_REDIS_URL = env.text("CUSTODY_AUDIT_REDIS_URL", f"{REDIS_URL}/2")
AUDIT_STREAM_LENGTH = env.whole("CUSTODY_AUDIT_STREAM_LENGTH", 100_000)
AUDIT_WEBHOOK = env.text("CUSTODY_AUDIT_WEBHOOK")
POSTGRES_TOOLS = env.text("CUSTODY_POSTGRES_TOOLS") or ("" if env.text("DATABASE_URL") else embedded.postgres_tools())
WEBHOOK_PRIVATE_HOSTS = env.words("CUSTODY_WEBHOOK_PRIVATE_HOSTS")

LINEAGE_WAITING_AT_MOST = env.whole("CUSTODY_LINEAGE_WAITING_AT_MOST", 200_000)
SLO_RAW_DAYS = env.whole("CUSTODY_SLO_RAW_DAYS", 31)
LINEAGE_REFUSED_DAYS = env.whole("CUSTODY_LINEAGE_REFUSED_DAYS", 14)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["portal.core.identity.rest.ServiceTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["portal.core.identity.rest.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "portal.core.web.problems.as_problem",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Custody",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": ["portal.openapi.describe"],
    "SERVE_INCLUDE_SCHEMA": False,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "portal.core.web.logs.RequestIdFilter"}},
    "formatters": {"line": {"()": "portal.core.web.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "propagate": False},
        # fontTools and WeasyPrint narrate every glyph at INFO
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "pikepdf": {"level": "WARNING"},  # it tells every process that it was loaded
    },
}
