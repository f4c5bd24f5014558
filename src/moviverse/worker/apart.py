"""Jobs in a process of their own, for those that take hours or gigabytes.

What such a job needs in memory is given back with its process, whatever is busy in it can be ended,
and it yields to everything else on the machine. It tells its parent how far it is, a line of JSON
each time, and ends when the parent does: its standard input is closed then.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from django.utils import timezone

from moviverse.core import errors, jobs
from moviverse.recommendations import selectors as recommender
from moviverse.recommendations import services as recommendations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moviverse.transfer.progress import Progress

COMMAND = (sys.executable, "-m", "moviverse.worker.child")
LOOK_SECONDS = 1.0  # at most so late we find that the job must end
NICENESS = 10
CHUNK = 65_536  # bytes
SEED = 0  # the same data gives the same models

APART: dict[str, Callable[[Progress], object]] = {
    jobs.TRAIN_MODELS: lambda report: recommendations.retrain(
        now=timezone.now(), rng=np.random.default_rng(SEED), progress=report
    ),
    jobs.GENERATE_RECOMMENDATIONS: lambda report: recommendations.generate_recommendations(
        now=timezone.now(), progress=report
    ),
}


class EndedBadly(errors.MoviverseError):
    """The job's process failed; another attempt may go well."""

    message = "The process of the job ended before it was done."


def train(running: jobs.Running) -> None:
    """Train in a process of its own, unless too little is new to start one for."""
    if recommendations.enough_is_new():
        run(running)
    else:
        running.report(1.0, str(recommendations.Retrained()))


def generate(running: jobs.Running) -> None:
    """Make lists in a process of its own, unless there is no model to make them with."""
    if recommender.is_ready():
        run(running)
    else:
        running.report(1.0, "No model is trained yet.")


def run(running: jobs.Running) -> None:
    """Do a job of `APART` in a process of its own.

    Raises:
        Invalid: it cannot succeed.
        EndedBadly: its process failed, or was ended by somebody else.
        JobLost: another worker has the job by now.
    """
    with _started(running.name) as process:
        for told in _lines(process, running):
            if "error" in told:
                raise errors.Invalid(told["error"]) if told["final"] else EndedBadly(told["error"])
            running.report(told["fraction"], told["message"])
        code = process.wait()
    if code:
        how = f"by signal {-code}, perhaps for want of memory" if code < 0 else f"with {code}"
        raise EndedBadly(f"The process of the job ended {how}.")


@contextmanager
def _started(name: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a job's process, and leave nothing of it behind."""
    pipe = subprocess.PIPE
    command = [*COMMAND, name]  # our own program and a name of `APART`
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as process:  # noqa: S603
        try:
            yield process
        finally:
            process.kill()


def _lines(process: subprocess.Popen[bytes], running: jobs.Running) -> Iterator[dict[str, Any]]:
    """Yield what the process tells until it ends; report in between, which may end the job."""
    assert process.stdout is not None  # noqa: S101 - it was asked for
    pending = b""
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not ready.select(LOOK_SECONDS):
                running.report(running.progress, running.message)
                continue
            chunk = os.read(process.stdout.fileno(), CHUNK)
            if not chunk:
                return
            *whole, pending = (pending + chunk).split(b"\n")
            yield from map(json.loads, whole)


def obey(name: str) -> None:
    """Do a job, in the process that was started for it."""
    os.nice(NICENESS)
    lines = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever is printed is no line of ours
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()

    def report(fraction: float, message: str) -> None:
        _tell(lines, fraction=fraction, message=message)

    try:
        report(1.0, str(APART[name](report)))
    except errors.MoviverseError as error:
        _tell(lines, error=error.message, final=isinstance(error, errors.Invalid))


def _tell(lines: IO[str], **what: object) -> None:
    lines.write(json.dumps(what) + "\n")


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), CHUNK):  # until it is closed
        pass
    os._exit(1)
