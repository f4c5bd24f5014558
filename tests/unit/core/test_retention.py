from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from moviverse.core import job_records, jobs, retention
from moviverse.core.models import Counter, Job
from moviverse.core.sweeping import swept

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Stopped(Exception):
    pass


def counters(count: int) -> None:
    Counter.objects.bulk_create(
        Counter(key=f"{number:05}", expires_at=NOW) for number in range(count)
    )


def test_jobs_that_ended_long_ago_are_removed_however_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_records, "SWEEP", 2)
    for age in [timedelta(days=400)] * 5 + [timedelta(days=1)]:
        jobs.enqueue(name="mend", arguments={}, now=NOW - age)
        running = jobs.claim(worker="ada", now=NOW - age)
        assert running is not None
        jobs.finish(running, now=NOW - age)
    assert retention.prune_jobs(now=NOW) == 5
    assert Job.objects.count() == 1


def test_rows_are_swept_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moviverse.core.sweeping.BLOCK", 3)
    counters(7)
    told: list[str] = []
    rows = Counter.objects.exclude(key="00002")
    assert swept(rows, report=lambda _, message: told.append(message), message="Sweeping") == 6
    assert told == ["Sweeping"] * 3
    assert list(Counter.objects.values_list("key", flat=True)) == ["00002"]


def test_what_was_swept_before_a_stop_is_gone_and_the_rest_goes_the_next_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("moviverse.core.sweeping.BLOCK", 3)
    counters(7)
    calls: list[float] = []

    def stop_at_the_second(fraction: float, message: str) -> None:  # noqa: ARG001 - told, and stopped at
        calls.append(fraction)
        if len(calls) == 2:
            raise Stopped

    with pytest.raises(Stopped):
        swept(Counter.objects.all(), report=stop_at_the_second, message="")
    assert Counter.objects.count() == 4
    assert swept(Counter.objects.all(), report=lambda _, __: None, message="") == 4
