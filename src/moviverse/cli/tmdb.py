"""The Movie Database, as this site uses it."""

from __future__ import annotations

import time

import click
from django.utils import timezone

from moviverse import tmdb as database_of_films
from moviverse.catalog import services, tmdb_usage
from moviverse.catalog.selectors import syncs
from moviverse.cli import console
from moviverse.cli.database import database

SHOWN = 10  # runs, and films that failed
RUN_COLUMNS = ("run", "of", "begun (UTC)", "ended", "films", "failed")
FAILURE_COLUMNS = ("film that failed", "times", "last (UTC)", "why")
LONGEST_HOURS = 90 * 24
USAGE_COLUMNS = ("endpoint", "calls", "failed", "mean ms", "longest ms", "saved by the cache")


@click.group()
def tmdb() -> None:
    """Look at what The Movie Database (TMDb) is asked, and whether it answers."""


@tmdb.command(epilog="Example: moviverse tmdb check")
def check() -> None:
    """Ask TMDb once, and say whether the key works."""
    client = database_of_films.client(seconds=database_of_films.JOB_SECONDS)
    with database():
        begun = time.monotonic()
        try:
            client.configuration()
        finally:
            took = (time.monotonic() - begun) * 1_000
            tmdb_usage.recorder.flush()  # while the database is up
    console.say(f"The key works: The Movie Database answered within {took:,.0f} ms.")


@tmdb.command(epilog="Example: moviverse tmdb usage --hours 1")
@click.option("--hours", type=click.IntRange(1, LONGEST_HOURS), default=24, show_default=True)
def usage(hours: int) -> None:
    """Show how often TMDb was asked in the last hours, and how it answered."""
    with database():
        rows = tmdb_usage.usage(hours=hours, now=timezone.now())
    console.table(
        USAGE_COLUMNS,
        [_cells(row) for row in rows],
        empty=f"The Movie Database was not asked in the last {hours} hours.",
    )


@tmdb.command(epilog="Example: moviverse tmdb load --top 1000")
@click.option("--top", type=click.IntRange(1, 20_000), required=True, help="How many films.")
def load(top: int) -> None:
    """Have the best known films of TMDb fetched in the background, by a worker.

    A load that was killed goes on where it was; `moviverse tmdb status` says how far it is.
    """
    if not database_of_films.is_configured():
        raise database_of_films.NotConfigured
    with database():
        job_id = services.ask_for_load(top=top, now=timezone.now())
    console.say(f"A worker fetches the {top:,} best known films: job {job_id}.")


@tmdb.command(epilog="Example: moviverse tmdb status")
def status() -> None:
    """Show how the catalogue stands with TMDb: films, runs, and what failed last."""
    with database():
        standing, runs = syncs.standing(), syncs.runs(limit=SHOWN)
        failures = syncs.failures(limit=SHOWN)
    counts = [[name, f"{getattr(standing, name):,}"] for name in standing.__slots__]
    console.table(("films", "how many"), counts, empty="")
    console.table(
        RUN_COLUMNS, [_run_cells(run) for run in runs], empty="No run through TMDb was begun yet."
    )
    if failures:
        console.table(FAILURE_COLUMNS, [_failure_cells(each) for each in failures], empty="")


def _run_cells(run: syncs.Run) -> list[str]:
    wanted = f"the first {run.wanted:,}" if run.wanted else f"{run.first_day} to {run.last_day}"
    pages = f" of {run.pages:,}" if run.pages else ""
    return [
        run.kind,
        wanted,
        f"{run.started_at:%Y-%m-%d %H:%M}",
        f"{run.finished_at:%Y-%m-%d %H:%M}" if run.finished_at else f"page {run.next_page}{pages}",
        f"{run.synced:,}",
        f"{run.failed:,}",
    ]


def _failure_cells(failure: syncs.Failure) -> list[str]:
    when = f"{failure.failed_at:%Y-%m-%d %H:%M}" if failure.failed_at else ""
    return [str(failure.tmdb_id), str(failure.attempts), when, failure.error]


def _cells(row: tmdb_usage.Usage) -> list[str]:
    mean = row.mean_milliseconds
    return [
        row.endpoint,
        f"{row.calls:,}",
        f"{row.errors:,}",
        "" if mean is None else f"{mean:,.0f}",
        f"{row.longest_milliseconds:,.0f}" if row.calls else "",
        f"{row.saved:,}",
    ]
