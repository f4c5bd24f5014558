from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from moviverse.catalog.errors import MovieNotFound
from moviverse.library import selectors, services
from moviverse.library.errors import InvalidInteractions, InvalidRating, RatingNotFound
from moviverse.library.models import Interaction, Rating
from moviverse.library.services import NewEvent
from tests.factories import accounts, catalog

if TYPE_CHECKING:
    from moviverse.accounts.models import User
    from moviverse.catalog.models import Movie

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def viewer() -> User:
    return accounts.member()


@pytest.fixture
def film() -> Movie:
    return catalog.film()


def test_a_rating_is_kept(viewer: User, film: Movie) -> None:
    rating = services.rate(user=viewer, movie_id=film.pk, value=4.5, now=NOW)
    assert Rating.objects.get() == rating
    assert (rating.value, rating.rated_at) == (Decimal("4.5"), NOW)


def test_a_second_rating_takes_the_place_of_the_first(viewer: User, film: Movie) -> None:
    first = services.rate(user=viewer, movie_id=film.pk, value=4.5, now=NOW)
    second = services.rate(user=viewer, movie_id=film.pk, value=2, now=LATER)
    assert second.id == first.id
    assert Rating.objects.values_list("value", "rated_at").get() == (Decimal("2.0"), LATER)


@pytest.mark.parametrize(
    "value", [0, 0.4, 5.5, 4.25, -1, "nan", "inf", "", "four", True, Decimal("1e99")]
)
def test_a_rating_outside_the_scale_is_refused(viewer: User, film: Movie, value: Any) -> None:
    with pytest.raises(InvalidRating):
        services.rate(user=viewer, movie_id=film.pk, value=value, now=NOW)
    assert not Rating.objects.exists()


@pytest.mark.parametrize("value", ["0.0", "5.5", "4.3"])
def test_the_database_refuses_what_is_not_a_rating_too(
    viewer: User, film: Movie, value: str
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(user=viewer, movie=film, value=Decimal(value), rated_at=NOW)


def test_a_film_we_do_not_hold_cannot_be_rated(viewer: User) -> None:
    with pytest.raises(MovieNotFound):
        services.rate(user=viewer, movie_id=1, value=4, now=NOW)


def test_a_rating_can_be_taken_back_once(viewer: User, film: Movie) -> None:
    services.rate(user=viewer, movie_id=film.pk, value=4, now=NOW)
    services.unrate(user=viewer, movie_id=film.pk)
    assert not Rating.objects.exists()
    with pytest.raises(RatingNotFound):
        services.unrate(user=viewer, movie_id=film.pk)


def test_nobody_takes_back_anothers_rating(viewer: User, film: Movie) -> None:
    services.rate(user=viewer, movie_id=film.pk, value=4, now=NOW)
    with pytest.raises(RatingNotFound):
        services.unrate(user=accounts.member(), movie_id=film.pk)
    assert Rating.objects.exists()


def test_a_rate_interaction_is_the_rating_and_nothing_else(viewer: User, film: Movie) -> None:
    event = services.record(user=viewer, movie_id=film.pk, type="rate", rating=3.5, now=NOW)
    rating = Rating.objects.get()
    assert (event.id, event.type, event.rating) == (rating.id, "rate", Decimal("3.5"))
    assert not Interaction.objects.exists()


def test_a_view_is_remembered_each_time(viewer: User, film: Movie) -> None:
    for _ in range(2):
        services.record(user=viewer, movie_id=film.pk, type="view", now=NOW)
    assert Interaction.objects.filter(type="view").count() == 2


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"type": "like"}, "interaction_type"),
        ({"type": "rate"}, "rating"),
        ({"type": "view", "rating": 4}, "rating"),
    ],
)
def test_an_interaction_that_makes_no_sense_is_refused(
    viewer: User, film: Movie, event: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInteractions) as refused:
        services.record(user=viewer, movie_id=film.pk, now=NOW, **event)
    assert set(refused.value.details) == {field}


def test_an_interaction_with_a_film_we_do_not_hold_is_refused(viewer: User) -> None:
    with pytest.raises(MovieNotFound):
        services.record(user=viewer, movie_id=1, type="view", now=NOW)


def test_a_batch_is_recorded_in_its_order(viewer: User) -> None:
    one, two = catalog.films(2)
    events = services.record_batch(
        user=viewer,
        events=[
            NewEvent(one.pk, "view"),
            NewEvent(two.pk, "rate", Decimal(4)),
            NewEvent(one.pk, "rate", Decimal(1)),
            NewEvent(one.pk, "rate", Decimal("2.5")),
            NewEvent(two.pk, "select"),
        ],
        now=NOW,
    )
    assert [event.type for event in events] == ["view", "rate", "rate", "rate", "select"]
    assert [event.rating for event in events] == [None, 4, Decimal("2.5"), Decimal("2.5"), None]
    told = selectors.interactions(user=viewer)
    assert [row.type for row in told] == ["select", "rate", "rate", "view"]


def test_a_batch_with_one_wrong_entry_records_nothing_and_says_which(
    viewer: User, film: Movie
) -> None:
    events = [NewEvent(film.pk, "view"), NewEvent(1, "rate", None), NewEvent(film.pk, "adore")]
    with pytest.raises(InvalidInteractions) as refused:
        services.record_batch(user=viewer, events=events, now=NOW)
    assert set(refused.value.details) == {
        "interactions.1.movie_id",
        "interactions.1.rating",
        "interactions.2.interaction_type",
    }
    assert not Interaction.objects.exists()
