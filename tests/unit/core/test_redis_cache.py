from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from moviverse.core import caching
from moviverse.core.redis_cache import OptionalClient, OptionalRedisCache

if TYPE_CHECKING:
    from collections.abc import Iterator

REFUSED = "redis://127.0.0.1:1/0"


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Iterator[OptionalRedisCache]:
    monkeypatch.setattr(OptionalClient, "away_until", 0.0)
    cache = OptionalRedisCache(REFUSED, {"OPTIONS": {"socket_connect_timeout": 0.25}})
    yield cache
    cache.close()


def test_while_redis_is_away_it_is_an_empty_cache(away: OptionalRedisCache) -> None:
    away.set("key", 1)
    away.set_many({"key": 1, "other": 2})
    assert away.get("key", "nothing") == "nothing"
    assert away.get_many(["key"]) == {}
    assert away.add("key", 1) is True
    assert away.incr("key") == 1
    assert away.has_key("key") is False
    assert away.touch("key") is False
    assert away.delete("key") is False
    away.delete_many(["key"])
    away.clear()


def test_the_absence_is_told_once_and_redis_is_left_alone_for_a_while(
    away: OptionalRedisCache,
) -> None:
    with capture_logs() as logs:
        for _ in range(10):
            away.get("key")
    assert [line["event"] for line in logs] == ["cache_away"]


def test_redis_is_asked_again_after_the_rest(
    away: OptionalRedisCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    away.get("key")
    monkeypatch.setattr(OptionalClient, "away_until", 0.0)
    with capture_logs() as logs:
        away.get("key")
    assert [line["event"] for line in logs] == ["cache_away"]


def test_a_value_is_computed_every_time_while_redis_is_away(
    away: OptionalRedisCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caching, "cache", away)
    assert caching.get_or_compute("key", 60, lambda: 1) == (1, "miss")
    assert caching.get_or_compute("key", 60, lambda: 2) == (2, "miss")


@pytest.mark.skipif(not os.environ.get("REDIS_URL"), reason="no REDIS_URL names a Redis")
def test_with_redis_it_keeps_what_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OptionalClient, "away_until", 0.0)
    cache = OptionalRedisCache(os.environ["REDIS_URL"], {})
    cache.set("optional:key", {"a": 1}, 60)
    assert cache.get("optional:key") == {"a": 1}
    assert cache.add("optional:key", 2) is False
    cache.set("optional:count", 1, 60)
    assert cache.incr("optional:count") == 2
    cache.delete_many(["optional:key", "optional:count"])
    assert cache.get_many(["optional:key", "optional:count"]) == {}
