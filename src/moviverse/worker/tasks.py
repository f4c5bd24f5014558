"""What a worker can do: each job by its name, as one call of a service.

A task is given the job that runs. It may be called again for the same job, when its first worker
was killed, and must then have the effect of one call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone

from moviverse.accounts import letters
from moviverse.accounts import retention as accounts
from moviverse.catalog import services as catalog
from moviverse.core import jobs
from moviverse.core import retention as core
from moviverse.recommendations import services as recommendations
from moviverse.transfer import services as transfer
from moviverse.worker import apart, warming

if TYPE_CHECKING:
    from collections.abc import Callable

TASKS: dict[str, Callable[[jobs.Running], object]] = {
    jobs.SEND_EMAIL: lambda job: letters.send(**job.arguments, job_id=job.id, now=timezone.now()),
    jobs.IMPORT_LIBRARY: lambda job: transfer.run(
        import_id=UUID(str(job.arguments["import_id"])), report=job.report
    ),
    jobs.UNDO_IMPORT: lambda job: transfer.run_undo(
        import_id=UUID(str(job.arguments["import_id"])), report=job.report
    ),
    jobs.PRUNE_JOBS: lambda _: core.prune_jobs(now=timezone.now()),
    jobs.PRUNE_RECEIPTS: lambda _: recommendations.prune_receipts(now=timezone.now()),
    jobs.PRUNE_TMDB: lambda job: catalog.prune_tmdb(now=timezone.now(), report=job.report),
    jobs.WARM_CACHE: lambda job: warming.warm_shared(job.report),
    jobs.CLEANUP_MEDIA: lambda job: transfer.clean_media(now=timezone.now(), report=job.report),
    jobs.FLUSH_EXPIRED_TOKENS: lambda job: accounts.flush_expired(
        now=timezone.now(), report=job.report
    ),
    jobs.FLUSH_VIEWS: lambda job: recommendations.flush_views(
        now=timezone.now(), report=job.report
    ),
    jobs.GENERATE_DAILY_TRENDING: lambda job: recommendations.generate_daily_trending(
        now=timezone.now(), report=job.report
    ),
    jobs.TRAIN_MODELS: apart.train,
    jobs.FETCH_MOVIE: lambda job: catalog.sync_movie(
        tmdb_id=int(job.arguments["tmdb_id"]), now=timezone.now()
    ),
    jobs.SYNC_CHANGES: lambda job: catalog.sync_changes(report=job.report, now=timezone.now()),
    jobs.LOAD_TMDB: lambda job: catalog.load_from_tmdb(report=job.report, now=timezone.now()),
    jobs.GENERATE_RECOMMENDATIONS: apart.generate,
}

USUAL_LIMIT_SECONDS = 120.0
# The jobs that may take longer than the rest. One lane of each worker leaves them alone, so that
# no mail waits behind somebody's import.
LIMIT_SECONDS: dict[str, float] = {
    jobs.IMPORT_LIBRARY: 3_600.0,
    jobs.UNDO_IMPORT: 3_600.0,
    jobs.TRAIN_MODELS: 6 * 3_600.0,
    jobs.SYNC_CHANGES: 3_600.0,
    jobs.LOAD_TMDB: 3_600.0,
    jobs.GENERATE_RECOMMENDATIONS: 3 * 3_600.0,
}
LONG = frozenset(LIMIT_SECONDS)
