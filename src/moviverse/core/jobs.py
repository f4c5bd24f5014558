"""Work that is done later, by a worker: each piece of it is a row.

The row is written in the transaction of whatever asks for the work, so that both are kept or
neither is. A worker claims it, and says every few seconds that it lives; the job of one that fell
silent is claimed by another. So a job is run at least once, and its effect must be idempotent.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from moviverse.core import delivery, errors
from moviverse.core.models import LONGEST_MESSAGE, OPEN, Job, JobState

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

JSON: TypeAlias = str | int | float | bool | Sequence["JSON"] | Mapping[str, "JSON"] | None

SEND_EMAIL = "send_email"
IMPORT_LIBRARY = "import_library"
UNDO_IMPORT = "undo_import"
FETCH_MOVIE = "sync_tmdb_movie"
PRUNE_JOBS = "prune_jobs"
PRUNE_RECEIPTS = "prune_receipts"
PRUNE_TMDB = "prune_tmdb"
CLEANUP_MEDIA = "cleanup_media"
FLUSH_EXPIRED_TOKENS = "flush_expired_tokens"
FLUSH_VIEWS = "flush_views"
GENERATE_DAILY_TRENDING = "generate_daily_trending"
TRAIN_MODELS = "train_models"
WARM_CACHE = "warm_cache"
SYNC_CHANGES = "sync_tmdb_changes"
LOAD_TMDB = "load_tmdb_films"
GENERATE_RECOMMENDATIONS = "generate_recommendations"

CHANNEL = "moviverse_jobs"  # PostgreSQL tells who listens there the id of each new job
LEASE = timedelta(seconds=30)  # a worker that was silent for so long has died
MOST_ATTEMPTS = 6
FIRST_PAUSE = timedelta(seconds=15)  # before the second attempt; then each time
PAUSE_GROWS = 4  # times as long, an hour before the last

ENQUEUE = """
    with enqueued as (
        insert into core_job (
            id, name, arguments, unique_key, state, progress, message, error, attempts, worker,
            created_at, available_at
        )
        values (
            %(id)s, %(name)s, %(arguments)s::jsonb, %(unique_key)s, 'queued', 0, '', '', 0, '',
            %(now)s, %(now)s
        )
        on conflict do nothing
        returning id
    )
    select pg_notify(%(channel)s, id::text) from enqueued
"""


class JobLost(errors.Conflict):
    """The job is somebody else's by now: this worker was silent for too long, and was given up."""

    message = "The job was taken over by another worker."


@dataclass
class Running:
    """A job that this worker has claimed; what the job's function is given.

    Attributes:
        id: The job's, the same in each attempt: what an idempotent effect is known by.
        name: Which job it is.
        arguments: What it was enqueued with.
        attempt: 1 at the first.
        worker: Who runs it.
        progress: The part that was said to be done, from 0 to 1.
        message: What was said to go on.
        halted: Raised at the next report: why the job must end.
        is_watched: Somebody else writes down what is reported, without waiting for the job's own
            transactions.
    """

    id: uuid.UUID
    name: str
    arguments: Mapping[str, Any]  # JSON, as it was enqueued
    attempt: int
    worker: str
    progress: float = 0.0
    message: str = ""
    halted: Exception | None = field(default=None, repr=False)
    is_watched: bool = field(default=False, repr=False)

    def report(self, fraction: float, message: str) -> None:
        """Say which part is done (0 to 1), and what goes on; a good place to be stopped at.

        Raises:
            JobLost: another worker has it by now.
        """
        if self.halted is not None:
            raise self.halted
        self.progress, self.message = min(max(fraction, 0.0), 1.0), _storable(message)
        if not self.is_watched:
            beat(self, now=timezone.now())


def enqueue(
    *, name: str, arguments: Mapping[str, JSON], now: datetime, unique_key: str = ""
) -> uuid.UUID:
    """Write a job down in the caller's transaction, and wake a worker when that is committed.

    Args:
        name: Which job; one of the names of this module.
        arguments: Ids and plain values, never a secret: the row is read by whoever looks after
            the site.
        now: When it is asked for.
        unique_key: Of jobs with the same one, only one is queued or running at a time.

    Returns:
        The job's id; of the one that has `unique_key` already, if there is one.
    """
    job_id = uuid.uuid4()
    values: dict[str, uuid.UUID | str | datetime] = {
        "id": job_id,
        "name": name,
        "arguments": json.dumps(arguments),
        "unique_key": unique_key,
        "channel": CHANNEL,
        "now": now,
    }
    while True:
        with connection.cursor() as cursor:
            cursor.execute(ENQUEUE, values)
            if cursor.fetchone():
                delivery.after_commit(job_id=job_id, name=name)
                return job_id
        same = Job.objects.filter(unique_key=unique_key, state__in=OPEN).values_list(
            "id", flat=True
        )
        found = same.first()
        if found is not None:  # else it has ended between the two statements
            return found


def claim(
    *,
    worker: str,
    now: datetime,
    job_id: uuid.UUID | None = None,
    without: Collection[str] = (),
) -> Running | None:
    """Take the job that is due for the longest time, or whose worker has died; None if none is.

    Several may claim at once: each gets another one.

    Args:
        worker: Who will run it; a name that no other process has.
        now: The time.
        job_id: Take this one or none.
        without: Names of jobs that are left to others.
    """
    due = Q(state=JobState.QUEUED, available_at__lte=now)
    orphaned = Q(state=JobState.RUNNING, heartbeat_at__lt=now - LEASE)
    asked = Q(id=job_id) if job_id else ~Q(name__in=list(without))
    while True:
        with transaction.atomic():
            job = (
                Job.objects.select_for_update(skip_locked=True)
                .filter(due | orphaned, asked)
                .order_by("available_at")
                .first()
            )
            if job is None:
                return None
            if job.attempts < MOST_ATTEMPTS:
                return _begun(job, worker=worker, now=now)
            # It was running each time that its worker died, and may have been the reason.
            _end(job, JobState.FAILED, now=now, error="The worker died while it ran.")


def beat(running: Running, *, now: datetime) -> None:
    """Say that the worker lives, and how far it is.

    Raises:
        JobLost: another worker has the job by now.
    """
    told = {"progress": running.progress, "message": running.message}
    if not _own(running).update(heartbeat_at=now, **told):
        raise JobLost


def finish(running: Running, *, now: datetime) -> None:
    """Write down that the job is done.

    Raises:
        JobLost: another worker has it by now.
    """
    ended = _own(running).update(
        state=JobState.DONE,
        progress=1.0,
        message=running.message,
        error="",
        heartbeat_at=now,
        finished_at=now,
    )
    if not ended:
        raise JobLost


def fail(running: Running, *, error: str, is_final: bool = False, now: datetime) -> None:
    """Write down that an attempt failed; it is repeated after a pause, if that may help.

    Args:
        running: The job.
        error: One sentence for whoever looks after the site, without anything secret.
        is_final: Another attempt would fail in the same way.
        now: The time.

    Raises:
        JobLost: another worker has the job by now.
    """
    told = {"error": _storable(error), "heartbeat_at": now}
    if is_final or running.attempt >= MOST_ATTEMPTS:
        changed = _own(running).update(state=JobState.FAILED, finished_at=now, **told)
    else:
        pause = FIRST_PAUSE * PAUSE_GROWS ** (running.attempt - 1)
        changed = _own(running).update(state=JobState.QUEUED, available_at=now + pause, **told)
    if not changed:
        raise JobLost


def release(running: Running, *, now: datetime) -> None:
    """Give a job back unfinished, as if it had not been begun; to a job that is lost nothing is done."""
    with transaction.atomic():
        released = _own(running).update(
            state=JobState.QUEUED, available_at=now, attempts=F("attempts") - 1
        )
        if released:
            announce(job_id=running.id, name=running.name)


def announce(*, job_id: uuid.UUID, name: str) -> None:
    """Tell workers that a job can be run now, when the caller's transaction is committed."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, %s)", [CHANNEL, str(job_id)])
    delivery.after_commit(job_id=job_id, name=name)


def _begun(job: Job, *, worker: str, now: datetime) -> Running:
    job.state, job.worker, job.attempts = JobState.RUNNING, worker, job.attempts + 1
    job.progress, job.message = 0.0, ""
    job.started_at = job.heartbeat_at = now
    job.save(
        update_fields=[
            "state", "worker", "attempts", "progress", "message", "started_at", "heartbeat_at",
        ]
    )  # fmt: skip
    return Running(
        id=job.id,
        name=job.name,
        arguments=job.arguments,
        attempt=job.attempts,
        worker=worker,
    )


def _end(job: Job, state: JobState, *, now: datetime, error: str) -> None:
    job.state, job.finished_at, job.error = state, now, error
    job.save(update_fields=["state", "finished_at", "error"])


def _own(running: Running) -> QuerySet[Job]:
    """Return the job's row while it is ours: by worker and attempt, since others may have had it."""
    return Job.objects.filter(
        id=running.id,
        state=JobState.RUNNING,
        worker=running.worker,
        attempts=running.attempt,
    )


def _storable(sentence: str) -> str:
    # A file's name or another's answer may hold what no column can.
    clean = sentence.encode(errors="replace").decode().replace("\0", "")
    return clean[:LONGEST_MESSAGE]
