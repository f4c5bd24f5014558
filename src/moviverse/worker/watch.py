"""Somebody looks after a job while it runs: says that it lives, and ends what takes too long."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog
from django.db import Error, connection
from django.utils import timezone

from moviverse.core import deadlines, errors, jobs, outages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moviverse.core.jobs import Running

LOOK_SECONDS = 1.0  # at most so old is the progress that others see
BEAT_SECONDS = 5.0  # several of them may be lost before the lease has run out
PATIENCE_SECONDS = 30.0  # after its limit, for a job that reports nothing and so cannot be told

log = structlog.get_logger(__name__)


class TookTooLong(errors.MoviverseError):
    """The job's time limit has passed."""

    message = "The job took longer than it may."


@contextmanager
def watched(running: Running, *, limit_seconds: float) -> Iterator[None]:
    """Keep the job ours within the block, from a thread and a connection of its own.

    What the job reports is written down from there too: it is seen at once, although the job may
    be in the middle of a long transaction.

    A job that goes on after its limit is stopped at its next report. One that never reports is
    given up with the whole process, which is the only way to end it: a signal asks us to stop.
    """
    done = threading.Event()
    look = threading.Thread(
        target=_look, args=(running, limit_seconds, done), name="watch", daemon=True
    )
    running.is_watched = True
    look.start()
    try:
        yield
    finally:
        done.set()
        look.join()


def _look(running: Running, limit_seconds: float, done: threading.Event) -> None:
    began = beaten = time.monotonic()
    told = (running.progress, running.message)
    while not done.wait(LOOK_SECONDS):
        now = time.monotonic()
        if now - began >= limit_seconds and running.halted is None:
            running.halted = TookTooLong()
        if now - began >= limit_seconds + PATIENCE_SECONDS:
            _give_up(running)
            return
        said = (running.progress, running.message)
        if (said != told or now - beaten >= BEAT_SECONDS) and _beat(running):
            told, beaten = said, now


def _beat(running: Running) -> bool:
    """Write down that the job lives; say whether it could be written."""
    try:
        with deadlines.kept():
            jobs.beat(running, now=timezone.now())
    except jobs.JobLost as error:
        running.halted = error
    except Error as error:
        outages.of(error)
        log.warning("no_heartbeat", job=running.name, id=str(running.id))
        return False
    finally:
        connection.close()
    return True


def _give_up(running: Running) -> None:
    log.error("job_does_not_end", job=running.name, id=str(running.id))
    try:
        with deadlines.kept():
            jobs.fail(running, error=TookTooLong.message, now=timezone.now())
    except (jobs.JobLost, Error):  # then it is found by its silence
        log.warning("job_not_given_up", id=str(running.id))
    finally:
        connection.close()
    os.kill(os.getpid(), signal.SIGTERM)
