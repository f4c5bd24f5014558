"""Workers as processes: killed, stopped, cut off from the database, and idle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psutil
import psycopg
import pytest

from moviverse.cli import embedded_postgres
from moviverse.core import jobs, periods
from tests.integration.supervised import lives, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from uuid import UUID

SOON_SECONDS = 20
NEVER = "600"  # seconds between two polls: then only the bell wakes a worker


@dataclass
class Works:
    """A database of its own, and the workers that run its jobs."""

    home: Path
    environment: dict[str, str]

    @property
    def cluster(self) -> Path:
        return self.home / "postgres"

    def ask(
        self, sql: str, values: Sequence[Any] | Mapping[str, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        with psycopg.connect(embedded_postgres.url(self.cluster), autocommit=True) as line:
            asked = line.execute(sql, values)
            return asked.fetchall() if asked.description else []

    def enqueue(self, name: str, **arguments: float) -> UUID:
        """Do what a web server does, in the words of its own statement."""
        job_id = uuid4()
        values = {
            "id": job_id,
            "name": name,
            "arguments": json.dumps(arguments),
            "unique_key": "",
            "channel": jobs.CHANNEL,
            "now": datetime.now(UTC),
        }
        self.ask(jobs.ENQUEUE, values)
        return job_id

    @contextmanager
    def worker(self, poll: str = "0.5") -> Iterator[subprocess.Popen[bytes]]:
        with (self.home / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.worker_program", poll],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()

    def said(self) -> str:
        return (self.home / "worker.log").read_text(errors="replace")

    def wait_for_state(self, job_id: UUID, *states: str) -> None:
        wait_for(lambda: self.row(job_id)["state"] in states, SOON_SECONDS, self.said)

    def row(self, job_id: UUID) -> dict[str, Any]:
        ((row,),) = self.ask("select to_jsonb(core_job) from core_job where id = %s", [job_id])
        found: dict[str, Any] = row
        return found

    def wait_for_message(self, job_id: UUID, message: str) -> None:
        wait_for(lambda: self.row(job_id)["message"] == message, SOON_SECONDS, self.said)


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    home = tmp_path_factory.mktemp("works")
    ours = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY"}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    environment |= {
        "MOVIVERSE_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "moviverse.config.settings.dev",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    works = Works(home=home, environment=environment)
    with embedded_postgres.running(works.cluster):
        subprocess.run(
            [sys.executable, "-m", "moviverse.cli", "manage", "migrate", "-v0", "core"],
            env=environment,
            check=True,
        )
        works.ask("create table calls (job uuid, process int)")
        works.ask("create table effects (job uuid primary key)")
        yield works


def test_a_job_of_a_worker_that_was_killed_is_finished_by_another_with_one_effect(
    works: Works,
) -> None:
    with works.worker() as first:
        job_id = works.enqueue("effect", seconds=4)
        works.wait_for_message(job_id, "half of it")
        first.kill()
        first.wait()
        with works.worker() as second:
            works.wait_for_state(job_id, "done")
    assert works.row(job_id)["attempts"] == 2
    calls = works.ask("select process from calls where job = %s", [job_id])
    assert [process for (process,) in calls] == [first.pid, second.pid]
    assert works.ask("select count(*) from effects where job = %s", [job_id]) == [(1,)]


def test_a_worker_tidies_up_wakes_at_once_and_rests_otherwise(works: Works) -> None:
    old = works.enqueue("effect", seconds=0)
    works.ask(
        "update core_job set state = 'done', finished_at = now() - interval '8 days' where id = %s",
        [old],
    )
    works.ask(  # an hour has passed since an earlier worker tidied up
        "insert into core_period (key, enqueued_at, job_id) values (%s, 'epoch', %s)"
        " on conflict (key) do update set enqueued_at = excluded.enqueued_at",
        [jobs.PRUNE_JOBS, periods.NOBODY],
    )
    with works.worker(NEVER) as process:
        works.wait_for_state(works.enqueue("effect", seconds=0), "done")
        wait_for(
            lambda: works.ask("select id from core_job where id = %s", [old]) == [],
            SOON_SECONDS,
            works.said,
        )
        resting = psutil.Process(process.pid)
        before, began = resting.cpu_times(), time.monotonic()
        time.sleep(5)
        after = resting.cpu_times()
        spent = after.user + after.system - before.user - before.system
        assert spent / (time.monotonic() - began) < 0.02
        works.wait_for_state(works.enqueue("effect", seconds=0), "done")


def test_a_worker_that_is_stopped_finishes_a_short_job_and_gives_a_long_one_back(
    works: Works,
) -> None:
    with works.worker() as process:
        short, long = works.enqueue("effect", seconds=1), works.enqueue("effect", seconds=30)
        works.wait_for_message(short, "half of it")
        works.wait_for_message(long, "half of it")
        process.send_signal(signal.SIGTERM)
        assert process.wait(SOON_SECONDS) == 0
    assert (works.row(short)["state"], works.row(short)["attempts"]) == ("done", 1)
    assert (works.row(long)["state"], works.row(long)["attempts"]) == ("queued", 0)
    works.ask("delete from core_job where id = %s", [long])


def test_a_job_that_takes_too_long_is_stopped_if_need_be_with_its_process(works: Works) -> None:
    with works.worker() as process:
        talks = works.enqueue("endless")
        works.wait_for_message(talks, "on and on")
        works.wait_for_state(talks, "queued")
        assert process.poll() is None
        is_silent = works.enqueue("deaf")
        assert process.wait(SOON_SECONDS) == 0
    for job_id in (talks, is_silent):
        assert works.row(job_id)["state"] == "queued"
        assert works.row(job_id)["error"] == "The job took longer than it may."
    works.ask("delete from core_job where state = 'queued'")


def test_a_worker_goes_on_when_the_database_is_back(works: Works) -> None:
    with works.worker(NEVER) as process:
        works.wait_for_state(works.enqueue("effect", seconds=0), "done")
        embedded_postgres.stop(works.cluster)
        time.sleep(2)
        assert lives(psutil.Process(process.pid))
        embedded_postgres.ensure(works.cluster)
        works.wait_for_state(works.enqueue("effect", seconds=0), "done")
    assert "Traceback" not in works.said()
