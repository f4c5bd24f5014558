from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from moviverse.core import errors, job_records, jobs
from moviverse.core.models import Job

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from moviverse.core.jobs import JSON, Running

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)

pytestmark = pytest.mark.django_db


def enqueue(*, name: str = "mend", number: JSON = 1, key: str = "", now: datetime = NOW) -> UUID:
    return jobs.enqueue(name=name, arguments={"number": number}, unique_key=key, now=now)


def claim(*, worker: str = "ada", now: datetime = NOW, **which: object) -> Running | None:
    return jobs.claim(worker=worker, now=now, **which)  # type: ignore[arg-type]  # one of its own


def claimed(*, worker: str = "ada", now: datetime = NOW) -> Running:
    running = claim(worker=worker, now=now)
    assert running is not None
    return running


class TestEnqueue:
    def test_writes_a_row_with_one_statement(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(1):
            job_id = enqueue(number=[1, {"a": None}])
        row = Job.objects.get()
        assert (row.id, row.name, row.state) == (job_id, "mend", "queued")
        assert row.arguments == {"number": [1, {"a": None}]}
        assert (row.created_at, row.available_at, row.finished_at) == (NOW, NOW, None)

    def test_of_one_key_there_is_one_job_until_it_has_ended(self) -> None:
        first = enqueue(key="film 1")
        assert enqueue(key="film 1") == first
        assert enqueue(key="film 2") != first
        running = claimed()
        assert enqueue(key="film 1") == first
        jobs.finish(running, now=NOW)
        assert enqueue(key="film 1") != first

    def test_without_a_key_every_job_is_another(self) -> None:
        assert enqueue() != enqueue()

    def test_is_undone_with_what_asked_for_it(self) -> None:
        with transaction.atomic():
            enqueue()
            transaction.set_rollback(True)
        assert not Job.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_twenty_at_once_with_one_key_make_one_row(self) -> None:
        def ask(_: int) -> UUID:
            try:
                with transaction.atomic():
                    return enqueue(key="film 1")
            finally:
                connection.close()

        with ThreadPoolExecutor(20) as pool:
            assert len(set(pool.map(ask, range(20)))) == 1
        assert Job.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_who_listens_is_told_of_a_job_when_it_is_committed_and_not_before(self) -> None:
        parameters = connection.get_connection_params()
        with psycopg.connect(**parameters, autocommit=True) as listener:
            listener.execute(f"listen {jobs.CHANNEL}")
            with transaction.atomic():
                job_id = enqueue()
                assert not list(listener.notifies(timeout=0.1))
            assert [heard.payload for heard in listener.notifies(timeout=5, stop_after=1)] == [
                str(job_id)
            ]


class TestClaim:
    def test_takes_what_is_due_for_the_longest_time(self) -> None:
        second, first = enqueue(now=NOW), enqueue(now=NOW - timedelta(hours=1))
        enqueue(now=LATER)
        assert [claimed().id, claimed().id] == [first, second]
        assert claim() is None

    def test_takes_the_one_that_is_asked_for_or_none(self) -> None:
        enqueue()
        wanted = enqueue()
        running = claim(job_id=wanted)
        assert running is not None
        assert running.id == wanted
        assert claim(job_id=wanted) is None
        assert claim(job_id=uuid4()) is None

    def test_leaves_to_others_what_it_is_told_to(self) -> None:
        enqueue(name="dig")
        assert claim(without={"dig"}) is None
        assert claim(without={"mend"}) is not None

    def test_says_who_runs_it_and_since_when(self) -> None:
        enqueue()
        running = claimed()
        row = Job.objects.get()
        assert (row.state, row.worker, row.attempts) == ("running", "ada", 1)
        assert (row.started_at, row.heartbeat_at) == (NOW, NOW)
        assert (running.arguments, running.attempt) == ({"number": 1}, 1)

    def test_takes_the_job_of_a_worker_that_fell_silent(self) -> None:
        job_id = enqueue()
        claimed()
        assert claim(worker="bob", now=NOW + jobs.LEASE) is None
        taken = claimed(worker="bob", now=NOW + jobs.LEASE * 1.1)
        assert (taken.id, taken.attempt, taken.worker) == (job_id, 2, "bob")

    def test_leaves_a_worker_alone_that_beats(self) -> None:
        enqueue()
        jobs.beat(claimed(), now=NOW + jobs.LEASE)
        assert claim(worker="bob", now=NOW + jobs.LEASE * 1.1) is None

    def test_gives_up_a_job_with_which_every_worker_died(self) -> None:
        enqueue()
        for attempt in range(jobs.MOST_ATTEMPTS):
            claimed(now=NOW + attempt * 2 * jobs.LEASE)
        assert claim(now=LATER) is None
        row = Job.objects.get()
        assert (row.state, row.error) == ("failed", "The worker died while it ran.")

    @pytest.mark.django_db(transaction=True)
    def test_gives_each_of_many_at_once_another_job(self) -> None:
        expected = {enqueue() for _ in range(20)}

        def take(number: int) -> UUID:
            try:
                return claimed(worker=f"worker {number}").id
            finally:
                connection.close()

        with ThreadPoolExecutor(20) as pool:
            taken = list(pool.map(take, range(20)))
        assert sorted(taken) == sorted(expected)


class TestEnd:
    def test_a_job_that_is_done_says_so(self) -> None:
        enqueue()
        running = claimed()
        running.report(0.4, "half\0way \ud800")
        assert Job.objects.values_list("progress", "message").get() == (0.4, "halfway ?")
        jobs.finish(running, now=LATER)
        row = Job.objects.get()
        assert (row.state, row.progress, row.finished_at) == ("done", 1.0, LATER)

    @pytest.mark.parametrize(("told", "kept"), [(-1.0, 0.0), (7, 1.0)])
    def test_a_part_is_between_nothing_and_all(self, told: float, kept: float) -> None:
        enqueue()
        claimed().report(told, "x" * 1_000)
        row = Job.objects.get()
        assert (row.progress, row.message) == (kept, "x" * 300)

    def test_a_report_raises_what_the_job_must_end_for(self) -> None:
        enqueue()
        running = claimed()
        running.halted = ZeroDivisionError()
        with pytest.raises(ZeroDivisionError):
            running.report(0.5, "on")

    def test_an_attempt_that_failed_is_repeated_after_longer_and_longer_pauses(self) -> None:
        enqueue()
        now, pauses = NOW, []
        for _ in range(jobs.MOST_ATTEMPTS - 1):
            jobs.fail(claimed(now=now), error="It rains.", now=now)
            row = Job.objects.get()
            assert (row.state, row.error) == ("queued", "It rains.")
            assert claim(now=row.available_at - timedelta(seconds=1)) is None
            pauses.append((row.available_at - now).total_seconds())
            now = row.available_at
        assert pauses == [15, 60, 240, 960, 3_840]
        jobs.fail(claimed(now=now), error="It rains.", now=now)
        assert (Job.objects.get().state, Job.objects.get().finished_at) == ("failed", now)

    def test_what_cannot_succeed_is_not_repeated(self) -> None:
        enqueue()
        jobs.fail(claimed(), error="No such film.", is_final=True, now=NOW)
        assert Job.objects.get().state == "failed"

    def test_a_job_that_is_given_back_has_lost_no_attempt(self) -> None:
        enqueue()
        jobs.release(claimed(), now=NOW)
        assert claimed(worker="bob").attempt == 1

    def test_who_was_given_up_for_dead_cannot_end_the_job_of_another(self) -> None:
        enqueue()
        dead = claimed()
        claimed(worker="bob", now=LATER)
        with pytest.raises(jobs.JobLost):
            jobs.finish(dead, now=LATER)
        with pytest.raises(jobs.JobLost):
            jobs.fail(dead, error="It rains.", now=LATER)
        with pytest.raises(jobs.JobLost):
            dead.report(0.5, "on")
        jobs.release(dead, now=LATER)
        row = Job.objects.get()
        assert (row.state, row.worker) == ("running", "bob")


class TestRetry:
    def test_gives_a_failed_job_all_its_attempts_again(self) -> None:
        job_id = enqueue()
        jobs.fail(claimed(), error="It rains.", is_final=True, now=NOW)
        job_records.retry(job_id=job_id, now=LATER)
        row = Job.objects.get()
        assert (row.state, row.error, row.finished_at) == ("queued", "", None)
        assert claimed(now=LATER).attempt == 1

    def test_is_only_for_what_has_failed(self) -> None:
        with pytest.raises(errors.Conflict, match="is queued"):
            job_records.retry(job_id=enqueue(), now=NOW)
        with pytest.raises(job_records.JobNotFound):
            job_records.retry(job_id=uuid4(), now=NOW)

    def test_is_refused_while_its_like_is_queued(self) -> None:
        job_id = enqueue(key="film 1")
        jobs.fail(claimed(), error="It rains.", is_final=True, now=NOW)
        enqueue(key="film 1")
        with pytest.raises(errors.Conflict, match="already"):
            job_records.retry(job_id=job_id, now=NOW)


class TestLookingAtJobs:
    def test_shows_the_latest_first_and_only_what_is_asked_for(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        old, new = enqueue(), enqueue(name="dig", now=LATER)
        with django_assert_num_queries(1):
            assert [seen.id for seen in job_records.latest(limit=10)] == [new, old]
        assert [seen.id for seen in job_records.latest(limit=1)] == [new]
        assert [seen.id for seen in job_records.latest(name="mend", limit=10)] == [old]
        claimed()
        assert [seen.id for seen in job_records.latest(state="running", limit=10)] == [old]

    def test_shows_one(self) -> None:
        job_id = enqueue()
        assert job_records.job(job_id=job_id).state in job_records.states()
        with pytest.raises(job_records.JobNotFound):
            job_records.job(job_id=uuid4())


def test_what_ended_long_ago_is_removed_and_what_failed_is_kept_longer() -> None:
    day = timedelta(days=1)
    for age, fails in ((1, False), (8, False), (8, True), (29, True), (400, None)):
        enqueue(now=NOW - age * day)
        if fails is None:
            continue
        running = claimed(now=NOW - age * day)
        if fails:
            jobs.fail(running, error="x", is_final=True, now=NOW - age * day)
        else:
            jobs.finish(running, now=NOW - age * day)
    assert job_records.remove_old(kept=7 * day, now=NOW) == 2
    ages = [(NOW - row.created_at).days for row in Job.objects.order_by("-created_at")]
    assert ages == [1, 8, 400]


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "resting"},
        {"progress": 1.5},
        {"progress": -0.1},
        {"state": "running"},
        {"state": "running", "heartbeat_at": NOW, "attempts": 1},
        {"state": "done"},
        {"finished_at": NOW},
    ],
)
def test_the_database_refuses_a_job_that_cannot_be(wrong: dict[str, object]) -> None:
    enqueue()
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.update(**wrong)
