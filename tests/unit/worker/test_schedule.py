from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from moviverse.core import jobs, periods
from moviverse.core.models import Job
from moviverse.worker import schedule, tasks
from moviverse.worker.schedule import SCHEDULE, Every

if TYPE_CHECKING:
    from uuid import UUID

    from pytest_django import DjangoAssertNumQueries

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
YESTERDAY = NOON - timedelta(days=1)
MINUTE = timedelta(minutes=1)
HOURLY = Every(name="mend", seconds=3_600)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hourly(monkeypatch: pytest.MonkeyPatch, db: None) -> None:  # noqa: ARG001 - a fixture's name
    """Have a site that was on yesterday, too."""
    runs_by_the_clock(HOURLY, monkeypatch)


def runs_by_the_clock(line: Every, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "SCHEDULE", (line,))
    schedule.enqueue_due(now=YESTERDAY)


def ended(*, now: datetime) -> UUID:
    running = jobs.claim(worker="ada", now=now)
    assert running is not None
    jobs.finish(running, now=now)
    return running.id


def failed(*, is_final: bool = False, now: datetime) -> UUID:
    running = jobs.claim(worker="ada", now=now)
    assert running is not None
    jobs.fail(running, error="It rains.", is_final=is_final, now=now)
    return running.id


def kept() -> set[UUID]:
    return set(Job.objects.values_list("id", flat=True))


def test_a_job_is_enqueued_once_a_period() -> None:
    assert schedule.enqueue_due(now=NOON + 5 * MINUTE) == 1
    ended(now=NOON + 6 * MINUTE)
    assert schedule.enqueue_due(now=NOON + 59 * MINUTE) == 0
    assert schedule.enqueue_due(now=NOON + 60 * MINUTE) == 1


def test_a_new_site_waits_for_the_next_period_of_each_job(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (Every(name="count", seconds=60), Every(name="learn", seconds=86_400))
    monkeypatch.setattr(schedule, "SCHEDULE", lines)
    assert schedule.enqueue_due(now=NOON) == 0
    due = {each.key: each.next_at for each in periods.last() if each.enqueued_at is None}
    midnight = NOON.replace(day=2, hour=0)
    assert due == {HOURLY.key: YESTERDAY + 60 * MINUTE, "count": NOON + MINUTE, "learn": midnight}
    assert schedule.enqueue_due(now=NOON + MINUTE) == 1
    assert Job.objects.get().name == "count"
    assert schedule.enqueue_due(now=NOON.replace(day=2, hour=9)) == 2  # it was off at midnight


def test_a_routine_keeps_the_row_of_its_last_run_alone() -> None:
    for hour in (12, 13, 14):
        schedule.enqueue_due(now=NOON.replace(hour=hour))
        ended(now=NOON.replace(hour=hour))
    (last,) = kept()
    schedule.enqueue_due(now=NOON + 180 * MINUTE)
    assert last not in kept()
    assert Job.objects.get().state == "queued"


def test_a_run_of_a_routine_in_which_something_went_wrong_stays() -> None:
    schedule.enqueue_due(now=NOON)
    gave_up = failed(is_final=True, now=NOON)
    schedule.enqueue_due(now=NOON + 60 * MINUTE)
    tried_again = failed(now=NOON + 60 * MINUTE)
    assert ended(now=NOON + 70 * MINUTE) == tried_again
    schedule.enqueue_due(now=NOON + 120 * MINUTE)
    went_well = ended(now=NOON + 120 * MINUTE)
    assert kept() == {gave_up, tried_again, went_well}
    schedule.enqueue_due(now=NOON + 180 * MINUTE)
    assert {gave_up, tried_again} < kept()
    assert went_well not in kept()


def test_a_routine_whose_worker_was_killed_is_taken_up_again_and_stays() -> None:
    schedule.enqueue_due(now=NOON)
    killed = jobs.claim(worker="ada", now=NOON)
    assert killed is not None
    schedule.enqueue_due(now=NOON + 60 * MINUTE)
    assert kept() == {killed.id}
    assert ended(now=NOON + 61 * MINUTE) == killed.id
    schedule.enqueue_due(now=NOON + 120 * MINUTE)
    assert killed.id in kept()


def test_what_runs_once_a_day_keeps_a_row_for_each_run(monkeypatch: pytest.MonkeyPatch) -> None:
    runs_by_the_clock(Every(name="mend", seconds=86_400), monkeypatch)
    for day in (1, 2, 3):
        assert schedule.enqueue_due(now=NOON.replace(day=day)) == 1
        ended(now=NOON.replace(day=day))
    assert Job.objects.count() == 3


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
        failed(now=now)
        now = Job.objects.get().available_at
    assert now > NOON + 60 * MINUTE
    schedule.enqueue_due(now=NOON + 60 * MINUTE)
    assert Job.objects.get().available_at == NOON + 60 * MINUTE


def test_the_same_job_with_other_arguments_is_another_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = tuple(
        Every(name="mend", seconds=60, arguments={"window": window}) for window in ("day", "week")
    )
    monkeypatch.setattr(schedule, "SCHEDULE", lines)
    schedule.enqueue_due(now=YESTERDAY)
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
