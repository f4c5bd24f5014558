"""How long trends of ten million views take: counted from nothing, counted again, and read.

The database does the work: its processor time is printed beside, for a machine that is not quiet, and
what this process holds. `--views N` makes it smaller.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import psutil
from django.db import connection
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from benchmarks.bigsite import copying, filling, home
from benchmarks.bigsite.audience import Audience
from benchmarks.bigsite.deeds import MEMBERS_SEED
from benchmarks.bigsite.size import Size
from moviverse.accounts.models import User
from moviverse.catalog.models import Movie
from moviverse.library.models import Interaction
from moviverse.recommendations import rollup, trending
from moviverse.recommendations import services as recommendations
from moviverse.recommendations.models import Attention, CountedDay

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from numpy.typing import NDArray

Answer = TypeVar("Answer")


class Took(NamedTuple):
    """How long something took, and how much of a processor the database."""

    seconds: float
    database_seconds: float


VIEWS, FILMS, MEMBERS = 10_000_000, 50_000, 100_000
OF_VISITORS = 0.15  # of the views
AT_ONCE = 1_000_000
NEW = 20_000  # views of the minute that is counted last
GOAL_SECONDS = 60.0  # for all that is counted and the list
HOLDS = 256  # MiB, that this process may take for it


def main() -> int:
    """Fill a database of its own, count and read; return 1 when it takes longer than it may."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trending", description=__doc__)
    parser.add_argument("--views", type=int, default=VIEWS)
    views = parser.parse_args().views
    with home.opened():
        now = timezone.now()
        people = _filled(now)
        made, _ = _timed(lambda: _watched(people, views, now))
        return _measured(people, views, now, made)


def _measured(people: Audience, views: int, now: datetime, made: Took) -> int:
    before = _peak_mib()
    first, days = _timed(lambda: recommendations.flush_views(now=now, report=_unheard))
    _watched(people, NEW, now, since=timedelta(minutes=1))
    soon = now + timedelta(minutes=30)  # past the rest after a long count
    again, _ = _timed(lambda: rollup.count(rollup.of(now), now=soon, limit_milliseconds=60_000))
    read, found = _timed(lambda: trending.trending(time_range="week", now=soon))
    of_a_day, _ = _timed(lambda: trending.trending(time_range="day", now=soon))
    held = _peak_mib() - before
    rows = Attention.objects.count()
    table = Table(title=f"{views:,} views of {FILMS:,} films by {MEMBERS:,} members in eight days")
    for column in ("", "seconds", "database CPU s", "views a second"):
        table.add_column(column, justify="left" if not column else "right")
    for name, took, events in (
        ("copied in, with all indexes (not part of the goal)", made, views),
        (f"counted from nothing: {days} days into {rows:,} rows", first, views),
        (f"today again, with {NEW:,} new ones", again, _today(now)),
        ("the list of a week", read, 0),
        ("the list of a day", of_a_day, 0),
    ):
        told = f"{events / took.seconds:,.0f}" if events else ""
        table.add_row(name, f"{took.seconds:,.2f}", f"{took.database_seconds:,.2f}", told)
    console = Console(width=120)
    console.print(table)
    total = sum(each.seconds for each in (first, again, read, of_a_day))
    console.print(
        f"All of it took {total:,.1f} s of {GOAL_SECONDS:.0f}, and {held:,.0f} MiB of this process; "
        f"the first film has {found.films[0][0].viewers:,} viewers."
    )
    return 0 if total <= GOAL_SECONDS and held <= HOLDS and found.films[0][0].viewers else 1


def _timed(work: Callable[[], Answer]) -> tuple[Took, Answer]:
    began, cpu = time.perf_counter(), _database_seconds()
    answer = work()
    return Took(time.perf_counter() - began, _database_seconds() - cpu), answer


def _database_seconds() -> float:
    """Return the processor time of the process that serves our connection."""
    connection.ensure_connection()
    spent = psutil.Process(connection.connection.info.backend_pid).cpu_times()
    return float(spent.user + spent.system)


def _unheard(fraction: float, message: str) -> None:
    """Hear what is reported, and say nothing."""


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


def _today(now: datetime) -> int:
    start, end = rollup.bounds(rollup.of(now))
    return Interaction.objects.filter(happened_at__range=(start, end)).count()


def _filled(now: datetime) -> Audience:
    """Make films and members unless they are there: their ids and little more."""
    size = Size(films=FILMS, members=MEMBERS)
    if User.objects.exclude(email__endswith=filling.DOMAIN).exists():
        raise filling.AnotherSite
    ids = range(1, FILMS + 1)
    Movie.objects.bulk_create(
        (
            Movie(tmdb_id=id_, title=f"Film {id_}", folded_title=f"film {id_}",
                  popularity=1_000 / id_, added_at=now, updated_at=now)
            for id_ in ids
        ),
        batch_size=5_000,
        ignore_conflicts=True,
    )  # fmt: skip
    filling.members(size, now, _unheard)
    return Audience(MEMBERS, FILMS, rng=np.random.default_rng(1))


def _watched(
    people: Audience, views: int, now: datetime, *, since: timedelta = timedelta(days=8)
) -> None:
    """Copy views of the time before `now` in; those of days in place of all that there are."""
    if since < timedelta(days=1):
        _copied(people, views, now, since)
        return
    tables = ("library_interaction", "library_anonymousview")
    CountedDay.objects.all().delete()
    Attention.objects.all().delete()
    with copying.bare(*tables), connection.cursor() as cursor:
        cursor.execute(f"truncate {', '.join(tables)}")
        for first in range(0, views, AT_ONCE):
            _copied(people, min(AT_ONCE, views - first), now, since)
    copying.settle()


def _copied(people: Audience, count: int, now: datetime, since: timedelta) -> None:
    rng = np.random.default_rng()
    pairs = people.views(count)
    users = copying.uuids(MEMBERS, np.random.default_rng(MEMBERS_SEED))
    back = (np.sort(rng.random(count))[::-1] * since.total_seconds() * 1e6).astype("m8[us]")
    at = copying.moments(np.datetime64(now.replace(tzinfo=None), "us") - back)
    films = (pairs.films + 1).astype(">i8")
    visits = rng.random(count) < OF_VISITORS
    mine, theirs = ~visits, int(visits.sum())
    told: dict[str, NDArray[Any]] = {
        "id": copying.uuids(count - theirs, rng),
        "user_id": users[pairs.members[mine]],
        "movie_id": films[mine],
        "type": copying.texts("view", count - theirs),
        "happened_at": at[mine],
    }
    copying.write("library_interaction", told)
    visitors = np.frombuffer(rng.bytes(16 * theirs).hex().encode(), dtype="V32")
    of_visitors: dict[str, NDArray[Any]] = {
        "movie_id": films[visits],
        "visitor": visitors,
        "viewed_at": at[visits],
        "count": np.ones(theirs, dtype=">i4"),
    }
    copying.write("library_anonymousview", of_visitors)


if __name__ == "__main__":
    sys.exit(main())
