"""What a Celery worker does with a message: it claims the job's row, if that is still to be done."""

from __future__ import annotations

import os
import secrets
import socket
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from celery import shared_task
from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from moviverse.core import deadlines, jobs, outages
from moviverse.core.delivery import RUN_JOB
from moviverse.worker.running import run
from moviverse.worker.tasks import LIMIT_SECONDS, LONG
from moviverse.worker.watch import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN = secrets.token_hex(4)  # a process of another container may have our host's name and number
# The watch ends what takes too long, and has written down why. This is for a watch that died.
HARD_LIMIT_SECONDS = int(max(LIMIT_SECONDS.values()) + 2 * PATIENCE_SECONDS)

log = structlog.get_logger(__name__)


@shared_task(name=RUN_JOB, time_limit=HARD_LIMIT_SECONDS, ignore_result=True)
def run_job(*, job_id: str, name: str) -> None:
    """Run the job, unless it is done, not due, or another worker's.

    While PostgreSQL is away the message is dropped: beat sends another when the row can be read.
    """
    worker = f"{socket.gethostname()[:60]}:{os.getpid()}:{TOKEN}"
    try:
        with deadlines.kept():
            running = jobs.claim(worker=worker, now=timezone.now(), job_id=UUID(job_id))
        if running is not None:
            run(running)
    except Error as error:
        if outages.of(error) is None:
            raise
        log.warning("unavailable", error=type(error).__name__, job=name)
    finally:
        connection.close()


def route(
    name: str,
    args: object,  # noqa: ARG001 - what Celery gives a router
    kwargs: Mapping[str, object],
    options: object,  # noqa: ARG001 - what Celery gives a router
    **_: object,
) -> dict[str, str] | None:
    """Give long jobs a queue of their own, so that no mail waits behind them."""
    if name != RUN_JOB or kwargs["name"] not in LONG:
        return None
    return {"queue": settings.CELERY_LONG_QUEUE}
