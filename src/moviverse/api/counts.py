"""What is counted of every request."""

from __future__ import annotations

from moviverse.core import tallies

REQUESTS, DURATIONS, SECONDS = "http", "http_bucket", "http_seconds"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Upper limits in seconds: the goals of the site (p99 of 0.3, nothing over 6) lie on limits.
LIMITS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 6.0)
BEYOND = "+Inf"


def count(*, method: str, status: int, seconds: float) -> None:
    """Count one request by its method, the class of its status and how long it took."""
    known = method if method in METHODS else "other"
    limit = next((str(limit) for limit in LIMITS if seconds <= limit), BEYOND)
    tallies.add(REQUESTS, known, f"{status // 100}xx")
    tallies.add(DURATIONS, known, limit)
    tallies.add(SECONDS, known, amount=seconds)
