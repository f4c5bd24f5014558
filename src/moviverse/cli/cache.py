"""What the cache does for the site, and how to empty it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from django.conf import settings
from django.core.cache import cache as store

from moviverse.cli import console
from moviverse.cli.database import database
from moviverse.core import tallies, versions

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = ("kind", "hits", "misses", "stale", "failed", "hit ratio", "ms a miss")
OUTCOMES = ("hit", "miss", "stale", "error")
SCOPES = (
    "all", "lists", "charts", "search", "suggest", "genres", "people", "detail", "similar", "also_liked",
    "trending",
)  # fmt: skip
MEGABYTE = 1_000_000


@click.group()
def cache() -> None:
    """Look at what is answered from the cache, and empty it."""


@cache.command(epilog="Example: moviverse cache stats")
def stats() -> None:
    """Show how often each kind of answer was found in the cache, over all processes.

    Counted since the database was made; running servers add theirs every few seconds.
    """
    with database():
        answers, seconds = tallies.totals("cache"), tallies.totals("cache_seconds")
    kinds = sorted({kind for kind, _ in answers})
    rows = [_cells(kind, answers, seconds.get((kind,), 0.0)) for kind in kinds]
    console.table(COLUMNS, rows, empty="Nothing was asked for yet.")
    console.say(_facts())


@cache.command(epilog="Example: moviverse cache clear --scope lists")
@click.option("--scope", type=click.Choice(SCOPES), default="all", show_default=True)
def clear(scope: str) -> None:
    """Let everything that is kept of a kind be made anew, at once, on every server."""
    with database():
        versions.raise_(versions.EVERYTHING if scope == "all" else scope)
    console.say("Everything is made anew." if scope == "all" else f"Of {scope} all is made anew.")


def _cells(kind: str, answers: Mapping[tuple[str, ...], float], seconds: float) -> list[str]:
    counts = {outcome: answers.get((kind, outcome), 0.0) for outcome in OUTCOMES}
    asked = counts["hit"] + counts["miss"] + counts["stale"]
    computed = counts["miss"] + counts["error"]
    return [
        kind,
        *(f"{count:,.0f}" for count in counts.values()),
        f"{counts['hit'] / asked:.1%}" if asked else "",
        f"{1_000 * seconds / computed:,.1f}" if computed else "",
    ]


def _facts() -> str:
    if not settings.REDIS_URL:
        return "Each web server process keeps a cache of its own; REDIS_URL lets them share one."
    facts = store.facts()  # type: ignore[attr-defined]  # of our Redis backend
    if facts is None:
        return "Redis is away; each process keeps a cache of its own meanwhile."
    return f"Redis holds {facts.entries:,} entries in {facts.bytes / MEGABYTE:,.1f} MB."
