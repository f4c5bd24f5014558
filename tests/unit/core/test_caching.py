from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache

from moviverse.core import caching


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
    cache.set(key, caching.Entry(value=entry.value, fresh_until=time.time() - 1))


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


def test_who_has_waited_long_enough_computes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "WAIT_SECONDS", 0.05)
    cache.add("key:lock", "somebody who died", 30)
    assert caching.get_or_compute("key", 60, Computation()) == (1, "miss")
    assert cache.get("key:lock") == "somebody who died", "only its owner opens a lock"
