from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import redis
from structlog.testing import capture_logs

from moviverse.core import caching, releases
from moviverse.core.redis_cache import Breaker, OptionalRedisCache
from tests.fakes import redis_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fakes.redis_server import Mode

REFUSED = "redis://127.0.0.1:1/0"
TIMEOUTS = {"socket_connect_timeout": 0.25, "socket_timeout": 0.25}
needs_redis = pytest.mark.skipif(not redis_server.PROGRAM, reason="there is no redis-server here")


@pytest.fixture(autouse=True)
def breaker(monkeypatch: pytest.MonkeyPatch) -> Breaker:
    new = Breaker()
    monkeypatch.setattr(OptionalRedisCache, "breaker", new)
    return new


def cache_at(url: str) -> OptionalRedisCache:
    cache = OptionalRedisCache(url, {"OPTIONS": TIMEOUTS})
    cache._stand_in.clear()  # noqa: SLF001 - it is shared by all caches of one address
    return cache


@pytest.fixture
def away() -> Iterator[OptionalRedisCache]:
    cache = cache_at(REFUSED)
    yield cache
    cache.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    with redis_server.running() as path:
        yield path


@pytest.fixture
def line(server: Path) -> Iterator[redis_server.Line]:
    with redis.Redis(unix_socket_path=str(server)) as client:
        client.flushall()
    line = redis_server.Line(server)
    yield line
    line.close()


def rested(breaker: Breaker) -> None:
    """Let the rest be over."""
    breaker._away_until = min(breaker._away_until, time.monotonic() - 1) or 0.0  # noqa: SLF001


def test_while_redis_is_away_the_process_keeps_its_own(away: OptionalRedisCache) -> None:
    assert away.get("key", "nothing") == "nothing"
    assert away.add("key", 1) is True
    assert away.add("key", 2) is False
    assert away.incr("key") == 2
    away.set("key", 3)
    away.set_many({"other": 4})
    assert away.get_many(["key", "other"]) == {"key": 3, "other": 4}
    assert away.has_key("key") is True
    assert away.touch("key") is True
    assert away.delete_if("key", 2) is False
    assert away.delete_if("key", 3) is True
    assert away.delete("key") is False
    away.delete_many(["other"])
    assert away.get("other") is None
    away.set("key", 5)
    away.clear()
    assert away.get("key") is None
    assert away.facts() is None


def test_counting_on_from_nothing_is_an_error_there_too(away: OptionalRedisCache) -> None:
    with pytest.raises(ValueError, match="not found"):
        away.incr("nothing")


def test_the_absence_is_told_once_and_redis_is_left_alone_for_a_while(
    away: OptionalRedisCache,
) -> None:
    with capture_logs() as logs:
        for _ in range(10):
            away.get("key")
    assert [entry["event"] for entry in logs] == ["cache_away"]


@needs_redis
def test_redis_keeps_what_it_is_given(line: redis_server.Line) -> None:
    cache = cache_at(line.url)
    cache.set("key", {"a": 1}, 60)
    assert cache.get("key") == {"a": 1}
    assert cache.add("key", 2) is False
    cache.set("count", 1, 60)
    assert cache.incr("count") == 2
    assert cache.delete_if("key", {"a": 2}) is False
    assert cache.delete_if("key", {"a": 1}) is True
    facts = cache.facts()
    assert facts is not None
    assert facts.entries == 1
    assert facts.bytes > 0
    cache.delete_many(["key", "count"])
    assert cache.get_many(["key", "count"]) == {}


@needs_redis
@pytest.mark.parametrize("mode", ["refused", "silent", "slow", "reset", "garbage"])
def test_a_line_that_is_broken_costs_one_timeout_and_is_back_by_itself(
    line: redis_server.Line, mode: Mode, breaker: Breaker
) -> None:
    cache = cache_at(line.url)
    cache.set("key", "before")
    line.mode = mode
    began = time.monotonic()
    for number in range(20):
        cache.set(f"key{number}", number)
        assert cache.get(f"key{number}") == number
    assert time.monotonic() - began < 1.0
    line.mode = "ok"
    rested(breaker)
    assert cache.get("key") == "before"
    assert cache.get("key1") is None, "what the process kept meanwhile is its own"


@needs_redis
def test_after_a_restart_of_redis_nobody_notices(line: redis_server.Line) -> None:
    cache = cache_at(line.url)
    cache.set("key", 1)
    line.hang_up()
    with capture_logs() as logs:
        assert cache.get("key") == 1
    assert logs == []


@needs_redis
def test_after_the_rest_one_asks_while_the_others_go_on_without(
    line: redis_server.Line, breaker: Breaker
) -> None:
    line.mode = "silent"
    cache = cache_at(line.url)
    cache.get("key")
    rested(breaker)
    before = line.calls
    with ThreadPoolExecutor(20) as pool:
        began = time.monotonic()
        list(pool.map(lambda _: cache.get("key"), range(20)))
    assert time.monotonic() - began < 0.6
    assert line.calls - before <= 1


@needs_redis
def test_a_full_redis_still_gives_what_it_holds(line: redis_server.Line, server: Path) -> None:
    cache = cache_at(line.url)
    cache.set("key", "x" * 100)
    with redis.Redis(unix_socket_path=str(server)) as client:
        client.config_set("maxmemory", 1)
        try:
            with capture_logs() as logs:
                cache.set("other", 1)
                cache.set("another", 1)
                assert cache.add("lock", 1) is True
                assert cache.get("key") == "x" * 100
                assert caching.get_or_compute("k", 60, lambda: 1)[0] == 1
        finally:
            client.config_set("maxmemory", 0)
    assert [entry["event"] for entry in logs] == ["cache_refuses"], "it is told once"
    assert cache.get("other") is None
    cache.set("other", 2)
    assert cache.get("other") == 2


@needs_redis
def test_a_copy_that_may_not_be_written_is_no_outage(line: redis_server.Line, server: Path) -> None:
    cache = cache_at(line.url)
    cache.set("key", 1)
    with redis.Redis(unix_socket_path=str(server)) as client:
        client.replicaof("127.0.0.1", 1)
        try:
            cache.set("key", 2)
            assert cache.get("key") == 1
        finally:
            client.replicaof("no", "one")


@needs_redis
def test_what_is_no_value_of_ours_is_not_there(line: redis_server.Line, server: Path) -> None:
    cache = cache_at(line.url)
    with redis.Redis(unix_socket_path=str(server)) as client:
        client.rpush(cache.make_key("list"), "a")
        client.set(cache.make_key("bytes"), b"\x80\x05garbage")
    assert cache.get("list") is None
    assert cache.get("bytes") is None
    for key in ("list", "bytes"):
        cache.set(key, 1)
        assert cache.get(key) == 1


@needs_redis
def test_a_flushed_redis_is_an_empty_cache(
    line: redis_server.Line, server: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = cache_at(line.url)
    monkeypatch.setattr(caching, "cache", cache)
    assert caching.get_or_compute("key", 60, lambda: 1) == (1, "miss")
    with redis.Redis(unix_socket_path=str(server)) as client:
        client.flushall()
    assert caching.get_or_compute("key", 60, lambda: 2) == (2, "miss")


@needs_redis
def test_two_processes_that_miss_together_compute_once(
    line: redis_server.Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = cache_at(line.url)
    monkeypatch.setattr(caching, "cache", cache)
    cache.add("key:lock", "another process", 30)
    with ThreadPoolExecutor(1) as pool:
        ours = pool.submit(caching.get_or_compute, "key", 60, lambda: "ours")
        time.sleep(0.1)
        theirs = caching.Entry("theirs", time.time() + 60, None, releases.fingerprint())
        cache.set("key", theirs, 60)
        assert ours.result(5) == ("theirs", "hit")
    assert cache.get("key:lock") == "another process", "only its owner opens a lock"
