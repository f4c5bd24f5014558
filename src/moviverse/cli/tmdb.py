"""The Movie Database, as this site uses it."""

from __future__ import annotations

import time

import click
from django.utils import timezone

from moviverse import tmdb as database_of_films
from moviverse.catalog import tmdb_usage
from moviverse.cli import console
from moviverse.cli.database import database

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
