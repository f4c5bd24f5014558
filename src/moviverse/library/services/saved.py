"""Keeping films on a list: favourites, and what a person wants to watch."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from moviverse.catalog import selectors as catalog
from moviverse.catalog.errors import MovieNotFound
from moviverse.catalog.models import Movie
from moviverse.core import jobs
from moviverse.library import selectors
from moviverse.library.errors import (
    FavoriteNotFound,
    ListFull,
    NotOnWatchlist,
    TooManyUnknownFilms,
)
from moviverse.library.models import Favorite, SavedMovie, WatchlistItem

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from moviverse.accounts.models import User
    from moviverse.library.selectors import SavedFilm

Item = TypeVar("Item", bound=SavedMovie)

LONGEST_LIST = 10_000  # films
MOST_UNKNOWN = 500  # films on one list that the catalogue does not hold


def add_favorite(
    *, user: User, movie_id: int, title: str = "", poster_url: str = "", now: datetime
) -> tuple[SavedFilm, bool]:
    """Make a film a favourite; return it, and whether it was none before.

    Args:
        user: Whose.
        movie_id: The film's public id; one of TMDb's may be unknown here.
        title: Shown while the catalogue does not hold the film.
        poster_url: The same.
        now: When.

    Raises:
        MovieNotFound: the film is unknown, and the id is not one of TMDb's.
        ListFull: there are too many favourites.
        TooManyUnknownFilms: there are too many that the catalogue does not hold.
    """
    return _add(Favorite, user=user, movie_id=movie_id, title=title, poster_url=poster_url, now=now)


def remove_favorite(*, user: User, key: UUID | int) -> None:
    """Take a film off the favourites.

    Args:
        user: Whose.
        key: The id of the row, or the film's public id.

    Raises:
        FavoriteNotFound: it is none.
    """
    if not _remove(Favorite, user, key):
        raise FavoriteNotFound


def add_to_watchlist(
    *, user: User, movie_id: int, title: str = "", poster_url: str = "", now: datetime
) -> tuple[SavedFilm, bool]:
    """Put a film on the watchlist; return it, and whether it is new there.

    Arguments and errors are those of `add_favorite`.
    """
    return _add(
        WatchlistItem, user=user, movie_id=movie_id, title=title, poster_url=poster_url, now=now
    )


def remove_from_watchlist(*, user: User, key: UUID | int) -> None:
    """Take a film off the watchlist, named as in `remove_favorite`.

    Raises:
        NotOnWatchlist: it is not there.
    """
    if not _remove(WatchlistItem, user, key):
        raise NotOnWatchlist


@transaction.atomic
def _add(
    model: type[Item], *, user: User, movie_id: int, title: str, poster_url: str, now: datetime
) -> tuple[SavedFilm, bool]:
    mine = model._default_manager.filter(user=user)  # noqa: SLF001 - Django's public name for it
    row = mine.filter(movie_id=movie_id).first()
    is_new = False
    if row is None:
        held = catalog.cards([movie_id]).get(movie_id)
        if held is None and catalog.is_local(movie_id):
            raise MovieNotFound
        if mine.count() >= LONGEST_LIST:
            raise ListFull
        known = Movie.objects.filter(pk=OuterRef("movie_id"))
        if held is None and mine.exclude(Exists(known)).count() >= MOST_UNKNOWN:
            raise TooManyUnknownFilms
        row, is_new = mine.get_or_create(  # of parallel writers one adds, and the others find
            movie_id=movie_id,
            defaults={
                "user": user,
                # What is known today is shown still when the film leaves the catalogue.
                "title": held.title if held else title,
                "poster_url": "" if held else poster_url,
                "added_at": now,
            },
        )
        if is_new and held is None and settings.TMDB_API_KEY:
            jobs.enqueue(
                name=jobs.FETCH_MOVIE,
                arguments={"tmdb_id": movie_id},
                now=now,
                unique_key=f"{jobs.FETCH_MOVIE}:{movie_id}",
            )
    (film,) = selectors.saved_films([row])
    return film, is_new


def _remove(model: type[Item], user: User, key: UUID | int) -> bool:
    named = {"movie_id": key} if isinstance(key, int) else {"id": key}
    deleted, _ = model._default_manager.filter(user=user, **named).delete()  # noqa: SLF001 - as above
    return bool(deleted)
