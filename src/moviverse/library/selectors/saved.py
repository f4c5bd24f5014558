"""The films on a person's lists: favourites, and what they want to watch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from moviverse.catalog import selectors as catalog
from moviverse.catalog.selectors import MovieCard
from moviverse.core import statements
from moviverse.core.long_lists import LongList, count_of
from moviverse.library.errors import NotOnWatchlist
from moviverse.library.models import Favorite, SavedMovie, WatchlistItem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from moviverse.accounts.models import User

SAVED_SORTS = {
    "added_desc": "added_at desc, movie_id",
    "added_asc": "added_at, movie_id desc",
}
SAVED = """
    select id, movie_id, title, poster_url, added_at from {table}
    where user_id = %s order by {order} limit %s offset %s
"""


class SavedRow(NamedTuple):
    """A row of a list, as the database has it."""

    id: UUID
    movie_id: int
    title: str
    poster_url: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class SavedFilm:
    """A film on a list; one that the catalogue does not hold shows what was sent with it."""

    id: UUID
    movie: MovieCard
    in_catalog: bool
    added_at: datetime


def favorites(*, user: User, sort: str = "added_desc") -> LongList[SavedFilm]:
    """Return a person's favourites, the newest first or by `SAVED_SORTS`."""
    return _listed(Favorite, user, sort)


def watchlist(*, user: User, sort: str = "added_desc") -> LongList[SavedFilm]:
    """Return what a person wants to watch, the newest first or by `SAVED_SORTS`."""
    return _listed(WatchlistItem, user, sort)


def _listed(model: type[SavedMovie], user: User, sort: str) -> LongList[SavedFilm]:
    table = model._meta.db_table  # noqa: SLF001 - Django's public name for it
    sql = SAVED.format(table=table, order=SAVED_SORTS[sort])

    def read(limit: int, start: int) -> list[SavedFilm]:
        rows = statements.fetched(sql, [user.pk, limit, start])
        return saved_films([SavedRow(*row) for row in rows])

    return LongList(count=partial(count_of, model, user_id=user.pk), read=read)


def movie_on_watchlist(*, user: User, item_id: UUID) -> int:
    """Return the public id of the film that a row of a person's watchlist is about.

    Raises:
        NotOnWatchlist: there is no such row.
    """
    found = WatchlistItem.objects.filter(user=user, id=item_id).values_list("movie_id", flat=True)
    movie_id = found.first()
    if movie_id is None:
        raise NotOnWatchlist
    return movie_id


def saved_films(rows: Iterable[SavedMovie | SavedRow]) -> list[SavedFilm]:
    """Return rows of a list with their films, with one query more."""
    saved = list(rows)
    held = catalog.cards([row.movie_id for row in saved])
    return [
        SavedFilm(
            id=row.id,
            movie=held.get(row.movie_id) or _as_it_was_sent(row),
            in_catalog=row.movie_id in held,
            added_at=row.added_at,
        )
        for row in saved
    ]


def _as_it_was_sent(row: SavedMovie | SavedRow) -> MovieCard:
    return MovieCard(
        tmdb_id=row.movie_id,
        title=row.title,
        release_date=None,
        release_year=None,
        genres=(),
        runtime=None,
        vote_average=None,
        poster_url=row.poster_url,
    )
