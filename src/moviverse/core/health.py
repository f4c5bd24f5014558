"""Whether the things that we stand on answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection

from moviverse.core import job_records, outages
from moviverse.core.delivery import broker

if TYPE_CHECKING:
    from datetime import datetime

    from moviverse.core.redis_cache import OptionalRedisCache

SLOW = timedelta(minutes=5)  # no job that could be run should wait for so long


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
    return "ok" if cast("OptionalRedisCache", cache).answers() else "away"


def broker_state(*, database: str, now: datetime) -> str:
    """Return `ok`, `embedded` when no broker is configured, `slow` or `away`.

    Slow is a queue in which a job waits for minutes: workers are too few, or there are none. None of
    these keeps the site from answering: jobs wait in PostgreSQL.

    Args:
        database: Its state; while it is away nobody knows what waits.
        now: The time.
    """
    if broker.is_configured and not broker.answers():
        return "away"
    if database == "ok" and job_records.longest_wait(now=now) > SLOW:
        return "slow"
    return "ok" if broker.is_configured else "embedded"
