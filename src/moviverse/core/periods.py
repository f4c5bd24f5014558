"""Jobs that are due again and again: each is enqueued at most once a period.

Any number of workers may ask at the same time, and after any pause: the row of a job's last time
is written by one statement, in the transaction that enqueues it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection, transaction

from moviverse.core import jobs
from moviverse.core.models import Job, JobState, Period

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping
    from datetime import datetime

BEGIN = """
    insert into core_period as period (key, enqueued_at, next_at, job_id)
    values (%(key)s, %(now)s, %(until)s, %(job_id)s)
    on conflict (key) do update
    set enqueued_at = excluded.enqueued_at, next_at = excluded.next_at
    where period.enqueued_at < %(since)s
    returning key
"""
NOBODY = "00000000-0000-0000-0000-000000000000"  # until the job has its row


@dataclass(frozen=True)
class Last:
    """The last time of a job of the schedule."""

    key: str
    enqueued_at: datetime
    next_at: datetime | None
    state: str  # of that job; empty when its row was removed since


def enqueue_once(
    *,
    key: str,
    name: str,
    arguments: Mapping[str, jobs.JSON],
    since: datetime,
    until: datetime,
    now: datetime,
) -> uuid.UUID | None:
    """Enqueue a job unless that was done since the period began; None when it was.

    While the job of an earlier period waits or runs, there is no second one. One that waits for
    its next attempt is tried now instead: a new period is as good a time as any.

    Args:
        key: What is periodic; others with the same key are the same.
        name: Which job.
        arguments: What it is given.
        since: When the period began.
        until: When the next one begins.
        now: The time.
    """
    asked: dict[str, str | datetime] = {
        "key": key,
        "now": now,
        "since": since,
        "until": until,
        "job_id": NOBODY,
    }
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(BEGIN, asked)
            if cursor.fetchone() is None:
                return None
        job_id = jobs.enqueue(
            name=name, arguments=arguments, unique_key=f"scheduled {key}", now=now
        )
        waiting = Job.objects.filter(id=job_id, state=JobState.QUEUED, available_at__gt=now)
        if waiting.update(available_at=now):
            jobs.announce(job_id=job_id, name=name)
        Period.objects.filter(key=key).update(job_id=job_id)
    return job_id


def enqueued_at() -> dict[str, datetime]:
    """Return when each key was last enqueued."""
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
            enqueued_at=row.enqueued_at,
            next_at=row.next_at,
            state=states.get(row.job_id, ""),
        )
        for row in rows
    ]
