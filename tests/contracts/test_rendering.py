"""What a serializer writes by hand is what its fields, which the OpenAPI document shows, would say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import orjson
import pytest
from rest_framework import serializers

from moviverse.api.library.review_serializers import MyReviewSerializer, ReviewSerializer
from moviverse.api.library.saved_serializers import SavedSerializer
from moviverse.api.library.serializers import InteractionSerializer, RatingSerializer
from moviverse.api.library.viewing_serializers import WatchedSerializer
from moviverse.api.remembering import written
from moviverse.catalog.selectors import MovieCard
from moviverse.library.models import Rating
from moviverse.library.selectors import (
    Author,
    Event,
    RatedFilm,
    ReviewedFilm,
    SavedFilm,
    WatchedFilm,
    WrittenReview,
)

if TYPE_CHECKING:
    from collections.abc import Callable

HEAT = MovieCard(949, "Heat", date(1995, 12, 15), 1995, ("Crime",), 170, 7.9, "/posters/949.svg")
UNKNOWN = MovieCard(7, "", None, None, (), None, None, "")
HERE = datetime(2026, 5, 1, 12, tzinfo=UTC)
ELSEWHERE = datetime(2026, 5, 1, 12, 0, 0, 1, tzinfo=timezone(timedelta(hours=5.5)))


def said(
    card: MovieCard, at: datetime, rating: Decimal | None
) -> list[tuple[Callable[[], Any], Any]]:
    author = Author(uuid4(), "ada", "")
    return [
        (SavedSerializer, SavedFilm(uuid4(), card, in_catalog=True, added_at=at)),
        (WatchedSerializer, WatchedFilm(uuid4(), card, None, True, at, at)),  # noqa: FBT003 - a row
        (ReviewSerializer, WrittenReview(uuid4(), 949, rating, "Fine.", at, at, author)),
        (MyReviewSerializer, ReviewedFilm(uuid4(), card, rating, "Fine.", at, at)),
        (InteractionSerializer, Event(uuid4(), 949, "rate", rating, at)),
        (RatingSerializer, RatedFilm(949, Decimal("4.5"), at)),
        (RatingSerializer, Rating(movie_id=949, value=Decimal("4.5"), rated_at=at)),
    ]


@pytest.mark.parametrize("place", range(7))
@pytest.mark.parametrize(
    ("card", "at", "rating"), [(HEAT, HERE, Decimal("0.5")), (UNKNOWN, ELSEWHERE, None)]
)
def test_what_is_written_by_hand_is_what_the_fields_say(
    card: MovieCard, at: datetime, rating: Decimal | None, place: int
) -> None:
    made, row = said(card, at, rating)[place]
    serializer = made()
    by_fields = serializers.Serializer.to_representation(serializer, row)
    assert written(serializer.to_representation(row)) == written(by_fields)
    assert list(orjson.loads(written(by_fields))) == list(serializer.fields)


def test_a_moment_is_written_alike_whoever_writes_it() -> None:
    by_field = serializers.DateTimeField().to_representation(HERE)
    assert orjson.loads(written([HERE])) == [by_field] == ["2026-05-01T12:00:00Z"]
