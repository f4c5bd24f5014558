"""Jobs through a broker in memory: what is sent, what is sent again, and what a message does."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone
from kombu import pools

from moviverse.config import broker as configured
from moviverse.config.celery import app as celery_app
from moviverse.core import delivery, health, job_records, jobs
from moviverse.core.delivery import broker
from moviverse.core.models import Job
from moviverse.worker import beat, schedule, tasks
from moviverse.worker import broker as worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

pytestmark = pytest.mark.django_db(transaction=True)

app: Any = celery_app  # whose pools no type knows
SECOND = timedelta(seconds=1)
LOST = delivery.LOST_AFTER + SECOND


@pytest.fixture(autouse=True)
def _broker(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.CELERY_BROKER_URL = "memory://"
    monkeypatch.setattr(app.conf, "broker_url", "memory://")
    broker.wake()
    sent(configured.QUEUE)
    sent(configured.LONG_QUEUE)
    yield
    broker.wake()


def sent(name: str = configured.QUEUE) -> list[tuple[str, UUID]]:
    """Take what lies in a queue: the jobs' names and ids."""
    found = []
    with app.connection_for_read() as connection:
        channel = connection.default_channel
        (asked,) = (each for each in app.conf.task_queues if each.name == name)
        asked(channel).declare()
        while message := asked(channel).get(no_ack=True):
            _args, told, _ = message.payload
            found.append((told["name"], UUID(told["job_id"])))
    return found


def enqueue(name: str = "mend", **timing: timedelta) -> UUID:
    now = timezone.now() - timing.get("ago", timedelta())
    return jobs.enqueue(name=name, arguments={}, now=now)


def redeliver(*, after: timedelta = timedelta()) -> int:
    return delivery.redeliver(lease=jobs.LEASE, now=timezone.now() + after)


def cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    # Nobody listens on port 1; a real refusal, in place of one of our making.
    monkeypatch.setattr(app.conf, "broker_url", "redis://127.0.0.1:1/0")
    forget_connections()


def forget_connections() -> None:
    """Have the next message make its connection anew, to what the settings name by then."""
    pools.reset()
    app._pool = app.amqp._producer_pool = None  # noqa: SLF001 - there is no other way


class TestSending:
    def test_a_job_is_sent_when_its_transaction_is_committed(self) -> None:
        with transaction.atomic():
            job_id = enqueue()
            assert sent() == []
        assert sent() == [("mend", job_id)]

    def test_one_that_is_undone_is_never_sent(self) -> None:
        with transaction.atomic():
            enqueue()
            transaction.set_rollback(True)
        assert sent() == []

    def test_a_long_job_has_a_queue_of_its_own(self) -> None:
        job_id = enqueue(jobs.IMPORT_LIBRARY)
        assert sent(configured.QUEUE) == []
        assert sent(configured.LONG_QUEUE) == [(jobs.IMPORT_LIBRARY, job_id)]

    def test_a_job_that_is_queued_already_is_not_sent_twice(self) -> None:
        for _ in range(2):
            jobs.enqueue(name="mend", arguments={}, unique_key="film 1", now=timezone.now())
        assert len(sent()) == 1

    def test_without_a_broker_nothing_is_sent(
        self,
        settings: Settings,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        settings.CELERY_BROKER_URL = ""
        with django_capture_on_commit_callbacks() as asked:
            enqueue()
        assert asked == []

    def test_a_job_that_is_given_back_or_tried_again_is_sent(self) -> None:
        job_id = enqueue()
        running = jobs.claim(worker="ada", now=timezone.now())
        assert running is not None
        jobs.release(running, now=timezone.now())
        running = jobs.claim(worker="ada", now=timezone.now())
        assert running is not None
        jobs.fail(running, error="It rains.", is_final=True, now=timezone.now())
        job_records.retry(job_id=job_id, now=timezone.now())
        assert sent() == [("mend", job_id)] * 3


class TestABrokerThatIsAway:
    @pytest.fixture(autouse=True)
    def _away(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        cut_off(monkeypatch)
        yield
        forget_connections()

    def test_fails_nobody_who_asks_for_a_job(self) -> None:
        job_id = enqueue()
        assert Job.objects.get().id == job_id

    def test_is_left_alone_for_a_while_after_it_failed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        enqueue()
        asked: list[object] = []
        monkeypatch.setattr(app, "send_task", lambda *_, **__: asked.append(1))
        enqueue()
        assert asked == []
        broker.wake()
        enqueue()
        assert asked == [1]

    def test_is_seen_in_the_state_of_health_and_what_waits_is_kept(self) -> None:
        assert health.broker_state(database="ok", now=timezone.now()) == "away"

    def test_gets_what_it_missed_when_it_is_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        job_id = enqueue()
        broker.wake()
        assert redeliver() == 0
        assert Job.objects.get().sent_at == delivery.UNSENT
        monkeypatch.setattr(app.conf, "broker_url", "memory://")
        forget_connections()
        broker.wake()
        assert redeliver() == 1
        assert sent() == [("mend", job_id)]


class TestSendingAgain:
    def test_leaves_alone_what_was_sent_a_moment_ago(self) -> None:
        enqueue()
        assert redeliver() == 0

    def test_sends_a_message_that_was_lost_and_then_waits_as_long_again(self) -> None:
        job_id = enqueue(ago=LOST)
        sent()
        assert redeliver() == 1
        assert sent() == [("mend", job_id)]
        assert redeliver() == 0
        assert redeliver(after=LOST) == 1

    def test_sends_a_failed_job_when_its_pause_is_over(self) -> None:
        enqueue()
        running = jobs.claim(worker="ada", now=timezone.now())
        assert running is not None
        jobs.fail(running, error="It rains.", now=timezone.now())
        assert redeliver(after=jobs.FIRST_PAUSE - SECOND) == 0
        assert redeliver(after=jobs.FIRST_PAUSE + SECOND) == 1
        assert redeliver(after=jobs.FIRST_PAUSE + 2 * SECOND) == 0

    def test_sends_what_a_dead_worker_left_and_not_what_a_living_one_has(self) -> None:
        enqueue()
        running = jobs.claim(worker="ada", now=timezone.now())
        assert running is not None
        jobs.beat(running, now=timezone.now() + 20 * SECOND)
        assert redeliver(after=jobs.LEASE + SECOND) == 0
        assert redeliver(after=jobs.LEASE + 21 * SECOND) == 1

    def test_sends_nothing_that_has_ended(self) -> None:
        enqueue()
        running = jobs.claim(worker="ada", now=timezone.now())
        assert running is not None
        jobs.finish(running, now=timezone.now())
        assert redeliver(after=LOST) == 0

    def test_sends_some_at_a_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(delivery, "SOME", 2)
        for _ in range(3):
            enqueue(ago=LOST)
        assert [redeliver(), redeliver(), redeliver()] == [2, 1, 0]


class TestAMessage:
    def run(self, job_id: UUID) -> None:
        worker.run_job.apply(kwargs={"job_id": str(job_id), "name": "mend"}, throw=True)

    @pytest.fixture(autouse=True)
    def effects(self, monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
        found: list[UUID] = []
        monkeypatch.setitem(tasks.TASKS, "mend", lambda job: found.append(job.id))
        return found

    def test_runs_its_job_and_a_second_one_does_nothing(self, effects: list[UUID]) -> None:
        job_id = enqueue()
        for _ in range(2):
            self.run(job_id)
        assert effects == [job_id]
        assert Job.objects.get().state == "done"

    def test_of_a_job_that_another_worker_has_is_dropped(self, effects: list[UUID]) -> None:
        job_id = enqueue()
        assert jobs.claim(worker="our own", now=timezone.now()) is not None
        self.run(job_id)
        assert effects == []

    def test_of_a_job_that_is_no_more_is_dropped(self, effects: list[UUID]) -> None:
        self.run(uuid4())
        assert effects == []

    def test_is_dropped_while_the_database_is_away(
        self, monkeypatch: pytest.MonkeyPatch, effects: list[UUID]
    ) -> None:
        def away(**_: object) -> None:
            raise OperationalError

        monkeypatch.setattr(jobs, "claim", away)
        self.run(enqueue())
        assert effects == []


class TestTheBeat:
    def test_enqueues_what_is_due_and_sends_what_was_lost(self) -> None:
        lost = enqueue(ago=LOST)
        sent()
        schedule.enqueue_due(now=timezone.now() - timedelta(days=2))
        assert beat.Pulse(app).tick() == beat.PULSE_SECONDS
        names = [name for name, _ in [*sent(), *sent(configured.LONG_QUEUE)]]
        assert sorted(names) == sorted(["mend", *(each.name for each in schedule.SCHEDULE)])
        assert Job.objects.get(id=lost).sent_at is not None

    def test_goes_on_while_the_database_is_away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def away(**_: object) -> None:
            raise OperationalError

        monkeypatch.setattr(schedule, "enqueue_due", away)
        beat.pulse()


class TestHealth:
    def test_is_ok_with_a_broker_and_embedded_without(self, settings: Settings) -> None:
        assert health.broker_state(database="ok", now=timezone.now()) == "ok"
        settings.CELERY_BROKER_URL = ""
        assert health.broker_state(database="ok", now=timezone.now()) == "embedded"

    def test_is_slow_when_a_job_waits_for_minutes(self) -> None:
        enqueue(ago=health.SLOW + SECOND)
        assert health.broker_state(database="ok", now=timezone.now()) == "slow"
        assert health.broker_state(database="away", now=timezone.now()) == "ok"


def test_the_hard_limit_is_beyond_the_longest_that_a_job_may_take() -> None:
    assert max(tasks.LIMIT_SECONDS.values()) < worker.HARD_LIMIT_SECONDS
