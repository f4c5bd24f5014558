"""Whether the things that we stand on answer."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection

from moviverse.core import outages

PROBE = "health:probe"


def database() -> str:
    """Return `ok`, or `away` when PostgreSQL does not answer a query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except Error as error:
        outages.of(error)
        return "away"
    return "ok"


def cache_state() -> str:
    """Return `ok`, `away`, or `in process` when no Redis is configured."""
    if not settings.REDIS_URL:
        return "in process"
    cache.set(PROBE, 1, 60)
    return "ok" if cache.get(PROBE) == 1 else "away"
