"""The cache inside a process, for a site without Redis, and while Redis is away."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.locmem import LocMemCache


class LocalCache(LocMemCache):
    """Django's own, with what our caches can do besides."""

    def delete_if(self, key: str, value: Any) -> bool:
        """Delete `key` if it holds `value`, as a lock's owner opens it; say whether it did."""
        # Between the two steps a lock can run out and be taken. Nobody else of this process can
        # hold one then: there is one flight at a time.
        return self.get(key) == value and self.delete(key)
