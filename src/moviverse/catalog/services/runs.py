"""Working through a list of TMDb's: what changed there, or the best known films.

A run goes page by page, and its row says which page is next: a worker that is killed leaves a run
that the next one goes on with. A film that was synced since the run began is not synced again. What
TMDb tells of one film may be unusable, which is noted with the film; when TMDb is away the job
fails, and is tried again as any job is. Lists that are kept follow a run every half minute and at its
end, and not at each of its films.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from moviverse import tmdb
from moviverse.catalog import syncing
from moviverse.catalog.models import FIRST_LOCAL_ID, Movie, TmdbRun, TmdbSync
from moviverse.core import jobs, versions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

# Told which part is done (0 to 1), and what goes on.
Report: TypeAlias = "Callable[[float, str], None]"

LONGEST_WINDOW = timedelta(days=14)  # that TMDb lists the changes of at once
LAST_PAGE = 500  # that TMDb hands out
MOST_LOADED = 2 * LAST_PAGE * 20  # films on the pages of two lists
MOST_AGAIN = 500  # films that failed and are tried again with each run


def sync_changes(*, now: datetime, report: Report) -> None:
    """Bring those of our films up to date that changed at TMDb since the last run.

    Nothing without a key. A run that was not finished is gone on with first. The first run of all looks back as far as
    TMDb does.

    Raises:
        TmdbError: TMDb is away, or does not want to be asked.
    """
    if not tmdb.is_configured():
        return
    today = now.date()
    with versions.raised_seldom(versions.CATALOGUE):
        while True:
            run = _changes(now=now)
            _follow(run, now=now, report=report)
            if run.last_day is None or run.last_day >= today:
                return


def ask_for_load(*, top: int, now: datetime) -> UUID:
    """Have the `top` best known films fetched in the background; return the job's id.

    A load that is under way goes on with the larger number of both.
    """
    wanted = min(top, MOST_LOADED)
    with transaction.atomic():
        TmdbRun.objects.bulk_create(  # nothing where one is under way
            [TmdbRun(kind=TmdbRun.Kind.LOAD, wanted=wanted, started_at=now)], ignore_conflicts=True
        )
        TmdbRun.objects.filter(
            kind=TmdbRun.Kind.LOAD, finished_at__isnull=True, wanted__lt=wanted
        ).update(wanted=wanted)
        return jobs.enqueue(name=jobs.LOAD_TMDB, arguments={}, now=now, unique_key=jobs.LOAD_TMDB)


def load_from_tmdb(*, now: datetime, report: Report) -> None:
    """Fetch the films of the load that is under way; nothing where there is none.

    Raises:
        TmdbError: as of `sync_changes`.
    """
    run = TmdbRun.objects.filter(kind=TmdbRun.Kind.LOAD, finished_at__isnull=True).first()
    if run is not None:
        with versions.raised_seldom(versions.CATALOGUE):
            _load(run, now=now, report=report)


def _changes(*, now: datetime) -> TmdbRun:
    """Return the run that is not finished, else a new one from where the last one ended."""
    runs = TmdbRun.objects.filter(kind=TmdbRun.Kind.CHANGES)
    unfinished = runs.filter(finished_at__isnull=True).first()
    if unfinished is not None:
        return unfinished
    last = runs.order_by("-last_day").values_list("last_day", flat=True).first()
    first_day = last or now.date() - LONGEST_WINDOW
    return TmdbRun.objects.create(
        kind=TmdbRun.Kind.CHANGES,
        first_day=first_day,
        last_day=min(now.date(), first_day + LONGEST_WINDOW),
        started_at=now,
    )


def _follow(run: TmdbRun, *, now: datetime, report: Report) -> None:
    days = _days(run)
    if run.next_page == 1:
        _sync(run, _failing(), now=now, tick=lambda: report(0.0, "Films that failed"))
    while run.pages is None or run.next_page <= run.pages:
        page = tmdb.client().within(tmdb.JOB_SECONDS).changes(*days, run.next_page)
        run.pages = min(page.total_pages, LAST_PAGE)
        part = _part(run.next_page - 1, run.pages)
        said = f"Page {run.next_page:,} of {run.pages:,} of what changed from {run.first_day}"
        held = Movie.objects.filter(pk__in=page.tmdb_ids).values_list("pk", flat=True)
        _sync(run, sorted(held), now=now, tick=partial(report, part, said))
        _turn_over(run)
    _finish(run, now=now)


def _load(run: TmdbRun, *, now: datetime, report: Report) -> None:
    """Go through two lists at once: odd pages are of what is popular, even ones of the best rated."""
    wanted = run.wanted or 0
    while run.synced < wanted and run.next_page <= 2 * LAST_PAGE:
        number, is_popular = (run.next_page + 1) // 2, run.next_page % 2
        client = tmdb.client().within(tmdb.JOB_SECONDS)
        page = client.popular(number) if is_popular else client.top_rated(number)
        ids = [card.tmdb_id for card in page.results if card.tmdb_id < FIRST_LOCAL_ID]
        _sync(
            run,
            ids[: wanted - run.synced],
            now=now,
            tick=lambda: report(_part(run.synced, wanted), f"{run.synced:,} of {wanted:,} films"),
        )
        _turn_over(run)
        if not ids and number > page.total_pages:
            break
    _finish(run, now=now)


def _sync(
    run: TmdbRun, tmdb_ids: Sequence[int], *, now: datetime, tick: Callable[[], None]
) -> None:
    """Sync films that were not synced since the run began, counting them in the run's row."""
    done = set(
        TmdbSync.objects.filter(pk__in=tmdb_ids, last_synced_at__gte=run.started_at).values_list(
            "pk", flat=True
        )
    )
    for tmdb_id in tmdb_ids:
        tick()
        if tmdb_id in done:
            continue
        try:
            syncing.sync_movie(tmdb_id=tmdb_id, now=max(now, run.started_at))
        except tmdb.BadAnswer:  # of this film alone; it is noted with it
            _count(run, "failed")
        else:
            _count(run, "synced")


def _failing() -> list[int]:
    """Return our films whose last sync failed, unless they fail again and again."""
    held = Movie.objects.filter(pk=OuterRef("pk"))
    failed = TmdbSync.objects.filter(failed_at__isnull=False, attempts__lt=syncing.HOPELESS_AFTER)
    rows = failed.filter(Exists(held)).order_by("failed_at").values_list("pk", flat=True)
    return list(rows[:MOST_AGAIN])


def _count(run: TmdbRun, name: str) -> None:
    TmdbRun.objects.filter(pk=run.pk).update(**{name: F(name) + 1})
    setattr(run, name, getattr(run, name) + 1)


def _turn_over(run: TmdbRun) -> None:
    run.next_page += 1
    TmdbRun.objects.filter(pk=run.pk).update(next_page=run.next_page, pages=run.pages)


def _finish(run: TmdbRun, *, now: datetime) -> None:
    TmdbRun.objects.filter(pk=run.pk).update(finished_at=max(now, run.started_at))


def _days(run: TmdbRun) -> tuple[date, date]:
    if run.first_day is None or run.last_day is None:
        raise ValueError("A run through changes has days.")  # the database refuses it otherwise
    return run.first_day, run.last_day


def _part(done: int, whole: int) -> float:
    return done / whole if whole else 1.0
