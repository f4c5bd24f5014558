"""How often the site may ask: one allowance for all its processes where they share a Redis."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis import Redis

KEY = "moviverse:tmdb:allowance"
REST_SECONDS = 5.0  # between two tries of a Redis that is away
LONGEST_LEAD_SECONDS = 60  # how far ahead turns may be given out; the key lives as long

# The moment of the next free turn, moved on by each caller: a token bucket in one number. Turns that
# lie more than the burst in the past are lost. The clock is Redis's own, the same for all.
TAKE = """
local time = redis.call('time')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local every, burst, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local next_turn = tonumber(redis.call('get', KEYS[1]) or '0')
if next_turn > now + tonumber(ARGV[4]) then next_turn = 0 end
next_turn = math.max(next_turn, now - every * (burst - 1))
local wait = next_turn - now
if wait > longest then return tostring(wait) end
redis.call('set', KEYS[1], string.format('%.6f', next_turn + every), 'ex', ARGV[4])
return tostring(wait)
"""

log = structlog.get_logger(__name__)


@dataclass
class LocalBucket:
    """The allowance of one process; safe between threads.

    Attributes:
        per_second: How many calls a second.
        burst: How many at once after a rest.
        clock: Seconds that never go back.
    """

    per_second: float
    burst: int
    clock: Callable[[], float] = time.monotonic
    _next_turn: float = field(default=float("-inf"), init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def take(self, *, longest_seconds: float) -> float:
        """Take a turn and return how long to wait for it.

        One that is further away than `longest_seconds` is not taken.
        """
        every = 1 / self.per_second
        with self._lock:
            now = self.clock()
            turn = max(self._next_turn, now - every * (self.burst - 1))
            if turn - now <= longest_seconds:
                self._next_turn = turn + every
            return max(0.0, turn - now)


@dataclass
class SharedBucket:
    """The allowance of all processes, in Redis; while that is away, this process's own part.

    Attributes:
        redis: With short timeouts.
        per_second: How many calls a second of all processes.
        burst: How many at once after a rest.
        alone: What this process may do while Redis is away.
        key: Where the allowance is kept.
    """

    redis: Redis = field(repr=False)
    per_second: float
    burst: int
    alone: LocalBucket
    key: str = KEY
    _away_until: float = field(default=0.0, init=False)

    def take(self, *, longest_seconds: float) -> float:
        """Take a turn and return how long to wait for it, as `LocalBucket.take`."""
        if time.monotonic() >= self._away_until:
            try:
                said = self.redis.eval(
                    TAKE, 1, self.key, 1 / self.per_second, self.burst, longest_seconds,
                    LONGEST_LEAD_SECONDS,
                )  # fmt: skip
                return max(0.0, float(said))
            except (RedisError, ValueError, TypeError) as error:
                self._away_until = time.monotonic() + REST_SECONDS
                log.warning("tmdb_allowance_is_local", error=type(error).__name__)
        return self.alone.take(longest_seconds=longest_seconds)
