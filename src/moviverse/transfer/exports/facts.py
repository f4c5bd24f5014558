"""What a person's library says, fact by fact, read from the database as it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Subquery

from moviverse.catalog.models import Movie
from moviverse.library.models import Favorite, Rating, Review, Viewing, WatchlistItem
from moviverse.transfer.libraries.entries import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from decimal import Decimal

    from django.db.models import QuerySet

    from moviverse.accounts.models import User

READ_AT_ONCE = 2_000  # rows


@dataclass(frozen=True, slots=True)
class Fact:
    """One rating, review, viewing or film on a list."""

    kind: Kind
    tmdb_id: int
    imdb_id: str
    title: str
    year: int | None
    at: datetime
    rating: Decimal | None = None
    is_finished: bool = True
    progress_seconds: int | None = None
    text: str = ""


def ratings(user: User) -> Iterator[Fact]:
    """Give what a person rated, the oldest first; one query."""
    return _facts(Kind.RATING, Rating.objects.filter(user=user), "rated_at", rating="value")


def reviews(user: User) -> Iterator[Fact]:
    """Give what a person wrote, with the ratings that the films have now; one query."""
    given = Rating.objects.filter(user=OuterRef("user"), movie=OuterRef("movie")).values("value")
    rows = Review.objects.filter(user=user).annotate(given=Subquery(given[:1]))
    return _facts(Kind.REVIEW, rows, "created_at", rating="given", text="text")


def viewings(user: User) -> Iterator[Fact]:
    """Give what a person watched, the oldest first; one query."""
    rows = Viewing.objects.filter(user=user)
    more = {"is_finished": "is_finished", "progress_seconds": "progress_seconds"}
    return _facts(Kind.WATCHED, rows, "watched_at", **more)


def watchlist(user: User) -> Iterator[Fact]:
    """Give what a person wants to watch; one query."""
    return _saved(Kind.WATCHLIST, WatchlistItem.objects.filter(user=user))


def favorites(user: User) -> Iterator[Fact]:
    """Give what a person loves; one query."""
    return _saved(Kind.FAVORITE, Favorite.objects.filter(user=user))


def _facts(kind: Kind, rows: QuerySet[Any], at: str, **more: str) -> Iterator[Fact]:
    names = ("movie_id", "movie__imdb_id", "movie__title", "movie__release_year", at)
    told = rows.order_by(at, "movie_id").values_list(*names, *more.values())
    for movie_id, imdb_id, title, year, happened_at, *others in told.iterator(READ_AT_ONCE):
        said: dict[str, Any] = dict(zip(more, others, strict=True))
        yield Fact(kind, movie_id, imdb_id, title, year, happened_at, **said)


def _saved(kind: Kind, rows: QuerySet[Any]) -> Iterator[Fact]:
    def of_movie(column: str) -> Subquery:
        return Subquery(Movie.objects.filter(pk=OuterRef("movie_id")).values(column))

    told = (
        rows.annotate(
            held_title=of_movie("title"),
            held_year=of_movie("release_year"),
            held_imdb_id=of_movie("imdb_id"),
        )
        .order_by("added_at", "movie_id")
        .values_list("movie_id", "held_imdb_id", "held_title", "held_year", "added_at", "title")
    )
    for movie_id, imdb_id, title, year, added_at, sent_title in told.iterator(READ_AT_ONCE):
        yield Fact(kind, movie_id, imdb_id or "", title or sent_title, year, added_at)
