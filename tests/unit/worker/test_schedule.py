from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from moviverse.core import jobs
from moviverse.core.models import Job
from moviverse.worker import schedule, tasks
from moviverse.worker.schedule import SCHEDULE, Every

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOURLY = Every(name="mend", seconds=3_600)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hourly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "SCHEDULE", (HOURLY,))


def ended(*, now: datetime) -> None:
    running = jobs.claim(worker="ada", now=now)
    assert running is not None
    jobs.finish(running, now=now)


def test_a_job_is_enqueued_once_a_period() -> None:
    assert schedule.enqueue_due(now=NOON + 5 * MINUTE) == 1
    ended(now=NOON + 6 * MINUTE)
    assert schedule.enqueue_due(now=NOON + 59 * MINUTE) == 0
    assert schedule.enqueue_due(now=NOON + 60 * MINUTE) == 1
    assert Job.objects.count() == 2


def test_what_was_missed_while_nothing_ran_is_made_up_for_once() -> None:
    schedule.enqueue_due(now=NOON)
    ended(now=NOON)
    assert schedule.enqueue_due(now=NOON + 50 * 60 * MINUTE) == 1
    assert schedule.enqueue_due(now=NOON + 50 * 60 * MINUTE + MINUTE) == 0


def test_a_job_that_still_runs_has_no_second_beside_it() -> None:
    schedule.enqueue_due(now=NOON)
    assert jobs.claim(worker="ada", now=NOON) is not None
    schedule.enqueue_due(now=NOON + 60 * MINUTE)
    assert Job.objects.count() == 1


def test_one_that_waits_for_its_next_attempt_is_tried_when_a_new_period_begins() -> None:
    schedule.enqueue_due(now=NOON)
    now = NOON
    for _ in range(5):
        running = jobs.claim(worker="ada", now=now)
        assert running is not None
        jobs.fail(running, error="It rains.", now=now)
        now = Job.objects.get().available_at
    assert now > NOON + 60 * MINUTE
    schedule.enqueue_due(now=NOON + 60 * MINUTE)
    assert Job.objects.get().available_at == NOON + 60 * MINUTE


def test_the_same_job_with_other_arguments_is_another_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = tuple(
        Every(name="mend", seconds=60, arguments={"window": window}) for window in ("day", "week")
    )
    monkeypatch.setattr(schedule, "SCHEDULE", lines)
    assert schedule.enqueue_due(now=NOON) == 2
    asked = [job.arguments["window"] for job in Job.objects.all()]
    assert sorted(asked) == ["day", "week"]


def test_a_look_that_finds_nothing_due_costs_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    schedule.enqueue_due(now=NOON)
    with django_assert_num_queries(1):
        schedule.enqueue_due(now=NOON + MINUTE)


@pytest.mark.django_db(transaction=True)
def test_twenty_workers_at_once_enqueue_one_job() -> None:
    def look(_: int) -> int:
        try:
            return schedule.enqueue_due(now=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(look, range(20))) == 1
    assert Job.objects.count() == 1


def test_periods_begin_at_multiples_of_their_length_and_an_offset() -> None:
    assert HOURLY.began(NOON + 59 * MINUTE) == NOON
    assert HOURLY.next(NOON) == NOON + 60 * MINUTE
    at_three = Every(name="mend", seconds=86_400, offset_seconds=3 * 3_600)
    assert at_three.began(NOON) == NOON.replace(hour=3)
    assert at_three.began(NOON.replace(hour=2)) == NOON.replace(hour=3) - timedelta(days=1)


def test_every_line_names_a_job_that_exists_and_is_told_from_the_others() -> None:
    assert {each.name for each in SCHEDULE} <= tasks.TASKS.keys()
    keys = [each.key for each in SCHEDULE]
    assert len(set(keys)) == len(keys)
    assert max(map(len, keys)) <= 180
