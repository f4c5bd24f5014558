"""Jobs as somebody sees them who does not run them: looked at, tried again, removed when old."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from moviverse.core import errors, jobs
from moviverse.core.models import Job, JobState

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping
    from datetime import datetime

FAILED_KEPT = 4  # times as long as what is done: somebody should have seen it
SWEEP = 1_000  # rows removed at a time


class JobNotFound(errors.NotFound):
    """There is no such job, or no longer."""

    message = "There is no such job."


@dataclass(frozen=True)
class Seen:
    """A job as somebody sees it who does not run it."""

    id: uuid.UUID
    name: str
    arguments: Mapping[str, Any]
    state: str
    progress: float
    message: str
    error: str
    attempts: int
    worker: str
    created_at: datetime
    available_at: datetime
    started_at: datetime | None
    heartbeat_at: datetime | None
    finished_at: datetime | None


def retry(*, job_id: uuid.UUID, now: datetime) -> None:
    """Queue a failed job again, with all its attempts.

    Raises:
        JobNotFound: there is none.
        Conflict: it has not failed, or its like is queued already.
    """
    try:
        with transaction.atomic():
            failed = Job.objects.filter(id=job_id, state=JobState.FAILED)
            name = failed.values_list("name", flat=True).first()
            changed = failed.update(
                state=JobState.QUEUED,
                attempts=0,
                progress=0.0,
                message="",
                error="",
                available_at=now,
                finished_at=None,
            )
            if changed and name is not None:
                jobs.announce(job_id=job_id, name=name)
    except IntegrityError as error:
        raise errors.Conflict("The same work is queued already.") from error
    if not changed:
        raise _not_failed(job_id)


def job(*, job_id: uuid.UUID) -> Seen:
    """Return a job as it is now.

    Raises:
        JobNotFound: there is none.
    """
    found = Job.objects.filter(id=job_id).first()
    if found is None:
        raise JobNotFound
    return _seen(found)


def latest(*, state: str = "", name: str = "", limit: int) -> list[Seen]:
    """Return the jobs that were asked for last, the newest first.

    Args:
        state: Only those in this state.
        name: Only those of this name.
        limit: At most so many.
    """
    asked = {key: value for key, value in {"state": state, "name": name}.items() if value}
    rows = Job.objects.filter(**asked).order_by("-created_at", "id")[:limit]
    return [_seen(row) for row in rows]


def longest_wait(*, now: datetime) -> timedelta:
    """Return for how long the job waits that could have been begun first; zero when none waits."""
    due = Job.objects.filter(state=JobState.QUEUED, available_at__lte=now)
    first = due.order_by("available_at").values_list("available_at", flat=True).first()
    return now - first if first else timedelta()


def counts() -> dict[tuple[str, str], int]:
    """Return how many jobs are kept of each name and state."""
    rows = Job.objects.values_list("name", "state").annotate(Count("id")).order_by("name", "state")
    return {(name, state): count for name, state, count in rows}


def states() -> tuple[str, ...]:
    """Return the states that a job can be in."""
    return tuple(JobState.values)


def remove_old(*, kept: timedelta, now: datetime) -> int:
    """Remove some of the jobs that ended long ago, and return how many.

    Args:
        kept: How long those that were done are kept; what failed is kept `FAILED_KEPT` as long.
        now: The time.
    """
    old = Job.objects.filter(
        Q(state=JobState.DONE, finished_at__lt=now - kept)
        | Q(state=JobState.FAILED, finished_at__lt=now - FAILED_KEPT * kept)
    ).order_by("finished_at")[:SWEEP]
    removed, _ = Job.objects.filter(id__in=list(old.values_list("id", flat=True))).delete()
    return removed


def _not_failed(job_id: uuid.UUID) -> errors.MoviverseError:
    state = job(job_id=job_id).state
    return errors.Conflict(f"The job is {state}; only one that has failed can be tried again.")


def _seen(row: Job) -> Seen:
    return Seen(**{each.name: getattr(row, each.name) for each in fields(Seen)})
