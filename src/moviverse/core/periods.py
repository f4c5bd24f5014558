"""Jobs that are due again and again: each is enqueued at most once a period.

Any number of workers may ask at the same time, and after any pause: the row of a job's last time
is written by one statement, in the transaction that enqueues it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

from moviverse.core import jobs
from moviverse.core.models import Job, JobState, Period

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping
    from datetime import datetime

BEGIN = """
    insert into core_period as period (key, enqueued_at, job_id)
    values (%(key)s, %(now)s, %(job_id)s)
    on conflict (key) do update set enqueued_at = excluded.enqueued_at
    where period.enqueued_at < %(since)s
    returning key
"""
NOBODY = "00000000-0000-0000-0000-000000000000"  # until the job has its row


def enqueue_once(
    *, key: str, name: str, arguments: Mapping[str, jobs.JSON], since: datetime, now: datetime
) -> uuid.UUID | None:
    """Enqueue a job unless that was done since the period began; None when it was.

    While the job of an earlier period waits or runs, there is no second one. One that waits for
    its next attempt is tried now instead: a new period is as good a time as any.

    Args:
        key: What is periodic; others with the same key are the same.
        name: Which job.
        arguments: What it is given.
        since: When the period began.
        now: The time.
    """
    asked: dict[str, str | datetime] = {"key": key, "now": now, "since": since, "job_id": NOBODY}
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
            jobs.announce(job_id)
        Period.objects.filter(key=key).update(job_id=job_id)
    return job_id


def last() -> dict[str, tuple[datetime, uuid.UUID]]:
    """Return when each key was last enqueued, and as which job."""
    rows = Period.objects.values_list("key", "enqueued_at", "job_id")
    return {key: (enqueued_at, job_id) for key, enqueued_at, job_id in rows}
