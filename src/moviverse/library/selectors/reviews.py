"""What people write about films. A review shows the rating that its author gives the film now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from moviverse.catalog import selectors as catalog
from moviverse.catalog.errors import MovieNotFound
from moviverse.core import statements
from moviverse.core.long_lists import LongList, count_of
from moviverse.library.errors import ReviewNotFound
from moviverse.library.models import Review

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from moviverse.accounts.models import User
    from moviverse.catalog.selectors import MovieCard

NEWEST = "review.created_at desc, review.id"
REVIEW_SORTS = {
    "newest": NEWEST,
    "highest": f"rating.value desc nulls last, {NEWEST}",
    "lowest": f"rating.value asc nulls last, {NEWEST}",
}
RATED = """library_rating as rating
        on rating.user_id = review.user_id and rating.movie_id = review.movie_id"""
# Authors are looked up for the reviews of the page alone: a famous film has a thousand.
WRITTEN = f"""
    select review.id, review.movie_id, rating.value, review.text,
        review.created_at, review.updated_at,
        author.id, author.username, coalesce(profile.avatar_url, '')
    from (select review.* from library_review as review left join {RATED}
          where {{which}} order by {{order}} limit %s offset %s) as review
    join accounts_user as author on author.id = review.user_id
    left join accounts_profile as profile on profile.user_id = author.id
    left join {RATED}
    order by {{order}}
"""  # noqa: S608 - constants
OF_FILM, OF_PERSON = "review.movie_id = %s", "review.user_id = %s"
# No row where there is no such film, whatever number was asked for.
COUNT_OF_FILM = """
    select (select count(*) from library_review where movie_id = movie.tmdb_id)
    from catalog_movie as movie where tmdb_id = %s
"""


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote it, as everybody sees them."""

    id: UUID
    username: str
    avatar_url: str


@dataclass(frozen=True, slots=True)
class WrittenReview:
    """A review with its author; no rating when they took it back."""

    id: UUID
    movie_id: int
    rating: Decimal | None
    text: str
    created_at: datetime
    updated_at: datetime
    author: Author


@dataclass(frozen=True, slots=True)
class ReviewedFilm:
    """A review with the film that it is of."""

    id: UUID
    movie: MovieCard
    rating: Decimal | None
    text: str
    created_at: datetime
    updated_at: datetime


def reviews_of(*, movie_id: int, sort: str = "newest") -> LongList[WrittenReview]:
    """Return the reviews of a film, in an order of `REVIEW_SORTS`.

    Raises:
        MovieNotFound: the catalogue does not hold the film.
    """
    found = statements.fetched(COUNT_OF_FILM, [movie_id])
    if not found:
        raise MovieNotFound
    ((count,),) = found
    return LongList(count=lambda: count, read=partial(_read, OF_FILM, [movie_id], sort))


def newest_reviews(*, movie_id: int, limit: int) -> list[WrittenReview]:
    """Return the latest reviews of a film, with one query."""
    return _read(OF_FILM, [movie_id], "newest", limit)


def reviews(*, user: User, sort: str = "newest") -> LongList[ReviewedFilm]:
    """Return what a person has written, with the films: a page takes two queries."""

    def read(limit: int, start: int) -> list[ReviewedFilm]:
        return _with_films(_read(OF_PERSON, [user.pk], sort, limit, start))

    return LongList(count=partial(count_of, Review, user_id=user.pk), read=read)


def review(*, review_id: UUID) -> WrittenReview:
    """Return a review.

    Raises:
        ReviewNotFound: there is none.
    """
    found = _read("review.id = %s", [review_id])
    if not found:
        raise ReviewNotFound
    return found[0]


def own_review(*, user: User, movie_id: int) -> WrittenReview | None:
    """Return what a person has written about a film, if they did."""
    found = _read(f"{OF_PERSON} and {OF_FILM}", [user.pk, movie_id])
    return found[0] if found else None


def _read(
    which: str, of: list[Any], sort: str = "newest", limit: int = 1, start: int = 0
) -> list[WrittenReview]:
    sql = WRITTEN.format(which=which, order=REVIEW_SORTS[sort])
    rows = statements.fetched(sql, [*of, limit, start])
    return [
        WrittenReview(id_, about, value, text, created_at, updated_at, Author(*author))
        for id_, about, value, text, created_at, updated_at, *author in rows
    ]


def _with_films(written: list[WrittenReview]) -> list[ReviewedFilm]:
    cards = catalog.cards([each.movie_id for each in written])
    return [
        ReviewedFilm(
            id=each.id,
            movie=cards[each.movie_id],
            rating=each.rating,
            text=each.text,
            created_at=each.created_at,
            updated_at=each.updated_at,
        )
        for each in written
        if each.movie_id in cards  # unless it was taken away between the two queries
    ]
