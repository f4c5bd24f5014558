"""How long the record of work that was done is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings

from moviverse.core import job_records

if TYPE_CHECKING:
    from datetime import datetime


def prune_jobs(*, now: datetime) -> int:
    """Remove jobs that ended more than JOBS_KEPT_DAYS ago; return how many there were.

    Stopped half-way it has removed some, and the next call removes the rest.
    """
    kept, removed = timedelta(days=settings.JOBS_KEPT_DAYS), 0
    while some := job_records.remove_old(kept=kept, now=now):
        removed += some
    return removed
