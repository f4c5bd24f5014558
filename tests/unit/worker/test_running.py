from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from moviverse.core import errors, jobs
from moviverse.core.models import Job
from moviverse.worker import running
from moviverse.worker.tasks import LIMIT_SECONDS, TASKS
from tests.factories.jobs import run_pending

if TYPE_CHECKING:
    from collections.abc import Callable

    Task = Callable[[jobs.Running], None]

pytestmark = pytest.mark.django_db

SECRET = "hunter22"


def enqueue(name: str = "mend", **arguments: jobs.JSON) -> None:
    jobs.enqueue(name=name, arguments=arguments, now=timezone.now())


@pytest.fixture
def as_task(monkeypatch: pytest.MonkeyPatch) -> Callable[[Task], None]:
    """Make a function the task `mend`."""

    def set_task(task: Task) -> None:
        monkeypatch.setitem(TASKS, "mend", task)

    return set_task


def raising(error: Exception) -> Task:
    def task(_: jobs.Running) -> None:
        raise error

    return task


def test_a_task_is_given_its_job_and_the_job_is_done(as_task: Callable[[Task], None]) -> None:
    given = []
    as_task(lambda job: given.append(job.arguments))
    enqueue(number=7)
    (ended,) = run_pending()
    assert given == [{"number": 7}]
    assert (ended.state, ended.error) == ("done", "")


def test_jobs_that_are_queued_by_a_job_are_run_too(as_task: Callable[[Task], None]) -> None:
    as_task(lambda job: enqueue(more=False) if job.arguments["more"] else None)
    enqueue(more=True)
    assert [ended.state for ended in run_pending()] == ["done", "done"]
    assert run_pending() == []


def test_a_job_of_an_unknown_name_fails_for_good() -> None:
    enqueue("no such job")
    (ended,) = run_pending()
    assert (ended.state, ended.attempts) == ("failed", 1)
    assert ended.error == "There is no job of this name."


@pytest.mark.parametrize(
    ("error", "state", "sentence"),
    [
        (errors.Invalid("No."), "failed", "No."),
        (
            errors.Invalid(fields={"file": ["Too large.", "Not a zip."]}),
            "failed",
            "Some of what was sent is not valid. file: Too large. Not a zip.",
        ),
        (errors.NotFound(), "failed", "There is nothing here."),
        (errors.Unavailable("TMDb is away."), "queued", "TMDb is away."),
        (RuntimeError(SECRET), "queued", "It ended with an unexpected RuntimeError."),
    ],
)
def test_an_error_is_told_by_a_sentence_and_repeated_if_that_may_help(
    as_task: Callable[[Task], None], error: Exception, state: str, sentence: str
) -> None:
    as_task(raising(error))
    enqueue()
    (ended,) = run_pending()
    assert (ended.state, ended.error) == (state, sentence)


def test_a_job_that_failed_once_may_succeed_later(as_task: Callable[[Task], None]) -> None:
    as_task(raising(RuntimeError()))
    enqueue()
    run_pending()
    as_task(lambda job: None)  # noqa: ARG005 - a task's signature
    (ended,) = run_pending()
    assert (ended.state, ended.attempts, ended.error) == ("done", 2, "")


def test_a_job_that_is_given_back_waits_for_the_next_worker(
    as_task: Callable[[Task], None],
) -> None:
    as_task(raising(running.GivenBack()))
    enqueue()
    (ended,) = run_pending()
    assert (ended.state, ended.attempts, ended.error) == ("queued", 0, "")


def test_a_job_that_was_lost_is_left_to_who_has_it(as_task: Callable[[Task], None]) -> None:
    def lose(job: jobs.Running) -> None:
        Job.objects.update(worker="another")
        job.report(0.5, "on")

    as_task(lose)
    enqueue()
    with pytest.raises(jobs.JobLost):
        run_pending()
    assert Job.objects.values_list("state", "worker").get() == ("running", "another")


def test_every_limit_is_of_a_job_that_has_a_name() -> None:
    names = {value for name, value in vars(jobs).items() if name.isupper()}
    assert LIMIT_SECONDS.keys() <= names
