from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result

from moviverse.cli.commands import cli
from moviverse.core import jobs
from moviverse.core.models import Job, Period
from moviverse.worker import schedule

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_jobs_are_listed_and_a_failed_one_is_queued_again() -> None:
    assert "There are no such jobs." in run_jobs("list").output
    job_id = jobs.enqueue(name="mend", arguments={}, now=NOON)
    running = jobs.claim(worker="ada", now=NOON)
    assert running is not None
    running.report(0.25, "a quarter")
    listed = run_jobs("list").output
    assert "25%" in listed
    assert "a quarter" in listed
    jobs.fail(running, error="It rains [here].", now=NOON)
    assert "again at 12:00:15: It rains [here]." in run_jobs("list").output
    assert "There are no such jobs." in run_jobs("list", "--state", "failed").output
    Job.objects.update(state="failed", finished_at=NOON)
    listed = run_jobs("list", "--state", "failed", "--name", "mend").output
    assert str(job_id) in listed
    assert "It rains [here]." in listed

    assert "queued again" in run_jobs("retry", str(job_id)).output
    refused = run_jobs("retry", str(job_id))
    assert refused.exit_code == 2
    assert "only one that has failed" in refused.output
    assert run_jobs("retry", "nonsense").exit_code == 2


def test_one_job_is_shown_with_what_it_was_given_and_what_it_said() -> None:
    job_id = jobs.enqueue(name="mend", arguments={"film": 949}, now=NOON)
    running = jobs.claim(worker="ada", now=NOON)
    assert running is not None
    jobs.fail(running, error="It rains [here].", is_final=True, now=NOON)
    shown = run_jobs("show", str(job_id)).output
    for told in ('{"film": 949}', "failed", "It rains [here].", "ada", "0.0 s"):
        assert told in shown
    assert run_jobs("show", "0b5c9a52-7f5e-4a53-9d54-0a0f3f1c8f11").exit_code == 2


def test_the_schedule_says_when_each_job_ran_and_will() -> None:
    assert "Nothing has run" in run_jobs("schedule").output
    schedule.enqueue_due(now=NOON - timedelta(days=2))
    lines = run_jobs("schedule").output.splitlines()
    assert [jobs.PRUNE_JOBS, "now"] in [line.split() for line in lines]  # for the first time
    schedule.enqueue_due(now=NOON)
    Period.objects.exclude(key=jobs.PRUNE_JOBS).update(next_at=NOON.replace(year=3_000))
    told = run_jobs("schedule").output
    (line,) = [line for line in told.splitlines() if jobs.PRUNE_JOBS in line]
    assert line.split() == [jobs.PRUNE_JOBS, "2026-01-01", "12:00:00", "now", "queued"]
    assert "3000-01-01 12:00:00" in told


def run_jobs(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["jobs", *arguments], env={"COLUMNS": "20"})
