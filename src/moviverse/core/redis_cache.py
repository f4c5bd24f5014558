"""Django's Redis cache, optional at run time: while Redis is away, each process keeps its own.

A Redis that does not answer costs one request its short timeout; then all leave it alone for some
seconds, after which one of them tries again. One that answers with an error (it is full, a copy
that may not be written, holds something else under a key) is not away: only that one command has
no effect.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache, RedisSerializer
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as LineBroken
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

from moviverse.core.local_cache import LocalCache

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")
Other = TypeVar("Other")

REST_SECONDS = 5.0  # between two tries: a black hole must not cost every request its timeout
TELL_SECONDS = 60.0  # between two lines in the log about one kind of refusal
STAND_IN_ENTRIES = 2_000
DELETE_IF = (
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Facts:
    """How full a cache is."""

    entries: int
    bytes: int


class Breaker:
    """Whether Redis is asked at all; of the whole process, on the monotonic clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._away_until = 0.0
        self._told: dict[str, float] = {}

    def lets_pass(self) -> bool:
        """Say whether to ask; after a rest, one passes and the others go on resting meanwhile."""
        if not self._away_until:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._away_until:
                return False
            self._away_until = now + REST_SECONDS
            return True

    def answered(self) -> None:
        """Note that Redis is there."""
        if self._away_until:
            self._away_until = 0.0
            log.info("cache_back")

    def failed(self, error: RedisError) -> None:
        """Note that it is not."""
        self._away_until = time.monotonic() + REST_SECONDS
        self._tell("cache_away", error)

    def refused(self, error: ResponseError) -> None:
        """Note that it answers, and does not do what it is asked."""
        self._tell("cache_refuses", error)

    def _tell(self, event: str, error: RedisError) -> None:
        now, kind = time.monotonic(), type(error).__name__
        with self._lock:
            if now - self._told.get(event, -TELL_SECONDS) < TELL_SECONDS:
                return
            self._told[event] = now
        log.warning(event, error=kind, seconds=REST_SECONDS)


class ForgivingSerializer(RedisSerializer):
    """What cannot be read is not there: another program wrote it, or an older one of ours."""

    def loads(self, data: Any) -> Any:
        """Return the value; None where it cannot be read."""
        try:
            return super().loads(data)
        except Exception as error:  # noqa: BLE001 - whatever unreadable bytes make of it
            log.warning("cache_entry_unreadable", error=type(error).__name__)
            return None


class OptionalRedisCache(RedisCache):
    """The cache backend to name in the settings."""

    breaker: ClassVar[Breaker] = Breaker()

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {
            # An idle connection that broke is exchanged at once. The driver's own retries would
            # take seconds, and wait as often for a server that does not answer.
            "retry": Retry(NoBackoff(), 1, supported_errors=(LineBroken,)),
            "serializer": ForgivingSerializer(),
            **params.get("OPTIONS", {}),
        }
        super().__init__(server, {**params, "OPTIONS": options})
        local = {**params, "OPTIONS": {"MAX_ENTRIES": STAND_IN_ENTRIES}}
        self._stand_in = LocalCache(f"stand-in of {server}", local)

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Set what is not there yet; say whether it was set."""
        ask, other = super().add, self._stand_in.add
        return self._asked(
            lambda: ask(key, value, timeout, version), lambda: other(key, value, timeout, version)
        )

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return a value."""
        ask, other = super().get, self._stand_in.get
        return self._asked(lambda: ask(key, default, version), lambda: other(key, default, version))

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Set a value."""
        ask, other = super().set, self._stand_in.set
        self._asked(
            lambda: ask(key, value, timeout, version), lambda: other(key, value, timeout, version)
        )

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Begin the lifetime anew; say whether there is such a key."""
        ask, other = super().touch, self._stand_in.touch
        return self._asked(lambda: ask(key, timeout, version), lambda: other(key, timeout, version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Delete a value; say whether there was one."""
        ask, other = super().delete, self._stand_in.delete
        return self._asked(lambda: ask(key, version), lambda: other(key, version))

    def delete_if(self, key: str, value: Any) -> bool:
        """Delete `key` if it holds `value`, as a lock's owner opens it; say whether it did."""
        name = self.make_and_validate_key(key)
        held = ForgivingSerializer().dumps(value)

        def ask() -> bool:
            client = self._cache.get_client(name, write=True)
            return bool(client.eval(DELETE_IF, 1, name, held))

        return self._asked(ask, lambda: self._stand_in.delete_if(key, value))

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        """Return the values that are there."""
        names = list(keys)
        ask, other = super().get_many, self._stand_in.get_many
        return self._asked(lambda: ask(names, version), lambda: other(names, version))

    def has_key(self, key: Any, version: int | None = None) -> bool:
        """Say whether there is a value."""
        ask, other = super().has_key, self._stand_in.has_key
        return self._asked(lambda: ask(key, version), lambda: other(key, version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Count on.

        Raises:
            ValueError: there is nothing to count on from.
        """
        ask, other = super().incr, self._stand_in.incr
        return self._asked(lambda: ask(key, delta, version), lambda: other(key, delta, version))

    def set_many(
        self,
        data: dict[Any, Any],
        timeout: Any = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> list[Any]:
        """Set many values."""
        ask, other = super().set_many, self._stand_in.set_many
        return self._asked(
            lambda: ask(data, timeout, version), lambda: other(data, timeout, version)
        )

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        """Delete many values."""
        names = list(keys)
        ask, other = super().delete_many, self._stand_in.delete_many
        self._asked(lambda: ask(names, version), lambda: other(names, version))

    def clear(self) -> None:
        """Empty it."""
        self._stand_in.clear()
        self._asked(super().clear, lambda: None)

    def answers(self) -> bool:
        """Say whether Redis is there, as far as it was asked."""
        return self._asked(lambda: bool(self._cache.get_client().ping()), lambda: False)

    def facts(self) -> Facts | None:
        """Return how full Redis is; None while it is away."""

        def ask() -> Facts:
            client = self._cache.get_client()
            return Facts(client.dbsize(), client.info("memory")["used_memory"])

        return self._asked(ask, lambda: None)

    def _asked(self, ask: Callable[[], Answer], otherwise: Callable[[], Other]) -> Answer | Other:
        if not self.breaker.lets_pass():
            return otherwise()
        try:
            answer = ask()
        except ResponseError as error:
            self.breaker.answered()
            self.breaker.refused(error)
            return otherwise()
        except RedisError as error:
            self.breaker.failed(error)
            return otherwise()
        except ValueError:  # of `incr`
            self.breaker.answered()
            raise
        self.breaker.answered()
        return answer
