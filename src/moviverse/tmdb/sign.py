"""What the processes of the site tell each other of TMDb: that it did not work when last asked.

Each has a breaker of its own and learns by itself when to ask again; this is for people, who would
be told one thing by one web worker and another by the next. It is in the cache: without a Redis
that they share, each process has a sign of its own.
"""

from __future__ import annotations

from django.core.cache import cache

KEY = "tmdb:away"
KEPT_SECONDS = 600  # unless somebody asks: then it is put up anew, or taken down


def put_up() -> None:
    """Say that TMDb is left alone."""
    cache.set(KEY, 1, KEPT_SECONDS)


def take_down() -> None:
    """Say that it works."""
    cache.delete(KEY)


def is_up() -> bool:
    """Say what was said last."""
    return bool(cache.get(KEY))
