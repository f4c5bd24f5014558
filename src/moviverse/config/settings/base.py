"""Settings that hold everywhere. Every value that a site may change comes from the environment.

`environs` parses and names a wrong value: `EnvError: Environment variable "PORT" invalid: ...`.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import orjson
from corsheaders.defaults import default_headers
from environs import Env, validate

from moviverse.cli import embedded_postgres
from moviverse.config import broker, database, hardening, logging, mail, outside

env = Env(eager=True)

AT_LEAST_ONE = validate.Range(1)
PACKAGE = Path(__file__).resolve().parents[2]

HOME = Path(env.str("MOVIVERSE_HOME", "") or "var").resolve()
HOST = env.str("HOST", "") or "127.0.0.1"
PORT = env.int("PORT", 8000, validate=validate.Range(1, 65_535))
WEB_WORKERS = env.int("WEB_WORKERS", 2, validate=validate.Range(1, 64))
# How many proxies of our own stand in front: X-Forwarded-For counts only behind these.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0, validate=validate.Range(0, 10))
# How long the worker keeps jobs that are done; those that failed are kept four times as long.
JOBS_KEPT_DAYS = env.int("JOBS_KEPT_DAYS", 7, validate=validate.Range(1, 365))
LOG_LEVEL = env.str(
    "LOG_LEVEL",
    "INFO",
    validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]),
)

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", "") or hardening.kept_in(HOME / "secret_key")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", HOST])

INSTALLED_APPS = [
    "unfold",  # before the admin, whose templates it replaces
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "moviverse.core",
    "moviverse.accounts",
    "moviverse.catalog",
    "moviverse.library",
    "moviverse.transfer",
    "moviverse.recommendations",
    "moviverse.web",
]

MIDDLEWARE = [
    "moviverse.api.middleware.RequestIdMiddleware",
    "moviverse.api.middleware.UnavailableMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "moviverse.web.middleware.ContentSecurityPolicyMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "moviverse.api.middleware.PathMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "moviverse.config.urls"
WSGI_APPLICATION = "moviverse.config.wsgi.application"
APPEND_SLASH = False  # no redirect of a POST; PathMiddleware takes both forms
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "api/docs/templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "moviverse.web.context.demo",
            ],
        },
    },
]

DATABASES = {"default": database.from_environment(env, embedded_postgres.url(HOME / "postgres"))}

DATABASE_IS_EMBEDDED = not (env.str("DATABASE_URL", "") or env.str("DATABASE_NAME", ""))

REDIS_URL = outside.redis(env.str("REDIS_URL", ""))
CACHES = {
    "default": {
        "BACKEND": "moviverse.core.redis_cache.OptionalRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 0.25, "socket_timeout": 0.25},
    }
    if REDIS_URL
    else {
        "BACKEND": "moviverse.core.local_cache.LocalCache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}
# Without a broker jobs are run by our own worker, which hears of them from PostgreSQL.
CELERY_BROKER_URL = broker.url(env)
CELERY = broker.options(CELERY_BROKER_URL)
CELERY_APP = "moviverse.config.celery.app"
CELERY_LONG_QUEUE = broker.LONG_QUEUE

CACHE_TTL_TRENDING = env.int("CACHE_TTL_TRENDING", 600)
CACHE_TTL_LISTS = env.int("CACHE_TTL_LISTS", 600)
CACHE_TTL_DETAIL = env.int("CACHE_TTL_DETAIL", 86_400)
CACHE_TTL_RECOMMENDATIONS = env.int("CACHE_TTL_RECOMMENDATIONS", 1_800)
CACHE_TTL_SEARCH = env.int("CACHE_TTL_SEARCH", 60)

# For how long a person can look up what was recommended to them, and why.
RECEIPTS_KEPT_DAYS = env.int("RECEIPTS_KEPT_DAYS", 180, validate=validate.Range(2, 3_650))
# For how long the trends of each day are kept, and what a film got of it.
TRENDS_KEPT_DAYS = env.int("TRENDS_KEPT_DAYS", 90, validate=validate.Range(10, 3_650))

# Train anew at night when members have added so much to what the active models learnt from.
RETRAIN_AFTER_PERCENT = env.float("RETRAIN_AFTER_PERCENT", 1.0, validate=validate.Range(0.0, 100.0))

# Make lists ahead for people who have done something in so many days.
PREPARE_FOR_ACTIVE_DAYS = env.int("PREPARE_FOR_ACTIVE_DAYS", 30, validate=validate.Range(1, 3_650))

AUTH_USER_MODEL = "accounts.User"
# The one backend: a password typed into any form, the admin's too, passes the limiter.
AUTHENTICATION_BACKENDS = ["moviverse.api.authentication.LimitedPasswordBackend"]
PASSWORD_HASHERS = ["moviverse.accounts.hashers.SmallArgon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
JWT_ACCESS_LIFETIME = timedelta(
    minutes=env.int("JWT_ACCESS_MINUTES", 15, validate=validate.Range(1, 15))
)
JWT_REFRESH_LIFETIME = timedelta(
    days=env.int("JWT_REFRESH_DAYS", 30, validate=validate.Range(1, 365))
)
# How long the link works that sets a new password.
PASSWORD_RESET_MINUTES = env.int("PASSWORD_RESET_MINUTES", 60, validate=validate.Range(1, 1_440))

SESSION_ENGINE = "moviverse.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CORS_ALLOWED_ORIGINS: list[str] = env.list("CORS_ALLOWED_ORIGINS", [])
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_HEADERS = (*default_headers, "idempotency-key", "x-request-id")
CORS_EXPOSE_HEADERS = (
    "Content-Disposition",
    "ETag",
    "Idempotency-Replayed",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "X-Cache",
    "X-Pagination-Item-Count",
    "X-Pagination-Limit",
    "X-Pagination-Page",
    "X-Pagination-Page-Count",
    "X-Request-ID",
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "moviverse.api.authentication.AccessTokenAuthentication",
        "moviverse.api.authentication.PageSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["moviverse.api.parsers.BoundedJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["drf_orjson_renderer.renderers.ORJSONRenderer"],
    "ORJSON_RENDERER_OPTIONS": [orjson.OPT_UTC_Z],  # as a serializer writes moments
    "DEFAULT_THROTTLE_CLASSES": ["moviverse.api.throttling.ScopeThrottle"],
    "DEFAULT_SCHEMA_CLASS": "moviverse.api.schema.ContractSchema",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "moviverse.api.negotiation.FirstRenderer",
    "EXCEPTION_HANDLER": "moviverse.api.errors.handle",
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": False,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
# Requests a minute, by scope: of one user when signed in, else of one address; "fetch" is always of
# one address.
THROTTLE_RATES = {
    "read": env.int("THROTTLE_READ_PER_MINUTE", 1_200, validate=AT_LEAST_ONE),
    "write": env.int("THROTTLE_WRITE_PER_MINUTE", 600, validate=AT_LEAST_ONE),
    "recommend": env.int("THROTTLE_RECOMMEND_PER_MINUTE", 600, validate=AT_LEAST_ONE),
    "register": env.int("THROTTLE_REGISTER_PER_MINUTE", 30, validate=AT_LEAST_ONE),
    "export": env.int("THROTTLE_EXPORT_PER_MINUTE", 10, validate=AT_LEAST_ONE),
    "fetch": env.int("THROTTLE_FETCH_PER_MINUTE", 60, validate=AT_LEAST_ONE),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "MoviVerse API",
    "DESCRIPTION": "Movie discovery with instant, explained, private recommendations.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "moviverse.api.schema.add_common_errors",
    ],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {  # fields of one name whose values differ
        "ModelStatusEnum": ["ready", "not trained", "damaged"],
        "ImportStatusEnum": ["queued", "running", "done", "failed"],
        "TrendSourceEnum": ["activity", "popularity", "both", "mixed", "tmdb"],
        "ImportSourceEnum": ["letterboxd", "imdb", "trakt", "movielens", "moviverse"],
        "FeedbackEnum": ["dismiss", "less_like_this", "more_like_this"],
        "FeedbackActionEnum": "moviverse.api.recommendations.bodies.ACTIONS",
    },
}

_mail = mail.from_environment(env, HOME / "mail")
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_FILE_PATH = _mail["EMAIL_FILE_PATH"]  # where mails become files; None with a mail server
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail["EMAIL_USE_TLS"], _mail["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = _mail["EMAIL_TIMEOUT"]
DEFAULT_FROM_EMAIL = SERVER_EMAIL = _mail["DEFAULT_FROM_EMAIL"]
# Where links in mails lead. Never the host of a request, which anybody may write.
_host = f"[{HOST}]" if ":" in HOST else HOST
PUBLIC_URL = mail.public_url(env, f"http://{_host}:{PORT}")

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

TMDB_API_KEY = outside.key("TMDB_API_KEY", env.str("TMDB_API_KEY", "").strip())
TMDB_BASE_URL = outside.address(
    "TMDB_BASE_URL", env.str("TMDB_BASE_URL", "") or "https://api.themoviedb.org/3"
)
TMDB_IMAGE_URL = outside.address(
    "TMDB_IMAGE_URL", env.str("TMDB_IMAGE_URL", "") or "https://image.tmdb.org/t/p"
)
TMDB_RECORDER = "moviverse.catalog.tmdb_usage.recorder"  # told of each call

# Who shows it as a bearer token may read /metrics from anywhere; others from a private network.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")

LOGGING_CONFIG = "moviverse.config.logging.apply"
LOGGING = logging.configuration(
    level=LOG_LEVEL,
    terminal=logging.is_terminal(),
    secrets=[
        SECRET_KEY,
        TMDB_API_KEY,
        METRICS_TOKEN,
        EMAIL_HOST_PASSWORD or "",
        CELERY_BROKER_URL,
        str(DATABASES["default"].get("PASSWORD", "")),
    ],
)
STARTS_WITH_DEMO = True  # films, viewers and accounts at a first start; never in production
MODELS_DIR = HOME / "models"
CORPORA_DIR = HOME / "corpora"
AVATARS_DIR = HOME / "media/avatars"
UPLOADS_DIR = HOME / "uploads"
IMPORT_MAX_BYTES = env.int(
    "IMPORT_MAX_BYTES", 20 * 1024 * 1024, validate=validate.Range(1_024, 1024 * 1024 * 1024)
)
