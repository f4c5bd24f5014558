from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, NoReturn

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from moviverse.core import jobs
from moviverse.core.models import Job
from moviverse.worker import bell, lanes, watch
from moviverse.worker.tasks import LONG, TASKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Task = Callable[[jobs.Running], None]

pytestmark = pytest.mark.django_db(transaction=True)

SOON_SECONDS = 10


def enqueue(name: str = "mend") -> None:
    jobs.enqueue(name=name, arguments={}, now=timezone.now())


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_done() -> bool:
    return not Job.objects.exclude(state="done").exists()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(watch, "BEAT_SECONDS", 0.1)
    monkeypatch.setattr(lanes, "FINISH_SECONDS", 0.3)
    monkeypatch.setattr(lanes, "LEAVE_SECONDS", 0.3)


@pytest.fixture
def opened() -> Iterator[list[lanes.Lane]]:
    opened = lanes.opened(worker="ada")
    yield opened
    lanes.closed(opened)


def test_a_lane_runs_what_is_there_and_what_it_is_woken_for(
    opened: list[lanes.Lane], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TASKS, "mend", lambda job: job.report(0.5, "half"))
    monkeypatch.setattr(lanes, "POLL_SECONDS", 600)
    for _ in range(3):
        enqueue()
        for lane in opened:
            lane.wake()
        wait_for(is_done)
    wait_for(lambda: not any(lane.running for lane in opened))


def test_one_lane_is_never_taken_by_a_long_job(
    opened: list[lanes.Lane], monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, running = threading.Event(), Job.objects.filter(state="running")
    for name in LONG:
        monkeypatch.setitem(TASKS, name, lambda _: go_on.wait(SOON_SECONDS) and None)
        enqueue(name)
        enqueue(name)
    monkeypatch.setitem(TASKS, "mend", lambda _: None)
    try:
        for lane in opened:
            lane.wake()
        wait_for(running.exists)
        enqueue()
        opened[1].wake()
        wait_for(Job.objects.filter(name="mend", state="done").exists)
        assert running.count() == 1
    finally:
        go_on.set()


def test_what_a_job_reports_is_seen_while_its_own_transaction_is_open(
    opened: list[lanes.Lane], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = threading.Event()

    def task(job: jobs.Running) -> None:
        with connection.cursor() as cursor:
            cursor.execute("begin")
            cursor.execute("select 1 from core_job where id = %s for share", [job.id])
            job.report(0.25, "a quarter")
            cursor.execute("commit")
            assert seen.wait(SOON_SECONDS)

    monkeypatch.setitem(TASKS, "mend", task)
    enqueue()
    opened[0].wake()
    wait_for(Job.objects.filter(progress=0.25, message="a quarter").exists)
    seen.set()
    wait_for(is_done)


def test_a_lane_outlives_a_database_that_is_away(
    opened: list[lanes.Lane], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "POLL_SECONDS", 0.05)
    monkeypatch.setitem(TASKS, "mend", lambda _: None)
    claim, fails = jobs.claim, [OperationalError("away"), ValueError("a mistake")]

    def claim_or_fail(**which: object) -> jobs.Running | None:
        if fails:
            raise fails.pop()
        return claim(**which)  # type: ignore[arg-type]  # one of its own

    monkeypatch.setattr(jobs, "claim", claim_or_fail)
    for lane in opened:
        lane.wake()
    enqueue()
    wait_for(is_done)


def test_a_job_that_was_taken_over_is_stopped_at_its_next_report(
    opened: list[lanes.Lane], monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = threading.Event()

    def task(job: jobs.Running) -> NoReturn:
        Job.objects.update(worker="bob")
        try:
            while True:
                job.report(0.5, "on and on")
                time.sleep(0.02)
        except jobs.JobLost:
            stopped.set()
            raise

    monkeypatch.setitem(TASKS, "mend", task)
    enqueue()
    opened[0].wake()
    assert stopped.wait(SOON_SECONDS)
    assert Job.objects.values_list("state", "worker").get() == ("running", "bob")


@pytest.mark.parametrize("reports", [True, False])
def test_a_closed_lane_gives_its_job_back(
    monkeypatch: pytest.MonkeyPatch, *, reports: bool
) -> None:
    begun, end = threading.Event(), threading.Event()

    def task(job: jobs.Running) -> None:
        begun.set()
        while not end.wait(0.02):
            if reports:
                job.report(0.5, "on and on")

    monkeypatch.setitem(TASKS, "mend", task)
    enqueue()
    opened = lanes.opened(worker="ada")
    assert begun.wait(SOON_SECONDS)
    lanes.closed(opened)
    assert Job.objects.values_list("state", "attempts").get() == ("queued", 0)
    end.set()
    assert all(lane.has_left(within_seconds=SOON_SECONDS) for lane in opened)


def test_the_bell_rings_for_a_job_and_is_silent_otherwise() -> None:
    with bell.listening() as line:
        assert not line.rings(within_seconds=0.1)
        enqueue()
        assert line.rings(within_seconds=SOON_SECONDS)
