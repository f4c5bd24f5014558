from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.core.cache import cache

from moviverse.core import caching, errors, flights, tallies


class Computation:
    """Counts how often it was asked; says the same number again and again."""

    def __init__(self, *, seconds: float = 0, fails: bool = False) -> None:
        self.times = 0
        self.seconds = seconds
        self.fails = fails

    def __call__(self) -> int:
        self.times += 1
        time.sleep(self.seconds)
        if self.fails:
            raise LookupError
        return self.times


def make_stale(key: str) -> None:
    entry = cache.get(key)
    cache.set(key, replace(entry, fresh_until=time.time() - 1))


def test_a_value_is_computed_once_and_then_found() -> None:
    compute = Computation()
    assert caching.get_or_compute("key", 60, compute) == (1, "miss")
    assert caching.get_or_compute("key", 60, compute) == (1, "hit")


def test_a_value_past_its_lifetime_is_computed_anew() -> None:
    compute = Computation()
    caching.get_or_compute("key", 60, compute)
    make_stale("key")
    assert caching.get_or_compute("key", 60, compute) == (2, "miss")
    assert caching.get_or_compute("key", 60, compute) == (2, "hit")


def test_without_a_lifetime_nothing_is_kept() -> None:
    compute = Computation()
    assert caching.get_or_compute("key", 0, compute) == (1, "miss")
    assert caching.get_or_compute("key", 0, compute) == (2, "miss")


def test_none_is_a_value_too() -> None:
    assert caching.get_or_compute("key", 60, lambda: None) == (None, "miss")
    assert caching.get_or_compute("key", 60, lambda: None) == (None, "hit")


def test_an_old_value_stands_in_when_computing_fails() -> None:
    caching.get_or_compute("key", 60, Computation())
    make_stale("key")
    assert caching.get_or_compute("key", 60, Computation(fails=True)) == (1, "stale")


def test_without_an_old_value_the_error_is_raised_and_the_next_one_tries() -> None:
    with pytest.raises(LookupError):
        caching.get_or_compute("key", 60, Computation(fails=True))
    assert caching.get_or_compute("key", 60, Computation()) == (1, "miss")


def test_many_who_miss_together_wait_for_one_computation() -> None:
    compute = Computation(seconds=0.2)
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: caching.get_or_compute("key", 60, compute), range(20)))
    assert compute.times == 1
    assert {value for value, _ in found} == {1}
    assert sorted(source for _, source in found) == ["hit"] * 19 + ["miss"]


def test_while_one_computes_the_others_get_the_old_value_at_once() -> None:
    caching.get_or_compute("key", 60, Computation())
    make_stale("key")
    begun, may_end = threading.Event(), threading.Event()

    def compute() -> int:
        begun.set()
        may_end.wait()
        return 2

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(caching.get_or_compute, "key", 60, compute)
        begun.wait()
        assert caching.get_or_compute("key", 60, compute) == (1, "stale")
        may_end.set()
        assert slow.result() == (2, "miss")


def test_who_has_waited_long_enough_for_another_process_computes_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(caching, "WAIT_SECONDS", 0.05)
    cache.add("key:lock", "somebody who died", 30)
    assert caching.get_or_compute("key", 60, Computation()) == (1, "miss")
    assert cache.get("key:lock") == "somebody who died", "only its owner opens a lock"


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flights, "PATIENCE_SECONDS", 0.05)
    begun, may_end = threading.Event(), threading.Event()

    def compute() -> int:
        begun.set()
        may_end.wait()
        return 1

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(caching.get_or_compute, "key", 60, compute)
        begun.wait()
        with pytest.raises(flights.TakesTooLong):
            caching.get_or_compute("key", 60, compute)
        may_end.set()
        assert slow.result() == (1, "miss")


@pytest.mark.parametrize("seconds", [0.0, 0.05])
def test_two_hundred_who_miss_together_compute_at_most_twice(seconds: float) -> None:
    compute = Computation(seconds=seconds)
    together = threading.Barrier(200)

    def ask(_: int) -> int:
        together.wait()
        return caching.get_or_compute("key", 60, compute)[0]

    with ThreadPoolExecutor(200) as pool:
        found = set(pool.map(ask, range(200)))
    assert compute.times <= 2
    assert found == {1}


def test_an_error_is_everybodys_who_waited_for_it() -> None:
    compute = Computation(seconds=0.2, fails=True)

    def ask(_: int) -> str:
        with pytest.raises(LookupError):
            caching.get_or_compute("key", 60, compute)
        return "raised"

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(ask, range(20))) == ["raised"] * 20
    assert compute.times == 1


def nothing_there() -> int:
    raise errors.NotFound


def test_that_there_is_nothing_is_kept_for_a_shorter_time() -> None:
    asked = Computation()

    def compute() -> int:
        asked()
        return nothing_there()

    for _ in range(40):
        with pytest.raises(errors.NotFound):
            caching.get_or_compute("key", 3_600, compute, absent=(errors.NotFound,))
    assert asked.times == 1
    make_stale("key")
    assert caching.get_or_compute("key", 60, lambda: 7, absent=(errors.NotFound,)) == (7, "miss")


def test_an_absence_takes_the_place_of_what_was_there_and_stands_in_for_nothing() -> None:
    caching.get_or_compute("key", 60, Computation())
    make_stale("key")
    with pytest.raises(errors.NotFound):
        caching.get_or_compute("key", 60, nothing_there, absent=(errors.NotFound,))
    make_stale("key")
    with pytest.raises(LookupError):
        caching.get_or_compute("key", 60, Computation(fails=True))


def test_an_error_of_the_asker_is_not_hidden_behind_an_old_value() -> None:
    caching.get_or_compute("key", 60, Computation())
    make_stale("key")
    with pytest.raises(errors.NotFound):
        caching.get_or_compute("key", 60, nothing_there)


def test_a_value_can_say_that_it_is_fresh_for_less() -> None:
    caching.get_or_compute("key", 60, lambda: 1, seconds_of=lambda _: 0.0)
    assert caching.get_or_compute("key", 60, lambda: 2) == (2, "miss")


def test_what_another_release_kept_is_not_there() -> None:
    caching.get_or_compute("key", 60, Computation())
    cache.set("key", replace(cache.get("key"), release="the one before"))
    assert caching.get_or_compute("key", 60, lambda: "new") == ("new", "miss")


def test_what_is_no_entry_is_not_there() -> None:
    cache.set("key", "written by somebody else")
    assert caching.get_or_compute("key", 60, lambda: "new") == ("new", "miss")


@pytest.mark.django_db
def test_each_kind_is_counted() -> None:
    tallies.forget()
    caching.get_or_compute("lists:1", 60, Computation())
    caching.get_or_compute("lists:1", 60, Computation())
    make_stale("lists:1")
    caching.get_or_compute("lists:1", 60, Computation(fails=True))
    caching.get_or_compute("anything", 60, Computation(), kind="detail")
    assert tallies.totals("cache") == {
        ("detail", "miss"): 1,
        ("lists", "miss"): 1,
        ("lists", "hit"): 1,
        ("lists", "stale"): 1,
        ("lists", "error"): 1,
    }
    assert tallies.totals("cache_seconds").keys() == {("detail",), ("lists",)}
