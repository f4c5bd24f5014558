"""A person's ratings, and what else they did with films."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db.models import CharField, DecimalField, F, Value

from moviverse.core import statements
from moviverse.library.errors import RatingNotFound
from moviverse.library.models import HIGHEST, LOWEST, STEP, Interaction, Rating

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal
    from typing import Any
    from uuid import UUID

    from django.db.models import QuerySet

    from moviverse.accounts.models import User

RATE = "rate"
TYPES = (*Interaction.Type.values, RATE)
MANY, MANY_SECONDS = 2_000, 60
# Of the index alone, all of it.
COUNTED = "select value, count(*) from library_rating where movie_id = %s group by value"
RATING_SORTS = {
    "date_desc": ("-rated_at", "movie_id"),
    "date_asc": ("rated_at", "-movie_id"),
    "rating_desc": ("-value", "-rated_at", "movie_id"),
    "rating_asc": ("value", "-rated_at", "movie_id"),
    "title_asc": ("movie__folded_title", "movie_id"),
    "title_desc": ("-movie__folded_title", "-movie_id"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a person did with a film; `rating` only where they rated it."""

    id: UUID
    movie_id: int
    type: str
    rating: Decimal | None
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class RatingsSummary:
    """What the members think of a film: `distribution` counts each half step."""

    average: float | None
    count: int
    distribution: dict[str, int]


def ratings(*, user: User, sort: str = "date_desc") -> QuerySet[Rating]:
    """Return a person's ratings, the newest first or by `RATING_SORTS`."""
    return Rating.objects.filter(user=user).order_by(*RATING_SORTS[sort])


def rating(*, user: User, movie_id: int) -> Rating:
    """Return what `user` thinks of a film.

    Raises:
        RatingNotFound: they have not rated it.
    """
    found = Rating.objects.filter(user=user, movie_id=movie_id).first()
    if found is None:
        raise RatingNotFound
    return found


def value(*, user: User, movie_id: int) -> float | None:
    """Return the rating that `user` gave a film, if they did."""
    found = Rating.objects.filter(user=user, movie_id=movie_id).values_list("value", flat=True)
    given = found.first()
    return None if given is None else float(given)


def summary(*, movie_id: int) -> RatingsSummary:
    """Return what the members think of a film.

    Of a film that `MANY` rated it may be `MANY_SECONDS` old: counting them all takes longer than
    the rest of a page, and one more changes nothing that is shown.
    """
    key = f"movie:{movie_id}:ratings"
    kept: RatingsSummary | None = cache.get(key)
    if kept is not None:
        return kept
    counted = _summarised(movie_id)
    if counted.count >= MANY:
        cache.set(key, counted, MANY_SECONDS)
    return counted


def _summarised(movie_id: int) -> RatingsSummary:
    counted: dict[Decimal, int] = dict(statements.fetched(COUNTED, [movie_id]))
    count = sum(counted.values())
    total = sum(value * times for value, times in counted.items())
    steps = [LOWEST + STEP * step for step in range(int((HIGHEST - LOWEST) / STEP) + 1)]
    return RatingsSummary(
        average=round(float(total / count), 2) if count else None,
        count=count,
        distribution={str(step): counted.get(step, 0) for step in steps},
    )


def interactions(
    *,
    user: User,
    type: str | None = None,  # noqa: A002 - the field's name
    since: datetime | None = None,
) -> QuerySet[Any, Any]:
    """Return what a person did, the newest first: rows with the fields of `Event`.

    Args:
        user: Whose.
        type: Only of this type; ratings are those of type `rate`.
        since: Only from this moment on.
    """
    happened = Interaction.objects.filter(user=user)
    rated = Rating.objects.filter(user=user)
    if since is not None:
        happened = happened.filter(happened_at__gte=since)
        rated = rated.filter(rated_at__gte=since)
    others: QuerySet[Any, Any] = (happened.filter(type=type) if type else happened).values(
        "id",
        "movie_id",
        "type",
        "happened_at",
        rating=Value(None, output_field=DecimalField(max_digits=2, decimal_places=1)),
    )
    ratings_told: QuerySet[Any, Any] = rated.values(
        "id",
        "movie_id",
        type=Value(RATE, output_field=CharField()),
        happened_at=F("rated_at"),
        rating=F("value"),
    )
    newest = ("-happened_at", "id")
    if type == RATE:
        return ratings_told.order_by(*newest)
    if type:
        return others.order_by(*newest)
    return others.union(ratings_told, all=True).order_by(*newest)
