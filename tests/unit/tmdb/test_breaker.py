from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from moviverse import tmdb
from moviverse.tmdb.breaker import Breaker, Shut
from moviverse.tmdb.bucket import LocalBucket
from moviverse.tmdb.client import Client
from moviverse.tmdb.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.tmdb_server import Server


@dataclass
class Clock:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(failures=3, open_seconds=20, clock=clock)


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        breaker.failed(breaker.enter())


def test_it_opens_after_failures_in_a_row(breaker: Breaker) -> None:
    fail(breaker, 2)
    breaker.succeeded(breaker.enter())
    fail(breaker, 2)
    assert breaker.state() == "closed"
    fail(breaker, 1)
    assert breaker.state() == "open"
    with pytest.raises(Shut) as shut:
        breaker.enter()
    assert shut.value.seconds == 20


def test_after_its_time_exactly_one_of_many_threads_may_look(
    breaker: Breaker, clock: Clock
) -> None:
    fail(breaker, 3)
    clock.now += 20
    start = threading.Barrier(20)

    def enter(_: int) -> bool:
        start.wait()
        try:
            return breaker.enter().is_probe
        except Shut:
            return False

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(enter, range(20))) == 1


def test_a_probe_that_works_lets_everybody_in(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 20
    assert breaker.state() == "half-open"
    breaker.succeeded(breaker.enter())
    assert breaker.state() == "closed"
    assert not breaker.enter().is_probe


def test_a_probe_that_fails_keeps_everybody_out_for_the_same_time(
    breaker: Breaker, clock: Clock
) -> None:
    fail(breaker, 3)
    clock.now += 20
    breaker.failed(breaker.enter())
    clock.now += 19
    with pytest.raises(Shut):
        breaker.enter()
    clock.now += 1
    assert breaker.enter().is_probe


def test_a_probe_that_was_not_sent_leaves_its_place_to_another(
    breaker: Breaker, clock: Clock
) -> None:
    fail(breaker, 3)
    clock.now += 20
    breaker.gave_up(breaker.enter())
    assert breaker.enter().is_probe


def test_a_call_from_before_that_fails_late_does_not_count_as_the_probe(
    breaker: Breaker, clock: Clock
) -> None:
    late = breaker.enter()
    fail(breaker, 3)
    clock.now += 20
    probe = breaker.enter()
    breaker.failed(late)
    with pytest.raises(Shut):  # the probe is still on its way
        breaker.enter()
    breaker.succeeded(probe)
    assert breaker.state() == "closed"


def test_a_rest_is_kept_within_reason(breaker: Breaker, clock: Clock) -> None:
    breaker.rest(10)
    breaker.rest(2)
    with pytest.raises(Shut) as shut:
        breaker.enter()
    assert (shut.value.seconds, shut.value.is_rest) == (10, True)
    clock.now += 10
    assert not breaker.enter().is_probe
    breaker.rest(86_400)
    clock.now += 30
    assert breaker.state() == "closed"


@pytest.fixture
def line(fake_tmdb: Server, clock: Clock) -> Iterator[Line]:
    made = Line(
        base_url=fake_tmdb.url,
        key="a key of the tests",
        bucket=LocalBucket(per_second=1_000, burst=100),
        breaker=Breaker(clock=clock),
    )
    yield made
    made.close()


def test_a_tmdb_that_does_not_work_is_left_alone_and_found_again(
    line: Line, fake_tmdb: Server, clock: Clock
) -> None:
    fake_tmdb.switch("500")
    client = Client(line)
    for _ in range(20):
        with pytest.raises(tmdb.Unavailable):
            client.film(949)
    assert fake_tmdb.count() == 5
    clock.now += 20
    with pytest.raises(tmdb.Unavailable) as raised:
        client.film(949)
    assert fake_tmdb.count() == 6  # a probe is not tried again
    assert raised.value.retry_after_seconds >= 1
    fake_tmdb.switch("ok")
    with pytest.raises(tmdb.Unavailable) as told:
        client.film(949)
    assert told.value.retry_after_seconds == 20
    clock.now += 20
    assert client.film(949).title == "Heat"
    assert client.film(550).title == "Fight Club"


def test_a_refused_key_is_not_shown_again_and_again(line: Line, fake_tmdb: Server) -> None:
    fake_tmdb.switch("401")
    for _ in range(5):
        with pytest.raises(tmdb.Refused):
            Client(line).film(949)
    with pytest.raises(tmdb.Unavailable):
        Client(line).film(949)
    assert fake_tmdb.count() == 5


def test_films_that_do_not_exist_say_that_tmdb_works(line: Line, fake_tmdb: Server) -> None:
    for tmdb_id in range(1, 10):
        with pytest.raises(tmdb.NotFound):
            Client(line).film(tmdb_id)
    assert line.breaker.state() == "closed"
    assert fake_tmdb.count() == 9
