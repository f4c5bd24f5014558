"""Rating films, and recording what else a person does with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from django.db import transaction

from moviverse.catalog import selectors as catalog
from moviverse.catalog.errors import MovieNotFound
from moviverse.library.errors import InvalidInteractions, InvalidRating, RatingNotFound
from moviverse.library.models import HIGHEST, LOWEST, STEP, Interaction, Rating
from moviverse.library.selectors import RATE, TYPES, Event

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from moviverse.accounts.models import User


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Something to record: `type` is one of `view`, `select`, `recommend`, `rate`."""

    movie_id: int
    type: str
    rating: Decimal | None = None


def rate(*, user: User, movie_id: int, value: Decimal | float | str, now: datetime) -> Rating:
    """Set what `user` thinks of a film, in place of what they thought before.

    Raises:
        InvalidRating: `value` is not 0.5 to 5.0 in half steps.
        MovieNotFound: the catalogue does not hold the film.
    """
    exact = _exact(value)
    with transaction.atomic():
        if not catalog.exists(tmdb_id=movie_id):
            raise MovieNotFound
        return _set_ratings(user=user, values={movie_id: exact}, times={movie_id: now})[0]


def unrate(*, user: User, movie_id: int) -> None:
    """Take `user`'s rating of a film back.

    Raises:
        RatingNotFound: there is none.
    """
    deleted, _ = Rating.objects.filter(user=user, movie_id=movie_id).delete()
    if not deleted:
        raise RatingNotFound


def record(
    *,
    user: User,
    movie_id: int,
    type: str,  # noqa: A002 - the field's name in the contract of this service
    rating: Decimal | float | None = None,
    now: datetime,
) -> Event:
    """Remember that `user` did something with a film; a `rate` sets the rating.

    Raises:
        InvalidInteractions: an unknown type, a `rate` without a rating, a rating without `rate`.
        InvalidRating: the rating is not 0.5 to 5.0 in half steps.
        MovieNotFound: the catalogue does not hold the film.
    """
    exact = None if rating is None else _exact(rating)
    event = NewEvent(movie_id=movie_id, type=type, rating=exact)
    wrong = _wrong(event)
    if wrong:
        raise InvalidInteractions(fields=wrong)
    if not catalog.exists(tmdb_id=movie_id):
        raise MovieNotFound
    return record_batch(user=user, events=[event], now=now)[0]


def record_batch(*, user: User, events: Sequence[NewEvent], now: datetime) -> list[Event]:
    """Remember all of `events`, in their order, or none.

    Of several ratings of one film the last one holds, and is what each of them is answered with.

    Raises:
        InvalidInteractions: `details` names each wrong field as `interactions.<index>.<field>`.
    """
    held = catalog.known({event.movie_id for event in events})
    wrong = {
        f"interactions.{index}.{name}": said
        for index, event in enumerate(events)
        for name, said in _wrong(event, held=held).items()
    }
    if wrong:
        raise InvalidInteractions(fields=wrong)
    times = [now + timedelta(microseconds=index) for index in range(len(events))]
    ratings = {event.movie_id: event.rating for event in events if event.rating is not None}
    rated_at = {
        event.movie_id: time for event, time in zip(events, times, strict=True) if event.rating
    }
    with transaction.atomic():
        kept = {
            rating.movie_id: Event(
                id=rating.id,
                movie_id=rating.movie_id,
                type=RATE,
                rating=rating.value,
                happened_at=rating.rated_at,
            )
            for rating in _set_ratings(user=user, values=ratings, times=rated_at)
        }
        rows = Interaction.objects.bulk_create(
            Interaction(user=user, movie_id=event.movie_id, type=event.type, happened_at=time)
            for event, time in zip(events, times, strict=True)
            if event.type != RATE
        )
    others = iter(rows)
    return [
        kept[event.movie_id] if event.type == RATE else _event(next(others)) for event in events
    ]


def _event(row: Interaction) -> Event:
    return Event(
        id=row.id,
        movie_id=row.movie_id,
        type=row.type,
        rating=None,
        happened_at=row.happened_at,
    )


def _set_ratings(
    *, user: User, values: dict[int, Decimal], times: dict[int, datetime]
) -> list[Rating]:
    """Write ratings in one statement: of parallel writers one comes last, and none fails."""
    rows = [
        Rating(user=user, movie_id=movie_id, value=values[movie_id], rated_at=times[movie_id])
        for movie_id in sorted(values)  # one order for all, so that none waits in a ring
    ]
    Rating.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["user", "movie"],
        update_fields=["value", "rated_at"],
    )
    ids = dict(Rating.objects.filter(user=user, movie_id__in=values).values_list("movie_id", "id"))
    for row in rows:
        row.id = ids[row.movie_id]  # of the row that was there before, if there was one
    return rows


def _exact(value: Decimal | float | str) -> Decimal:
    try:
        exact = Decimal(str(value))
        if not LOWEST <= exact <= HIGHEST or exact % STEP:
            raise InvalidRating
    except InvalidOperation as error:
        raise InvalidRating from error
    return exact


def _wrong(event: NewEvent, *, held: set[int] | None = None) -> dict[str, list[str]]:
    wrong = {}
    if event.type not in TYPES:
        wrong["interaction_type"] = [f"Choose one of {', '.join(TYPES)}."]
    if event.type == RATE and event.rating is None:
        wrong["rating"] = ["A `rate` needs a rating."]
    if event.type != RATE and event.rating is not None:
        wrong["rating"] = ["Only a `rate` has a rating."]
    if held is not None and event.movie_id not in held:
        wrong["movie_id"] = [MovieNotFound.message]
    return wrong
