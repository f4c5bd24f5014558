"""Jobs for tests, run where the test runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from moviverse.core import jobs
from moviverse.core.models import Job, JobState
from moviverse.worker import running

if TYPE_CHECKING:
    from uuid import UUID

WORKER = "the test"


def run_pending() -> list[Job]:
    """Run all queued jobs in this process, in order, each once, and return them as they are now.

    Those that wait for their next attempt, and those that are queued meanwhile, are run too.
    """
    seen: list[UUID] = []
    while True:
        waiting = Job.objects.filter(state=JobState.QUEUED).exclude(id__in=seen)
        job = waiting.order_by("available_at", "created_at").first()
        if job is None:
            by_id = Job.objects.in_bulk(seen)
            return [by_id[each] for each in seen]
        seen.append(job.id)
        claimed = jobs.claim(
            worker=WORKER, now=max(job.available_at, timezone.now()), job_id=job.id
        )
        assert claimed is not None
        running.perform(claimed)


def unheard(fraction: float, message: str) -> None:
    """Hear what a job reports, as its worker would."""
    assert 0 <= fraction <= 1
    assert message
