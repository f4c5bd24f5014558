from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from moviverse.core import counting
from moviverse.core.models import Counter

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_events_of_one_window_are_counted_and_the_window_ends_by_itself() -> None:
    assert counting.count("a", window_seconds=60, now=NOW) == (1, 60)
    assert counting.count("a", window_seconds=60, now=NOW + timedelta(seconds=20)) == (2, 40)
    assert counting.count("b", window_seconds=60, now=NOW) == (1, 60)
    assert counting.count("a", window_seconds=60, now=NOW + timedelta(seconds=60)) == (1, 60)


@pytest.mark.django_db
def test_a_cleared_key_starts_anew() -> None:
    counting.count("a", window_seconds=60, now=NOW)
    counting.clear("a")
    assert counting.count("a", window_seconds=60, now=NOW) == (1, 60)


@pytest.mark.django_db
def test_expired_counters_are_swept_away_by_new_ones() -> None:
    for number in range(3):
        counting.count(f"old {number}", window_seconds=60, now=NOW)
    counting.count("new", window_seconds=60, now=NOW + timedelta(hours=1))
    assert [counter.key for counter in Counter.objects.all()] == ["new"]


@pytest.mark.django_db
def test_counting_stops_below_the_columns_limit() -> None:
    Counter.objects.create(key="a", count=2_000_000_000, expires_at=NOW + timedelta(hours=1))
    assert counting.count("a", window_seconds=60, now=NOW)[0] == 2_000_000_000


@pytest.mark.django_db(transaction=True)
def test_parallel_events_are_all_counted() -> None:
    def count(_number: int) -> int:
        try:
            return counting.count("a", window_seconds=60, now=NOW)[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(count, range(60))) == list(range(1, 61))


@pytest.mark.django_db(transaction=True)
def test_a_count_is_refused_where_a_rollback_could_undo_it() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        counting.count("a", window_seconds=60, now=NOW)
