"""A worker's process: it wakes its lanes when there is work, minds the clock, and stops in order."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import time
from typing import TYPE_CHECKING, NoReturn

import psycopg
import structlog
from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from moviverse.core import deadlines, outages
from moviverse.worker import bell, lanes, schedule

if TYPE_CHECKING:
    from collections.abc import Sequence

CLOCK_SECONDS = 10.0  # between two looks at what the schedule says
AWAY_SECONDS = 1.0  # between two tries to reach a PostgreSQL that is away
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

log = structlog.get_logger(__name__)


class Stopped(SystemExit):
    """Somebody asked us to stop; everything unwinds in order."""


def work() -> None:
    """Run jobs until a signal comes.

    Jobs wait in PostgreSQL: while it is away nothing is lost, and nothing is done.
    """
    for number in SIGNALS:
        signal.signal(number, _stop)
    worker = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"
    opened = lanes.opened(worker=worker)
    log.info("worker_started", worker=worker)
    if settings.EMAIL_FILE_PATH and not settings.STARTS_WITH_DEMO:
        log.warning("mails_become_files", folder=settings.EMAIL_FILE_PATH, setting="EMAIL_URL")
    try:
        _deliver(opened)
    finally:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        lanes.closed(opened)
        log.info("worker_stopped", worker=worker)


def _stop(number: int, frame: object) -> NoReturn:  # noqa: ARG001 - a signal handler's signature
    raise Stopped(0)


def _deliver(opened: Sequence[lanes.Lane]) -> NoReturn:
    """Wake the lanes whenever PostgreSQL tells of a job.

    The lanes look by themselves from time to time, so that a message that was lost costs seconds
    and not the job.
    """
    looked, is_deaf = -CLOCK_SECONDS, False
    while True:
        try:
            with bell.listening() as line:
                is_deaf = False
                _wake(opened)  # for what was said while nobody listened
                while True:
                    if time.monotonic() - looked >= CLOCK_SECONDS:
                        look_at_the_clock()
                        looked = time.monotonic()
                    if line.rings(within_seconds=CLOCK_SECONDS):
                        _wake(opened)
        except (psycopg.Error, Error) as error:
            outages.of(error)
            if not is_deaf:
                log.warning("worker_hears_nothing", error=type(error).__name__)
            is_deaf = True
            time.sleep(AWAY_SECONDS)


def _wake(opened: Sequence[lanes.Lane]) -> None:
    for lane in opened:
        lane.wake()


def look_at_the_clock() -> None:
    """Enqueue what the schedule says is due; the bell rings for it as for any other job."""
    try:
        with deadlines.kept():
            schedule.enqueue_due(now=timezone.now())
    finally:
        connection.close()
