"""Django's Redis cache, optional at run time: while Redis is away, it is an empty cache."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import structlog
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")

REST_SECONDS = 5.0  # between two tries: a black hole must not cost every request its timeout

log = structlog.get_logger(__name__)


class OptionalClient:
    """Asks Redis, or answers as an empty cache while it is away; back within `REST_SECONDS`."""

    away_until: ClassVar[float] = 0.0  # of the whole process, on the monotonic clock

    def __init__(self, servers: list[str], **options: Any) -> None:
        self._redis = RedisCacheClient(servers, **options)

    def add(self, key: str, value: Any, timeout: int | None) -> bool:
        # A lock that nobody can keep is everybody's: work goes on.
        return _asked(lambda: self._redis.add(key, value, timeout), otherwise=True)

    def get(self, key: str, default: Any) -> Any:
        return _asked(lambda: self._redis.get(key, default), otherwise=default)

    def set(self, key: str, value: Any, timeout: int | None) -> None:
        _asked(lambda: self._redis.set(key, value, timeout), otherwise=None)

    def touch(self, key: str, timeout: Any) -> bool:
        return _asked(lambda: self._redis.touch(key, timeout), otherwise=False)

    def delete(self, key: str) -> bool:
        return _asked(lambda: self._redis.delete(key), otherwise=False)

    def get_many(self, keys: Any) -> dict[Any, Any]:
        return _asked(lambda: self._redis.get_many(keys), otherwise={})

    def has_key(self, key: str) -> bool:
        return _asked(lambda: self._redis.has_key(key), otherwise=False)

    def incr(self, key: str, delta: int) -> int:
        return _asked(lambda: self._redis.incr(key, delta), otherwise=delta)

    def set_many(self, data: Any, timeout: Any) -> None:
        _asked(lambda: self._redis.set_many(data, timeout), otherwise=None)

    def delete_many(self, keys: Any) -> None:
        _asked(lambda: self._redis.delete_many(keys), otherwise=None)

    def clear(self) -> bool:
        return _asked(self._redis.clear, otherwise=False)


class OptionalRedisCache(RedisCache):
    """The cache backend to name in the settings."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = OptionalClient


def _asked(ask: Callable[[], Answer], *, otherwise: Answer) -> Answer:
    if time.monotonic() < OptionalClient.away_until:
        return otherwise
    try:
        return ask()
    except RedisError as error:
        OptionalClient.away_until = time.monotonic() + REST_SECONDS
        log.warning("cache_away", error=type(error).__name__, seconds=REST_SECONDS)
        return otherwise
