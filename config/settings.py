"""
All settings, read from the environment; `docs/settings.md` lists them.

Without any, the defaults suit development on one machine. With DEBUG off the process refuses to start until every
secret is set.
"""

from __future__ import annotations

import ssl
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from config.content_security import PAGE_CSP
from config.environment import Environment, refuse_read_only_sqlite

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = Environment()

DEBUG = env.bool("DEBUG", default=True)
SANDBOX_GATEWAY = env.bool("SANDBOX_GATEWAY", default=False)
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

# --- Secrets ---------------------------------------------------------------------------------------------
SECRET_KEY = env.secret("SECRET_KEY", debug=DEBUG)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
FIELD_ENCRYPTION_KEYS = [
    key.strip() for key in env.secret("FIELD_ENCRYPTION_KEYS", debug=DEBUG).split(",") if key.strip()
]
API_KEY_HMAC_KEY = env.secret("API_KEY_HMAC_KEY", debug=DEBUG)
# Payment links must outlive a change of SECRET_KEY, so their key is derived from the one that never has to change.
PAYMENT_LINK_KEY = env.secret("PAYMENT_LINK_KEY", debug=DEBUG, default="payment-link:" + API_KEY_HMAC_KEY)

# --- Applications ----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "config.admin_site.OfficeAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "simple_history",
    "billing",
    "subscriptions",
    "invoices",
    "config",
]
if SANDBOX_GATEWAY:
    INSTALLED_APPS.append("invoices.sandbox")

MIDDLEWARE = [
    "config.request_ids.RequestIdMiddleware",
    "config.api_boundary.ApiBoundaryMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.content_security.PathCspMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "billing.access.middleware.OfficeSessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
    "config.error_pages.OfficeNotFoundMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "billing.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- Database --------------------------------------------------------------------------------------------
DATABASE_CONNECT_TIMEOUT = env.int("DATABASE_CONNECT_TIMEOUT", default=5)
DATABASE_STATEMENT_TIMEOUT = env.int("DATABASE_STATEMENT_TIMEOUT", default=30)
DATABASE_PREPARED_STATEMENTS = env.bool("DATABASE_PREPARED_STATEMENTS", default=True)


def _database() -> dict[str, Any]:
    database: dict[str, Any] = env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR}/billing.sqlite3")
    options = database.setdefault("OPTIONS", {})
    if database["ENGINE"].endswith("sqlite3"):
        refuse_read_only_sqlite(database["NAME"])
        options |= {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        }
        return database
    database["ENGINE"] = "config.postgresql"
    database["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=600)
    database["CONN_HEALTH_CHECKS"] = True
    options |= {
        "connect_timeout": DATABASE_CONNECT_TIMEOUT,
        "tcp_user_timeout": DATABASE_CONNECT_TIMEOUT * 1000,
        "keepalives_idle": 10,
        "application_name": "billing",
        "answer_timeout": DATABASE_STATEMENT_TIMEOUT + 5,
        "options": f"-c statement_timeout={DATABASE_STATEMENT_TIMEOUT}s -c idle_in_transaction_session_timeout=60s"
        " -c jit=off",  # compiling takes longer than any statement of ours that it would be done for
    }
    if DATABASE_PREPARED_STATEMENTS:
        options |= {"server_side_binding": True, "prepare_threshold": 0}
    return database


DATABASES = {"default": _database()}

# --- Cache and queue -------------------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
REDIS_TIMEOUT = env.float("REDIS_TIMEOUT", default=0.5)
CACHES = {
    "default": {
        "BACKEND": "config.redis_cache.ImpatientRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "billing",
        "OPTIONS": {"socket_timeout": REDIS_TIMEOUT, "socket_connect_timeout": REDIS_TIMEOUT},
    }
}

CELERY_BROKER_URL = REDIS_URL
# Kombu trusts any certificate unless told; what the address says of certificates goes before this.
CELERY_BROKER_USE_SSL = {"ssl_cert_reqs": ssl.CERT_REQUIRED} if REDIS_URL.startswith("rediss:") else False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=4)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_DB_REUSE_MAX = 1000
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "issue"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 30,
    "unacked_restore_throttle": 10,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    "health_check_interval": 25,
}

# --- Rate limits (django-ratelimit counts, billing.api.rate_limits decides) ------------------------------
RATELIMIT_USE_CACHE = "default"

# --- Calls to merchants' gateways ------------------------------------------------------------------------
GATEWAY_DEADLINE = env.float("GATEWAY_DEADLINE", default=20.0)
GATEWAY_ALLOW_PRIVATE = env.bool("GATEWAY_ALLOW_PRIVATE", default=DEBUG)
# A lease has to outlive the longest call by a margin; 90 s for the default deadline.
GATEWAY_LEASE = env.float("GATEWAY_LEASE", default=3 * GATEWAY_DEADLINE + 30)
GATEWAY_LEASE_MARGIN = env.float("GATEWAY_LEASE_MARGIN", default=5.0)
GATEWAY_CONCURRENCY = env.int("GATEWAY_CONCURRENCY", default=8)
GATEWAY_LOOKS = env.int("GATEWAY_LOOKS", default=3)
GATEWAY_LOOKS_WITHIN = env.float("GATEWAY_LOOKS_WITHIN", default=300.0)
GATEWAY_BREAKER_FAILURES = env.int("GATEWAY_BREAKER_FAILURES", default=5)
GATEWAY_BREAKER_PAUSE = env.float("GATEWAY_BREAKER_PAUSE", default=30.0)
GATEWAY_RETRY_BASE = env.float("GATEWAY_RETRY_BASE", default=30.0)
GATEWAY_RETRY_CEILING = env.float("GATEWAY_RETRY_CEILING", default=3600.0)
GATEWAY_RECOVERY_RATE = env.float("GATEWAY_RECOVERY_RATE", default=10.0)
GATEWAY_MAX_ATTEMPTS = env.int("GATEWAY_MAX_ATTEMPTS", default=50)
GATEWAY_LOST_LEASES = env.int("GATEWAY_LOST_LEASES", default=3)

# --- Webhooks: calls to merchants' own systems --------------------------------------------------------------
WEBHOOK_DEADLINE = env.float("WEBHOOK_DEADLINE", default=10.0)
WEBHOOK_DELIVERIES_KEPT_DAYS = env.int("WEBHOOK_DELIVERIES_KEPT_DAYS", default=30)

# --- E-mail, which only workers send ---------------------------------------------------------------------
EMAIL_HOST = env.str("EMAIL_HOST", default="")
EMAIL_FILE_PATH = env.str("EMAIL_FOLDER", default="")
_WITHOUT_SERVER = ("filebased" if EMAIL_FILE_PATH else "console") if DEBUG else "smtp"
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else _WITHOUT_SERVER}.EmailBackend"
EMAIL_PORT = env.int("EMAIL_PORT", default=587)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=True)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = env.float("EMAIL_TIMEOUT", default=10.0)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="billing@localhost")

# --- Intervals of the sweeps, seconds --------------------------------------------------------------------
SWEEP_INTERVAL = env.float("SWEEP_INTERVAL", default=30.0)
CALLBACK_SWEEP_INTERVAL = env.float("CALLBACK_SWEEP_INTERVAL", default=15.0)
ERRAND_SWEEP_INTERVAL = env.float("ERRAND_SWEEP_INTERVAL", default=15.0)
REMINDER_SWEEP_INTERVAL = env.float("REMINDER_SWEEP_INTERVAL", default=300.0)
JOB_TASK_SECONDS = env.float("JOB_TASK_SECONDS", default=20.0)
WEBHOOK_SWEEP_INTERVAL = env.float("WEBHOOK_SWEEP_INTERVAL", default=5.0)
WEBHOOK_TASK_SECONDS = env.float("WEBHOOK_TASK_SECONDS", default=20.0)
REMINDER_TASK_SECONDS = env.float("REMINDER_TASK_SECONDS", default=20.0)
# How long one task may go on issuing, and how many of them share a merchant with very much to issue.
ISSUE_TASK_SECONDS = env.float("ISSUE_TASK_SECONDS", default=30.0)
ISSUE_WORKERS = env.int("ISSUE_WORKERS", default=4)
# How long one task goes on sending for its accounts before others have their turn, and how many calls it has under way.
PUSH_TASK_SECONDS = env.float("PUSH_TASK_SECONDS", default=20.0)
PUSH_CALLS_AT_ONCE = env.int("PUSH_CALLS_AT_ONCE", default=64)

# --- Limits ----------------------------------------------------------------------------------------------
OPEN_ENDED_HORIZON = timedelta(days=env.int("OPEN_ENDED_HORIZON_DAYS", default=92))
CALLBACK_MAX_BYTES = env.int("CALLBACK_MAX_BYTES", default=20_480)
CALLBACK_INBOX_LIMIT = env.int("CALLBACK_INBOX_LIMIT", default=2_000)
CALLBACKS_PER_ADDRESS = env.str("CALLBACKS_PER_ADDRESS", default="120/m")
PAGES_PER_ADDRESS = env.str("PAGES_PER_ADDRESS", default="300/m")
PDF_DOCUMENTS = env.bool("PDF_DOCUMENTS", default=True)
DOCUMENTS_PER_ADDRESS = env.str("DOCUMENTS_PER_ADDRESS", default="20/m")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- Language, time, static files ------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Security --------------------------------------------------------------------------------------------
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
ADMIN_REQUIRES_OTP = env.bool("ADMIN_REQUIRES_OTP", default=not DEBUG)
ADMIN_IDLE_TIMEOUT = env.int("ADMIN_IDLE_TIMEOUT", default=3600)
ADMIN_SESSION_LIMIT = env.int("ADMIN_SESSION_LIMIT", default=7 * 24 * 3600)
PASSWORD_RESET_TIMEOUT = env.int("PASSWORD_RESET_TIMEOUT", default=3600)
# django-axes counts wrong passwords in the database, so that they are counted while Redis is down.
AXES_HANDLER = "billing.access.locks.OfficeLocks"
AXES_CLIENT_IP_CALLABLE = "billing.access.locks.address_of"
AXES_LOCKOUT_CALLABLE = "billing.access.locks.locked_out"
AXES_FAILURE_LIMIT = env.int("SIGN_IN_FAILURES", default=5)
AXES_COOLOFF_TIME = timedelta(seconds=env.int("SIGN_IN_COOL_OFF", default=900))
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
OTP_TOTP_ISSUER = urlsplit(PUBLIC_BASE_URL).hostname or "billing"
LOGIN_URL = "/admin/login/"
LOGIN_REDIRECT_URL = "/admin/"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = ADMIN_SESSION_LIMIT
CONTENT_SECURITY_POLICY = PAGE_CSP
SERVED_OVER_HTTPS = urlsplit(PUBLIC_BASE_URL).scheme == "https"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVED_OVER_HTTPS
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=SERVED_OVER_HTTPS)
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if SERVED_OVER_HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SERVED_OVER_HTTPS
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
CSRF_FAILURE_VIEW = "config.error_pages.csrf_failure"

# --- The API ---------------------------------------------------------------------------------------------
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "billing.api.envelope.AlwaysJson",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "billing.api.envelope.answer_exception",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Bills and subscriptions",
    "DESCRIPTION": (
        "Post what your customers owe. To be told of payments and everything else that happens, instead of asking, "
        "add a webhook in the office: each event is posted to your system, signed as Standard Webhooks describes."
    ),
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVERS": [{"url": PUBLIC_BASE_URL}],
    "SERVE_INCLUDE_SCHEMA": False,
    "PREPROCESSING_HOOKS": ["billing.api.schema.keep_operations"],
    "POSTPROCESSING_HOOKS": ["billing.api.schema.add_components", "subscriptions.api.schema.add_components"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
}

# --- Logging ---------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "config.request_ids.RequestIdFilter"}},
    "formatters": {
        "line": {
            "()": "config.log_lines.DiscreetFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Named to take Django's own handlers away, which would print whole paths.
        "django": {"level": "INFO"},
        "django.server": {"level": "INFO", "propagate": True},
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "weasyprint": {"level": "CRITICAL"},  # it names every step, and every address it is refused
        "axes": {"level": "WARNING"},
    },
}

# --- The admin (unfold) ----------------------------------------------------------------------------------
UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Billing office"),
    "SITE_HEADER": _("Billing office"),
    "SITE_SYMBOL": "receipt_long",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("favicon.svg")}],
    "SHOW_HISTORY": False,  # the timeline on each page says more
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "LOGIN": {"form": "billing.access.sign_in.SignInForm"},
    "DASHBOARD_CALLBACK": "invoices.admin.home.page.dashboard",
    "STYLES": [lambda request: static("admin-office.css")],
    "SCRIPTS": [lambda request: static("admin-office.js")],
    "ACCOUNT": {
        "navigation": [
            {"title": _("Your account"), "link": reverse_lazy("admin:account")},
            {"title": _("Change password"), "link": reverse_lazy("admin:password_change")},
            {"title": _("Who may do what"), "link": reverse_lazy("admin:who_may")},
        ]
    },
    "SIDEBAR": {"navigation": "invoices.admin.navigation.navigation", "show_search": True, "command_search": True},
    # A calm teal. The darker steps carry white text at 4.5 to 1 and more.
    "COLORS": {
        "primary": {
            "50": "oklch(97.5% .014 195)",
            "100": "oklch(94.5% .03 195)",
            "200": "oklch(89.5% .055 195)",
            "300": "oklch(82% .08 195)",
            "400": "oklch(72% .1 195)",
            "500": "oklch(60% .1 195)",
            "600": "oklch(49.5% .085 195)",
            "700": "oklch(43% .075 195)",
            "800": "oklch(37% .062 195)",
            "900": "oklch(32% .05 195)",
            "950": "oklch(24% .04 195)",
        }
    },
}
