"""What a person has watched, and what they are in the middle of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from moviverse.catalog import selectors as catalog
from moviverse.core import statements
from moviverse.core.long_lists import LongList, count_of
from moviverse.library.models import AnonymousView, Viewing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from moviverse.accounts.models import User
    from moviverse.catalog.selectors import MovieCard


WATCHINGS = """
    select id, movie_id, progress_seconds, is_finished, started_at, watched_at
    from library_viewing where user_id = %s and {which}
    order by watched_at desc, id limit %s offset %s
"""
UNFINISHED = "not is_finished"


class ViewingRow(NamedTuple):
    """One watching, as the database has it."""

    id: UUID
    movie_id: int
    progress_seconds: int | None
    is_finished: bool
    started_at: datetime
    watched_at: datetime


@dataclass(frozen=True, slots=True)
class WatchedFilm:
    """One watching of a film."""

    id: UUID
    movie: MovieCard
    progress_seconds: int | None
    watched: bool
    started_at: datetime
    watched_at: datetime


def history(*, user: User) -> LongList[WatchedFilm]:
    """Return every watching of a person's, the latest first."""
    return _listed(user, "true")


def unfinished(*, user: User) -> LongList[WatchedFilm]:
    """Return what a person has started and not watched to its end, the latest first."""
    return _listed(user, UNFINISHED)


def _listed(user: User, which: str) -> LongList[WatchedFilm]:
    sql = WATCHINGS.format(which=which)

    def read(limit: int, start: int) -> list[WatchedFilm]:
        rows = statements.fetched(sql, [user.pk, limit, start])
        return watched_films([ViewingRow(*row) for row in rows])

    return LongList(count=partial(count_of, Viewing, user_id=user.pk, which=which), read=read)


def watched_films(rows: Iterable[Viewing | ViewingRow]) -> list[WatchedFilm]:
    """Return watchings with their films, with one query more."""
    viewings = list(rows)
    cards = catalog.cards([row.movie_id for row in viewings])
    return [
        WatchedFilm(
            id=row.id,
            movie=cards[row.movie_id],
            progress_seconds=row.progress_seconds,
            watched=row.is_finished,
            started_at=row.started_at,
            watched_at=row.watched_at,
        )
        for row in viewings
        if row.movie_id in cards  # unless it was taken away between the two queries
    ]


def oldest_visit() -> datetime | None:
    """Return when the oldest visit that is still kept of somebody not signed in began."""
    visits = AnonymousView.objects.order_by("viewed_at").values_list("viewed_at", flat=True)
    return visits.first()
