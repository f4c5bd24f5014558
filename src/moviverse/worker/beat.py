"""The heart of the Celery workers: `celery -A moviverse.config.celery beat`.

It sends no message of its own that could wait behind others: it looks into PostgreSQL itself. So it
has no file to keep, and several of them do no harm, since the rows decide.
"""

from __future__ import annotations

from typing import Any

import structlog
from celery.beat import Scheduler
from django.db import Error, connection
from django.utils import timezone

from moviverse.core import deadlines, delivery, jobs, outages
from moviverse.worker import schedule

PULSE_SECONDS = 3.0

log = structlog.get_logger(__name__)


class Pulse(Scheduler):
    """What Celery's beat asks at each turn: how long it may sleep."""

    def setup_schedule(self) -> None:
        """Have no entries: the schedule is ours."""

    def tick(self, *_: Any, **__: Any) -> float:
        """Beat once, and say for how many seconds to rest."""
        pulse()
        return PULSE_SECONDS


def pulse() -> None:
    """Enqueue what the schedule says is due, and send what no worker has heard of."""
    try:
        with deadlines.kept():
            now = timezone.now()
            schedule.enqueue_due(now=now)
            delivery.redeliver(lease=jobs.LEASE, now=now)
    except Error as error:
        if outages.of(error) is None:
            raise
        log.warning("unavailable", error=type(error).__name__)
    finally:
        connection.close()
