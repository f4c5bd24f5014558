"""How often each film was looked at today, to the second, in Redis for whoever wants to know.

The key `movie:{tmdb_id}:views:daily` is gone at midnight (UTC). It is a display and no record: the
rows of PostgreSQL are, from which a job sets it every minute. So a Redis that is killed, emptied
or away costs a minute of the display, and no view. Without Redis nothing is kept: the number of
one process would be nobody's.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def key(movie_id: int) -> str:
    """Return the cache's key of a film's views."""
    return f"movie:{movie_id}:views:daily"


def add(movie_id: int) -> None:
    """Count a view when it is committed; the first of a day is counted by the job."""
    if settings.REDIS_URL:
        transaction.on_commit(lambda: _add(movie_id), robust=True)


def publish(views: Mapping[int, int], *, now: datetime) -> None:
    """Say how often films were looked at on the day that it is."""
    if settings.REDIS_URL and views:
        told = {key(movie_id): count for movie_id, count in views.items()}
        cache.set_many(told, _seconds_left(now))


def today(movie_ids: Sequence[int]) -> dict[int, int]:
    """Return the views of today of those films of which they are known."""
    if not settings.REDIS_URL:
        return {}
    found = cache.get_many([key(movie_id) for movie_id in movie_ids])
    return {each: found[key(each)] for each in movie_ids if key(each) in found}


def _add(movie_id: int) -> None:
    try:
        cache.incr(key(movie_id))
    except ValueError:  # nobody has said how many there were before
        return


def _seconds_left(now: datetime) -> int:
    start = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(1, round((start + timedelta(days=1) - now).total_seconds()))
