"""The test suite: the real PostgreSQL, a cheap password hash, no pool across test databases."""

from __future__ import annotations

import os

os.environ.setdefault("SECRET_KEY", "a-key-for-the-tests-alone-that-is-long-enough")
os.environ.setdefault("MOVIVERSE_HOME", "var/test")

from moviverse.config.settings.base import *

DATABASES["default"]["OPTIONS"].pop("pool", None)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Parallel processes of the suite clear the cache as they like: each has a Redis database of its own.
if REDIS_URL:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    CACHES["default"]["LOCATION"] = f"{REDIS_URL}?db={worker}"
# No test asks the real TMDb, also where somebody's environment has a key.
if not env.str("TMDB_BASE_URL", ""):
    TMDB_BASE_URL = "http://127.0.0.1:9/3"
