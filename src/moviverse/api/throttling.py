"""Fairness between clients: so many requests a minute, by scope.

The counters live in the cache and are not exact; what protects an account counts in PostgreSQL
(`moviverse.core.counting`). A cache that is away lets everybody pass.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.throttling import BaseThrottle

from moviverse.core import clients

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView

WINDOW_SECONDS = 60
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class RateLimit:
    """Where a client stands within a window."""

    limit: int
    remaining: int
    reset_seconds: int

    def headers(self) -> dict[str, str]:
        """Return the `RateLimit-*` headers."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }


class ScopeThrottle(BaseThrottle):
    """Counts the requests of a user, or of an address where nobody is signed in."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request and say whether it is within the limit."""
        scope = getattr(view, "scope", None) or default_scope(request.method or "GET")
        count, self._reset_seconds = _counted(f"throttle:{scope}:{_client(request)}")
        limit = settings.THROTTLE_RATES[scope]
        request._request.rate_limit = RateLimit(  # type: ignore[attr-defined]  # noqa: SLF001 - the middleware sees this request alone
            limit=limit,
            remaining=max(0, limit - count),
            reset_seconds=self._reset_seconds,
        )
        return count <= limit

    def wait(self) -> float:
        """Return the seconds until the client may try again."""
        return self._reset_seconds


def default_scope(method: str) -> str:
    """Return the scope of a view that names none."""
    return "read" if method in SAFE_METHODS else "write"


def _client(request: Any) -> str:
    # Not `request.user`: a token that does not hold has been refused by now, and asking again
    # would raise instead of counting.
    user = getattr(request, "_user", None)
    if user is not None and user.is_authenticated:
        return f"user:{user.pk}"
    return f"address:{clients.address(request)}"


def _counted(key: str) -> tuple[int, int]:
    now = time.time()
    window, elapsed = divmod(int(now), WINDOW_SECONDS)
    key = f"{key}:{window}"
    return _incremented(key), WINDOW_SECONDS - elapsed


def _incremented(key: str) -> int:
    try:
        return cache.incr(key)
    except ValueError:  # the first of its window, or the cache was full and dropped it
        # Two who are first together count as one, now and then: it is a matter of fairness.
        cache.add(key, 1, WINDOW_SECONDS * 2)
        return 1
