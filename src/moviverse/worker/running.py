"""From a claimed job to its end: whoever delivered it, it is run here."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import structlog
from django.utils import timezone

from moviverse.core import errors, jobs
from moviverse.worker.tasks import LIMIT_SECONDS, TASKS, USUAL_LIMIT_SECONDS
from moviverse.worker.watch import watched

if TYPE_CHECKING:
    from moviverse.core.jobs import Running

HOPELESS = (errors.Invalid, errors.NotFound)  # the next attempt would find the same

log = structlog.get_logger(__name__)


class GivenBack(Exception):
    """The job goes back unfinished."""


def run(running: Running) -> None:
    """Run a claimed job under watch; one that was lost meanwhile is another worker's business."""
    limit_seconds = LIMIT_SECONDS.get(running.name, USUAL_LIMIT_SECONDS)
    try:
        with watched(running, limit_seconds=limit_seconds):
            perform(running)
    except jobs.JobLost:
        log.warning("job_lost", job=running.name, id=str(running.id))


def perform(running: Running) -> None:
    """Run a claimed job and write down what became of it.

    An error of ours is told by its sentence; of any other only the kind, since its text may hold
    anything, and the log has the rest.

    Raises:
        JobLost: another worker has it by now.
    """
    began = time.monotonic()
    told = {"job": running.name, "id": str(running.id), "attempt": running.attempt}
    with structlog.contextvars.bound_contextvars(**told):
        outcome = _outcome(running)
        milliseconds = round((time.monotonic() - began) * 1_000, 1)
        log.info("job", outcome=outcome, milliseconds=milliseconds)


def _outcome(running: Running) -> str:
    task = TASKS.get(running.name)
    if task is None:
        return _failed(running, "There is no job of this name.", is_final=True)
    try:
        task(running)
    except jobs.JobLost:
        raise
    except GivenBack:
        jobs.release(running, now=timezone.now())
        return "given back"
    except errors.MoviverseError as error:
        return _failed(running, _sentence(error), is_final=isinstance(error, HOPELESS))
    except Exception as error:
        log.exception("job_raised")
        return _failed(running, f"It ended with an unexpected {type(error).__name__}.")
    jobs.finish(running, now=timezone.now())
    return "done"


def _failed(running: Running, error: str, *, is_final: bool = False) -> str:
    jobs.fail(running, error=error, is_final=is_final, now=timezone.now())
    return "failed"


def _sentence(error: errors.MoviverseError) -> str:
    if not isinstance(error, errors.Invalid) or not error.details:
        return error.message
    told = "; ".join(f"{field}: {' '.join(said)}" for field, said in error.details.items())
    return f"{error.message} {told}"
