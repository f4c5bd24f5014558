"""Jobs that are due again and again: each is enqueued at most once a period.

Any number of workers may ask at the same time, and after any pause: the row of a job's last time
is written by one statement, in the transaction that enqueues it. The first time of all is the
beginning of the first period after the job became known: on a new site there is nothing to do yet.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection, transaction

from moviverse.core import jobs
from moviverse.core.models import Job, JobState, Period

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

BEGIN = """
    update core_period set enqueued_at = %(now)s, next_at = %(until)s
    where key = %(key)s and enqueued_at < %(since)s
    returning job_id
"""
NOBODY = uuid.UUID(int=0)  # until the first job has its row


@dataclass(frozen=True)
class Last:
    """The last time of a job of the schedule."""

    key: str
    enqueued_at: datetime | None  # None until the first time
    next_at: datetime | None
    state: str  # of that job; empty when its row was removed since


def begin(next_at: Mapping[str, datetime], *, now: datetime) -> None:
    """Take note of keys that are new; each is due for the first time when its next period begins.

    Args:
        next_at: When that is.
        now: The time.
    """
    rows = [
        Period(key=key, enqueued_at=now, next_at=first, job_id=NOBODY)
        for key, first in next_at.items()
    ]
    Period.objects.bulk_create(rows, ignore_conflicts=True)


def enqueue_once(
    *,
    key: str,
    name: str,
    arguments: Mapping[str, jobs.JSON],
    since: datetime,
    until: datetime,
    is_routine: bool = False,
    now: datetime,
) -> uuid.UUID | None:
    """Enqueue a job unless that was done since the period began; None when it was.

    While the job of an earlier period waits or runs, there is no second one. One that waits for
    its next attempt is tried now instead: a new period is as good a time as any.

    Of a routine the row of the run before makes room, so that what happens every minute does not
    bury the rest. One that failed stays, and one that had to be tried again.

    Args:
        key: What is periodic, and was begun; others with the same key are the same.
        name: Which job.
        arguments: What it is given.
        since: When the period began.
        until: When the next one begins.
        is_routine: Of the runs in which nothing went wrong only the last is kept.
        now: The time.
    """
    asked: dict[str, str | datetime] = {"key": key, "now": now, "since": since, "until": until}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(BEGIN, asked)
            last = cursor.fetchone()
        if last is None:
            return None
        job_id = jobs.enqueue(
            name=name, arguments=arguments, unique_key=f"scheduled {key}", now=now
        )
        waiting = Job.objects.filter(id=job_id, state=JobState.QUEUED, available_at__gt=now)
        if waiting.update(available_at=now):
            jobs.announce(job_id=job_id, name=name)
        Period.objects.filter(key=key).update(job_id=job_id)
        if is_routine:
            went_well = Job.objects.filter(id=last[0], state=JobState.DONE, attempts=1)
            went_well.exclude(id=job_id).delete()
    return job_id


def enqueued_at() -> dict[str, datetime]:
    """Return when each key was last enqueued, or begun."""
    return dict(Period.objects.values_list("key", "enqueued_at"))


def last() -> list[Last]:
    """Return what became of each key, in the order in which they are due."""
    rows = list(Period.objects.order_by("next_at", "key"))
    states = dict(
        Job.objects.filter(id__in=[row.job_id for row in rows]).values_list("id", "state")
    )
    return [
        Last(
            key=row.key,
            enqueued_at=None if row.job_id == NOBODY else row.enqueued_at,
            next_at=row.next_at,
            state=states.get(row.job_id, ""),
        )
        for row in rows
    ]
