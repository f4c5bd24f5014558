"""A person's ratings, and what else they did with films."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.core.cache import cache

from moviverse.core import statements
from moviverse.core.long_lists import LongList, count_of
from moviverse.library.errors import RatingNotFound
from moviverse.library.models import HIGHEST, LOWEST, STEP, Interaction, Rating

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from moviverse.accounts.models import User

RATE = "rate"
TYPES = (*Interaction.Type.values, RATE)
MANY, MANY_SECONDS = 2_000, 60
# Of the index alone, all of it.
COUNTED = "select value, count(*) from library_rating where movie_id = %s group by value"
RATING_SORTS = {
    "date_desc": "rated_at desc, movie_id",
    "date_asc": "rated_at, movie_id desc",
    "rating_desc": "value desc, rated_at desc, movie_id",
    "rating_asc": "value, rated_at desc, movie_id",
    "title_asc": "movie.folded_title, movie_id",
    "title_desc": "movie.folded_title desc, movie_id desc",
}
# Where the order is not by title, the database leaves the films out by itself.
RATINGS = """
    select movie_id, value, rated_at from library_rating as rating
    left join catalog_movie as movie on movie.tmdb_id = rating.movie_id
    where user_id = %s order by {order} limit %s offset %s
"""
HAPPENED = """
    select id, movie_id, type, null::numeric as rating, happened_at
    from library_interaction where user_id = %s
"""
RATED = f"""
    select id, movie_id, '{RATE}' as type, value as rating, rated_at as happened_at
    from library_rating where user_id = %s
"""  # noqa: S608 - a constant
STORY = "{told} order by happened_at desc, id limit %s offset %s"
LENGTH = "select count(*) from ({told}) as story"


@dataclass(frozen=True, slots=True)
class RatedFilm:
    """What a person thinks of a film."""

    movie_id: int
    value: Decimal
    rated_at: datetime


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


def ratings(*, user: User, sort: str = "date_desc") -> LongList[RatedFilm]:
    """Return a person's ratings, the newest first or by `RATING_SORTS`."""
    sql = RATINGS.format(order=RATING_SORTS[sort])

    def read(limit: int, start: int) -> list[RatedFilm]:
        return [RatedFilm(*row) for row in statements.fetched(sql, [user.pk, limit, start])]

    return LongList(count=partial(count_of, Rating, user_id=user.pk), read=read)


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
) -> LongList[Event]:
    """Return what a person did, the newest first.

    Args:
        user: Whose.
        type: Only of this type; ratings are those of type `rate`.
        since: Only from this moment on.
    """
    told: list[str] = []
    values: list[object] = []
    if type != RATE:
        told.append(HAPPENED)
        values.append(user.pk)
        if type is not None:
            told.append("and type = %s")
            values.append(type)
        if since is not None:
            told.append("and happened_at >= %s")
            values.append(since)
    if type is None:
        told.append("union all")
    if type in {RATE, None}:
        told.append(RATED)
        values.append(user.pk)
        if since is not None:
            told.append("and rated_at >= %s")
            values.append(since)
    story = " ".join(told)

    def count() -> int:
        ((length,),) = statements.fetched(LENGTH.format(told=story), values)
        return int(length)

    def read(limit: int, start: int) -> list[Event]:
        rows = statements.fetched(STORY.format(told=story), [*values, limit, start])
        return [Event(*row) for row in rows]

    return LongList(count=count, read=read)
