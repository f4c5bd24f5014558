"""How often somebody did something in this minute, counted in the cache.

The counters are not exact: they are for fairness. What protects an account counts in PostgreSQL
(`moviverse.core.counting`). A cache that is away lets everybody begin anew.
"""

from __future__ import annotations

import time

from django.core.cache import cache

WINDOW_SECONDS = 60


def counted(key: str) -> tuple[int, int]:
    """Count once more; return how often that was in this minute, and the seconds that it has left."""
    window, elapsed = divmod(int(time.time()), WINDOW_SECONDS)
    return _incremented(f"{key}:{window}"), WINDOW_SECONDS - elapsed


def _incremented(key: str) -> int:
    try:
        return cache.incr(key)
    except ValueError:  # the first of its window, or the cache was full and dropped it
        # Two who are first together count as one, now and then: it is a matter of fairness.
        cache.add(key, 1, WINDOW_SECONDS * 2)
        return 1
