"""Requests made from the OpenAPI document, by Schemathesis: `make schemathesis`.

Importing this package chooses the settings of a site in this process, in a home of its own.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

import django
from django.apps import apps

NO_LIMIT = str(10**9)
SCOPES = ("READ", "WRITE", "RECOMMEND", "REGISTER", "FETCH")

if not apps.ready:
    HOME = tempfile.mkdtemp(prefix="moviverse-fuzzing-")
    atexit.register(shutil.rmtree, HOME, ignore_errors=True)
    os.environ.update(
        MOVIVERSE_HOME=HOME,
        DJANGO_SETTINGS_MODULE="moviverse.config.settings.test",
        ALLOWED_HOSTS="localhost",
        OPENBLAS_NUM_THREADS="1",
        LOG_LEVEL="CRITICAL",
        **{f"THROTTLE_{scope}_PER_MINUTE": NO_LIMIT for scope in SCOPES},
    )
    for name in ("DATABASE_URL", "DATABASE_NAME", "REDIS_URL", "TMDB_API_KEY"):
        os.environ.pop(name, None)
    django.setup()
