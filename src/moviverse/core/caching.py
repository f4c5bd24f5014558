"""Costly answers kept for a while: computed once at a time, old rather than none.

An entry has a soft lifetime, after which somebody computes it anew, and a hard one, until which
the old answer still serves when computing fails or takes its time.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import structlog
from django.core.cache import cache

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")
Source = Literal["hit", "miss", "stale"]

JITTER = 0.1  # of the lifetime, taken off: entries made together do not expire together
STALE_SECONDS = 86_400  # how long an old answer may stand in
LOCK_SECONDS = 30  # a computation that takes longer has probably died
WAIT_SECONDS = 3.0  # how long the others wait for the first answer
POLL_SECONDS = 0.02

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Entry(Generic[Value]):
    """A value and until when it is fresh, in seconds of the Unix epoch."""

    value: Value
    fresh_until: float


def key_of(kind: str, *depends_on: Any) -> str:
    """Return the key of what depends on all of this, short whatever was asked."""
    return f"{kind}:{sha256(repr(depends_on).encode()).hexdigest()}"


def get_or_compute(
    key: str, ttl_seconds: int, compute: Callable[[], Value]
) -> tuple[Value, Source]:
    """Return the value of `key`, and where it came from.

    One caller at a time computes; the others get the old value, or wait for the new one. A cache
    that is away means computing every time, never an error.

    Args:
        key: Names the value, with all that it depends on.
        ttl_seconds: How long it is fresh; 0 keeps nothing.
        compute: Makes the value. Its error is raised only when there is no old value.
    """
    if ttl_seconds <= 0:
        return compute(), "miss"
    entry: Entry[Value] | None = cache.get(key)
    if entry is not None and entry.fresh_until > time.time():
        return entry.value, "hit"
    lock = f"{key}:lock"
    token = secrets.token_hex(8)
    if not cache.add(lock, token, LOCK_SECONDS):
        if entry is not None:
            return entry.value, "stale"
        arrived = _awaited(key)
        if arrived is not None:
            return arrived.value, "hit"
    try:
        return _computed(key, ttl_seconds, compute), "miss"
    except Exception:
        if entry is None:
            raise
        log.exception("stale_answer_served", cache_key=key)
        return entry.value, "stale"
    finally:
        if cache.get(lock) == token:
            cache.delete(lock)


def _computed(key: str, ttl_seconds: int, compute: Callable[[], Value]) -> Value:
    value = compute()
    off = secrets.randbelow(1_000) / 1_000 * JITTER
    fresh_until = time.time() + ttl_seconds * (1 - off)
    cache.set(key, Entry(value=value, fresh_until=fresh_until), ttl_seconds + STALE_SECONDS)
    return value


def _awaited(key: str) -> Entry[Any] | None:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        entry: Entry[Any] | None = cache.get(key)
        if entry is not None:
            return entry
    return None
