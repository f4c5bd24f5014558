"""The work that is done in the background, as whoever looks after the site sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
from django.utils import timezone

from moviverse.cli import console
from moviverse.cli.database import database
from moviverse.core import job_records, periods

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from uuid import UUID

COLUMNS = ("id", "state", "name", "done", "tries", "age", "took", "what it says")
SCHEDULE_COLUMNS = ("job", "last (UTC)", "next (UTC)", "what became of it")
UNITS = (("d", 86_400), ("h", 3_600), ("min", 60))


@click.group()
def jobs() -> None:
    """Look at the work that is done in the background."""


@jobs.command(name="list", epilog="Example: moviverse jobs list --state failed")
@click.option("--state", type=click.Choice(job_records.states()), help="Only jobs in this state.")
@click.option("--name", default="", help="Only jobs of this name, such as send_email.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=20, show_default=True)
def list_(state: str | None, name: str, limit: int) -> None:
    """List the latest jobs, the newest first."""
    with database():
        rows = job_records.latest(state=state or "", name=name, limit=limit)
    now = timezone.now()
    cells = [_cells(row, now=now) for row in rows]
    console.table(COLUMNS, cells, empty="There are no such jobs.")


@jobs.command(epilog="Example: moviverse jobs show 0b5c9a52-7f5e-4a53-9d54-0a0f3f1c8f11")
@click.argument("job_id", metavar="ID", type=click.UUID)
def show(job_id: UUID) -> None:
    """Show everything that is known of one job."""
    with database():
        job = job_records.job(job_id=job_id)
    took = _took(job, now=timezone.now())
    told = {
        "id": str(job.id),
        "name": job.name,
        "arguments": json.dumps(job.arguments, ensure_ascii=False),
        "state": job.state,
        "progress": f"{job.progress:.0%} {job.message}".strip(),
        "attempts": str(job.attempts),
        "error": job.error,
        "worker": job.worker,
        "asked for": _at(job.created_at),
        "not before": _at(job.available_at),
        "begun": _at(job.started_at),
        "last heard of": _at(job.heartbeat_at),
        "ended": _at(job.finished_at),
        "took": took,
    }
    rows = [[name, value] for name, value in told.items() if value]
    console.table(("what", "value"), rows, empty="")


@jobs.command(epilog="Example: moviverse jobs retry 0b5c9a52-7f5e-4a53-9d54-0a0f3f1c8f11")
@click.argument("job_id", metavar="ID", type=click.UUID)
def retry(job_id: UUID) -> None:
    """Queue a failed job again."""
    with database():
        job_records.retry(job_id=job_id, now=timezone.now())
    console.say(f"Job {job_id} is queued again.")


@jobs.command(epilog="Example: moviverse jobs schedule")
def schedule() -> None:
    """Show what runs by the clock, and when it did and will."""
    with database():
        last = periods.last()
    now = timezone.now()
    rows = [
        [each.key, _at(each.enqueued_at), _due(each.next_at, now=now), each.state] for each in last
    ]
    console.table(SCHEDULE_COLUMNS, rows, empty="Nothing has run by the clock yet.")


def _cells(job: job_records.Seen, *, now: datetime) -> list[str]:
    told = job.error or job.message
    if job.state == "queued" and job.attempts:
        told = f"again at {job.available_at:%H:%M:%S}: {job.error}"
    elif job.state == "running":
        told = job.message
    return [
        str(job.id),
        job.state,
        job.name,
        f"{job.progress:.0%}",
        str(job.attempts),
        _length(now - job.created_at),
        _took(job, now=now),
        told,
    ]


def _took(job: job_records.Seen, *, now: datetime) -> str:
    """Return how long the last attempt took, or takes until now."""
    if job.started_at is None or job.state == "queued":
        return ""
    return _length((job.finished_at or now) - job.started_at)


def _due(moment: datetime | None, *, now: datetime) -> str:
    return "now" if moment is None or moment <= now else _at(moment)


def _length(span: timedelta) -> str:
    seconds = max(0.0, span.total_seconds())
    for unit, length in UNITS:
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.1f} s"


def _at(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""
