"""Costly answers kept for a while: computed once at a time, old rather than none.

An entry has a soft lifetime, after which somebody computes it anew, and a hard one, until which
the old answer still serves when computing fails or takes its time. That there is nothing can be
kept, too, for a shorter time.

Of all who miss together one computes: in a process by a `Flight`, whose result the others are
given, and among processes that share a Redis by a lock there.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from hashlib import sha256
from math import ceil
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, cast

import structlog
from django.core.cache import cache

from moviverse.core import errors, flights, tallies
from moviverse.core.releases import fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable

    from moviverse.core.local_cache import LocalCache

Value = TypeVar("Value")
Source = Literal["hit", "miss", "stale"]
Kinds = tuple[type[Exception], ...]

JITTER = 0.1  # of the lifetime, taken off: entries made together do not expire together
# Errors of whoever asks: they are raised whatever is kept, and are no failure of ours.
REFUSALS: Kinds = (errors.NotFound, errors.Invalid)
STALE_SECONDS = 86_400  # how long an old answer may stand in
LOCK_SECONDS = 30  # a computation that takes longer has probably died
WAIT_SECONDS = 2.0  # how long one process waits for another one's answer
POLL_SECONDS = 0.02

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Entry(Generic[Value]):
    """A value, or the error that says that there is none, and until when it is fresh.

    Attributes:
        value: What was computed.
        fresh_until: in seconds of the Unix epoch.
        error: raised instead of giving a value.
        release: whose value it is: after an update of the program its parts may look different.
    """

    value: Value | None
    fresh_until: float
    error: Exception | None = None
    release: str = ""

    def is_fresh(self) -> bool:
        """Say whether it is within its soft lifetime."""
        return self.fresh_until > time.time()

    def told(self) -> Value:
        """Return the value, or raise the error."""
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[return-value]  # None only where it is the value


@dataclass(frozen=True, slots=True)
class Work(Generic[Value]):
    """What is to be computed, and how it is kept."""

    key: str
    kind: str
    ttl_seconds: int
    compute: Callable[[], Value]
    absent: Kinds
    absent_seconds: int
    stale_seconds: int
    refusals: Kinds
    seconds_of: Callable[[Value], float] | None


def key_of(kind: str, *depends_on: Any) -> str:
    """Return the key of what depends on all of this, short whatever was asked."""
    return f"{kind}:{sha256(repr(depends_on).encode()).hexdigest()}"


def get_or_compute(
    key: str,
    ttl_seconds: int,
    compute: Callable[[], Value],
    *,
    kind: str = "",
    absent: Kinds = (),
    absent_seconds: int = 60,
    stale_seconds: int = STALE_SECONDS,
    refusals: Kinds = REFUSALS,
    seconds_of: Callable[[Value], float] | None = None,
) -> tuple[Value, Source]:
    """Return the value of `key`, and where it came from.

    One caller at a time computes; the others get the old value, or wait for the new one. A cache
    that is away means computing more often, never an error. The value is shared: leave it as it is.

    Args:
        key: Names the value, with all that it depends on.
        ttl_seconds: How long it is fresh; 0 keeps nothing.
        compute: Makes the value. Its error is raised only when there is no old value.
        kind: What it is counted as; the key's beginning unless told.
        absent: Errors that are an answer: there is no such thing. They are kept, too.
        absent_seconds: For so long.
        stale_seconds: How long after its lifetime an old value may stand in.
        refusals: Errors for which none stands in.
        seconds_of: How long a particular value is fresh, where that is less than `ttl_seconds`.

    Raises:
        flights.TakesTooLong: somebody else computes it for longer than anybody waits.
    """
    if ttl_seconds <= 0:
        return compute(), "miss"
    work = Work(
        key, kind or key.partition(":")[0], ttl_seconds, compute, absent, absent_seconds,
        stale_seconds, refusals, seconds_of,
    )  # fmt: skip
    entry = _kept(key)
    if entry is not None and entry.is_fresh():
        return _counted(work, entry, "hit")
    flight, is_ours = flights.join(key)
    if is_ours:
        with flight:
            flight.result, source = _led(work)
        return _counted(work, flight.result, source)
    if entry is not None and entry.error is None:
        return _counted(work, entry, "stale")
    return _counted(work, flight.awaited(), "hit")


def _led(work: Work[Value]) -> tuple[Entry[Value], Source]:
    """Find or compute the entry, as the one of this process who does so."""
    token = secrets.token_hex(8)
    lock = f"{work.key}:lock"
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        entry = _kept(work.key)  # again: it may have come while nobody computed
        if entry is not None and entry.is_fresh():
            return entry, "hit"
        locked = cache.add(lock, token, LOCK_SECONDS)
        if locked or time.monotonic() >= deadline:
            break
        if entry is not None and entry.error is None:
            return entry, "stale"
        time.sleep(POLL_SECONDS)
    try:
        return _computed(work), "miss"
    except work.refusals:
        raise
    except Exception:
        tallies.add("cache", work.kind, "error")
        if entry is None or entry.error is not None:
            raise
        log.exception("stale_answer_served", cache_key=work.key)
        return entry, "stale"
    finally:
        if locked:
            cast("LocalCache", cache).delete_if(lock, token)  # each backend of ours has it


def _computed(work: Work[Value]) -> Entry[Value]:
    began = time.perf_counter()
    try:
        value = work.compute()
    except work.absent as absence:
        return _set(work, None, absence, work.absent_seconds, stale_seconds=0)
    finally:
        tallies.add("cache_seconds", work.kind, amount=time.perf_counter() - began)
    seconds = work.seconds_of(value) if work.seconds_of else work.ttl_seconds
    return _set(work, value, None, seconds, stale_seconds=work.stale_seconds)


def _set(
    work: Work[Value],
    value: Value | None,
    error: Exception | None,
    seconds: float,
    *,
    stale_seconds: int,
) -> Entry[Value]:
    off = secrets.randbelow(1_000) / 1_000 * JITTER
    entry = Entry(value, time.time() + seconds * (1 - off), error, fingerprint())
    cache.set(work.key, entry, ceil(seconds + stale_seconds))
    return entry


def _kept(key: str) -> Entry[Any] | None:
    entry = cache.get(key)
    return entry if isinstance(entry, Entry) and entry.release == fingerprint() else None


def _counted(work: Work[Value], entry: Entry[Value], source: Source) -> tuple[Value, Source]:
    tallies.add("cache", work.kind, source)
    return entry.told(), source
