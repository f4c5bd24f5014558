"""The threads of a worker in which jobs run, one after the other in each."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog
from django.db import Error, connection
from django.utils import timezone

from moviverse.core import deadlines, jobs, outages
from moviverse.worker.running import GivenBack, run
from moviverse.worker.tasks import LONG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moviverse.core.jobs import Running

POLL_SECONDS = 5.0  # between looks at what is due by the clock, or when no bell was heard
STUMBLED_SECONDS = 2.0  # after an error, such as PostgreSQL's being away
FINISH_SECONDS = 8.0  # how long a job may still take when the worker must stop
LEAVE_SECONDS = 2.0  # then, to come to its next report

log = structlog.get_logger(__name__)


@dataclass(eq=False)
class Lane:
    """A thread that claims a job, runs it, and looks for the next."""

    worker: str
    without: frozenset[str]  # names of jobs that are left to the other lanes
    running: Running | None = None
    _wake: threading.Event = field(default_factory=threading.Event)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._work, name="lane", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Look for a job now."""
        self._wake.set()

    def stop(self) -> None:
        """Begin no other job."""
        self._stopping.set()
        self._wake.set()

    def has_left(self, *, within_seconds: float) -> bool:
        """Wait for the thread's end, and say whether it came."""
        self._thread.join(max(0.0, within_seconds))
        return not self._thread.is_alive()

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            self._wake.wait(self._run_one())

    def _run_one(self) -> float:
        """Run a job if there is one; return for how many seconds to rest then."""
        try:
            with deadlines.kept():
                self.running = jobs.claim(
                    worker=self.worker, now=timezone.now(), without=self.without
                )
            if self.running is None:
                return POLL_SECONDS
            run(self.running)
        except Exception as error:  # noqa: BLE001 - the lane must outlive whatever it was
            _note(error)
            return STUMBLED_SECONDS  # a connection that broke hides what there is to do
        finally:
            self.running = None
            connection.close()
        return 0.0


def opened(*, worker: str) -> list[Lane]:
    """Open the lanes of a worker: one for every job, and one that is never blocked for long."""
    return [Lane(worker=worker, without=frozenset()), Lane(worker=worker, without=LONG)]


def closed(lanes: Sequence[Lane]) -> None:
    """Let the jobs finish if they soon do; give the others back, for another worker to begin anew."""
    for lane in lanes:
        lane.stop()
    left = _staying(lanes, within_seconds=FINISH_SECONDS)
    for lane in left:
        if lane.running is not None:
            lane.running.halted = GivenBack()
    for lane in _staying(left, within_seconds=LEAVE_SECONDS):
        # It hears nothing, and ends with this process.
        if lane.running is not None:
            _give_back(lane.running)


def _give_back(running: Running) -> None:
    try:
        with deadlines.kept():
            jobs.release(running, now=timezone.now())
    except Error as error:  # then it is found by its silence
        _note(error)
    finally:
        connection.close()


def _staying(lanes: Sequence[Lane], *, within_seconds: float) -> list[Lane]:
    deadline = time.monotonic() + within_seconds
    return [lane for lane in lanes if not lane.has_left(within_seconds=deadline - time.monotonic())]


def _note(error: Exception) -> None:
    if outages.of(error) is None:
        log.error("lane_stumbled", exc_info=error)
    else:
        log.warning("unavailable", error=type(error).__name__, message=str(error))
