from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import redis

from moviverse import tmdb
from moviverse.tmdb.bucket import LocalBucket, SharedBucket
from moviverse.tmdb.client import Client
from moviverse.tmdb.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

    from tests.fakes.tmdb_server import Server

REDIS_URL = os.environ.get("REDIS_URL", "")
needs_redis = pytest.mark.skipif(not REDIS_URL, reason="REDIS_URL names no Redis")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_free_and_then_turns_come_at_the_rate() -> None:
    bucket = LocalBucket(per_second=10, burst=3, clock=Clock())
    waits = [bucket.take(longest_seconds=9) for _ in range(5)]
    assert waits == pytest.approx([0, 0, 0, 0.1, 0.2])


def test_turns_that_nobody_took_are_not_saved_up_beyond_the_burst() -> None:
    clock = Clock()
    bucket = LocalBucket(per_second=10, burst=3, clock=clock)
    clock.now = 1_000.0
    assert [bucket.take(longest_seconds=0) for _ in range(3)] == [0, 0, 0]
    assert bucket.take(longest_seconds=0) > 0


def test_a_turn_that_is_too_far_away_is_left_to_others() -> None:
    clock = Clock()
    bucket = LocalBucket(per_second=10, burst=1, clock=clock)
    bucket.take(longest_seconds=1)
    assert [bucket.take(longest_seconds=0.05) for _ in range(9)] == pytest.approx([0.1] * 9)
    clock.now = 0.1
    assert bucket.take(longest_seconds=0.05) == 0


def test_a_call_without_a_turn_in_time_says_when_to_come_back(fake_tmdb: Server) -> None:
    line = Line(base_url=fake_tmdb.url, key="a key", bucket=LocalBucket(per_second=0.1, burst=1))
    Client(line).film(949)
    with pytest.raises(tmdb.Unavailable) as raised:
        Client(line).film(550)
    assert raised.value.retry_after_seconds == 10
    assert line.breaker.state() == "closed"
    assert fake_tmdb.count() == 1
    line.close()


def test_threads_together_stay_below_the_rate(fake_tmdb: Server) -> None:
    line = Line(base_url=fake_tmdb.url, key="a key", bucket=LocalBucket(per_second=20, burst=2))
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(Client(line, 20).film, [949] * 20))
    line.close()
    times = [call.at for call in fake_tmdb.calls]
    assert times[-1] - times[0] >= 0.85  # 18 turns of a twentieth


def test_while_redis_is_away_a_process_keeps_to_its_own_part() -> None:
    alone = LocalBucket(per_second=10, burst=2, clock=Clock())
    away = redis.Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.25)
    bucket = SharedBucket(redis=away, per_second=30, burst=8, alone=alone)
    waits = [bucket.take(longest_seconds=9) for _ in range(4)]
    assert waits == pytest.approx([0, 0, 0.1, 0.2])


def test_a_process_has_its_part_of_the_allowance_or_shares_all_of_it(settings: Settings) -> None:
    settings.TMDB_API_KEY, settings.WEB_WORKERS, settings.REDIS_URL = "a key", 2, ""
    alone = tmdb.client().line.bucket
    assert isinstance(alone, LocalBucket)
    assert (alone.per_second, alone.burst) == (10, 2)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    together = tmdb.client().line.bucket
    assert isinstance(together, SharedBucket)
    assert (together.per_second, together.burst, together.alone.per_second) == (30, 8, 10)


@pytest.fixture
def shared() -> Iterator[list[SharedBucket]]:
    """Return the buckets of three processes, on the suite's Redis."""
    key = f"test:{uuid4()}"  # other processes of the suite ask their TMDb at the same time
    yield [
        SharedBucket(
            redis=redis.Redis.from_url(REDIS_URL),
            per_second=50,
            burst=4,
            alone=LocalBucket(per_second=0.001, burst=1),
            key=key,
        )
        for _ in range(3)
    ]
    redis.Redis.from_url(REDIS_URL).delete(key)


@needs_redis
def test_processes_that_share_a_redis_share_one_allowance(shared: list[SharedBucket]) -> None:
    waits = [bucket.take(longest_seconds=5) for bucket in shared * 8]
    assert waits[:4] == [0, 0, 0, 0]
    assert 0.3 < max(waits) <= 0.4  # 20 turns of a fiftieth, for all three together


@needs_redis
def test_a_shared_turn_that_is_too_far_away_is_not_taken(shared: list[SharedBucket]) -> None:
    for bucket in shared * 5:
        bucket.take(longest_seconds=5)
    refused = shared[0].take(longest_seconds=0.01)
    assert refused > 0.01
    assert shared[1].take(longest_seconds=0.01) <= refused
    time.sleep(refused)
    assert shared[2].take(longest_seconds=0.01) <= 0.01
