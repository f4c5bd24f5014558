"""Production: refuses to start with a setting that would be unsafe."""

from __future__ import annotations

from moviverse.config import hardening, mail
from moviverse.config.settings.base import *

hardening.refuse_weak_settings(
    secret_key=env.str("SECRET_KEY", ""),
    debug=DEBUG,
    allowed_hosts=env.list("ALLOWED_HOSTS", []),
    database_given=bool(env.str("DATABASE_URL", "") or env.str("DATABASE_NAME", "")),
)

STARTS_WITH_DEMO = False
PUBLIC_URL = mail.public_url(env, f"https://{ALLOWED_HOSTS[0].lstrip('.')}")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # probes come from inside, without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
STATIC_ROOT = HOME / "static"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = False
