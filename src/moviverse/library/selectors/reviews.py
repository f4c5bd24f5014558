"""What people write about films. A review shows the rating that its author gives the film now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, OuterRef, Subquery

from moviverse.catalog import selectors as catalog
from moviverse.catalog.errors import MovieNotFound
from moviverse.library.errors import ReviewNotFound
from moviverse.library.models import Rating, Review

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from decimal import Decimal
    from typing import Any
    from uuid import UUID

    from django.db.models import QuerySet
    from django.db.models.expressions import OrderBy

    from moviverse.accounts.models import User
    from moviverse.catalog.selectors import MovieCard

REVIEW_SORTS: dict[str, tuple[str | OrderBy, ...]] = {
    "newest": ("-created_at", "id"),
    "highest": (F("rating").desc(nulls_last=True), "-created_at", "id"),
    "lowest": (F("rating").asc(nulls_last=True), "-created_at", "id"),
}
RATING_NOW = Subquery(
    Rating.objects.filter(user=OuterRef("user"), movie=OuterRef("movie")).values("value")[:1]
)


@dataclass(frozen=True, slots=True)
class ReviewedFilm:
    """A review with the film that it is of."""

    id: UUID
    movie: MovieCard
    rating: Decimal | None
    text: str
    created_at: datetime
    updated_at: datetime


def reviews_of(*, movie_id: int, sort: str = "newest") -> QuerySet[Any]:
    """Return the reviews of a film with their authors and ratings, in an order of `REVIEW_SORTS`.

    Raises:
        MovieNotFound: the catalogue does not hold the film.
    """
    if not catalog.exists(tmdb_id=movie_id):
        raise MovieNotFound
    return _with_ratings().filter(movie_id=movie_id).order_by(*REVIEW_SORTS[sort])


def newest_reviews(*, movie_id: int, limit: int) -> list[Any]:
    """Return the latest reviews of a film with their authors and ratings, with one query."""
    written = _with_ratings().filter(movie_id=movie_id).order_by(*REVIEW_SORTS["newest"])
    return list(written[:limit])


def reviews(*, user: User, sort: str = "newest") -> QuerySet[Any]:
    """Return what a person has written, with their ratings."""
    return _with_ratings().filter(user=user).order_by(*REVIEW_SORTS[sort])


def review(*, review_id: UUID) -> Any:
    """Return a review with its author and rating.

    Raises:
        ReviewNotFound: there is none.
    """
    found = _with_ratings().filter(id=review_id).first()
    if found is None:
        raise ReviewNotFound
    return found


def own_review(*, user: User, movie_id: int) -> Any | None:
    """Return what a person has written about a film, if they did."""
    return _with_ratings().filter(user=user, movie_id=movie_id).first()


def reviewed_films(rows: Iterable[Any]) -> list[ReviewedFilm]:
    """Return reviews with their films, with one query more."""
    written = list(rows)
    cards = catalog.cards([row.movie_id for row in written])
    return [
        ReviewedFilm(
            id=row.id,
            movie=cards[row.movie_id],
            rating=row.rating,
            text=row.text,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in written
        if row.movie_id in cards  # unless it was taken away between the two queries
    ]


def _with_ratings() -> QuerySet[Any]:
    return Review.objects.select_related("user__profile").annotate(rating=RATING_NOW)
