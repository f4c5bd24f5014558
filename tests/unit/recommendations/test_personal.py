"""A list is made once for all that somebody has said, and anew after one word more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from moviverse.catalog.models import Movie
from moviverse.library import services as library
from moviverse.recommendations import shelf
from moviverse.recommendations.services import recommend_for
from moviverse.recommendations.wishes import Wish
from moviverse_engine.models import Hybrid
from tests.factories import accounts

if TYPE_CHECKING:
    from moviverse.accounts.models import User
    from moviverse.recommendations.wishes import Answer
    from tests.factories.recommendations import Site

NOW = timezone.now()


class Readings:
    """Counts how often the model was asked what it makes of a history."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        original = Hybrid.reading

        def reading(model: Hybrid, history: Any) -> Any:
            self.count += 1
            return original(model, history)

        monkeypatch.setattr(Hybrid, "reading", reading)


@pytest.fixture
def viewer(site: Site) -> User:
    user = accounts.member(now=NOW)
    for movie_id in site.ids[20:27]:
        library.rate(user=user, movie_id=movie_id, value=4.5, now=NOW)
    return user


@pytest.fixture
def readings(viewer: User, monkeypatch: pytest.MonkeyPatch) -> Readings:
    asked(viewer)
    return Readings(monkeypatch)


def asked(user: User, wish: Wish | None = None) -> Answer:
    return recommend_for(user=user, wish=wish or Wish(), now=NOW)


def test_a_list_that_is_asked_for_again_is_not_scored_again(
    viewer: User, readings: Readings
) -> None:
    first, again = asked(viewer), asked(viewer)
    assert readings.count == 0
    assert again.results == first.results
    assert again.request_id != first.request_id
    assert again.cursor != first.cursor


def test_one_more_rating_makes_another_list(viewer: User, readings: Readings, site: Site) -> None:
    first = asked(viewer)
    library.rate(user=viewer, movie_id=site.ids[30], value=1, now=NOW)
    again = asked(viewer)
    assert readings.count == 1
    assert [each.score for each in again.results] != [each.score for each in first.results]


def test_a_film_that_was_watched_makes_another_list(viewer: User, readings: Readings) -> None:
    first = asked(viewer).results[0].movie.tmdb_id
    library.watch(user=viewer, movie_id=first, now=NOW)
    assert first not in [each.movie.tmdb_id for each in asked(viewer).results]
    assert readings.count == 1


def test_another_wish_makes_another_list(viewer: User, readings: Readings) -> None:
    assert len(asked(viewer, Wish(limit=7)).results) == 7
    assert readings.count == 1


def test_another_version_of_the_model_makes_another_list(
    viewer: User, readings: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = replace(shelf.served("Hybrid"), version="newer")
    monkeypatch.setattr(shelf, "served", lambda _name: newer)
    assert asked(viewer).model_version == "newer"
    assert readings.count == 1


def test_a_film_that_was_renamed_has_its_new_title(viewer: User, readings: Readings) -> None:
    film = asked(viewer).results[0].movie
    Movie.objects.filter(pk=film.tmdb_id).update(title="Another Title")
    assert asked(viewer).results[0].movie == replace(film, title="Another Title")
    assert readings.count == 0


def test_a_film_that_has_left_makes_room_for_the_next(viewer: User, readings: Readings) -> None:
    before = [each.movie.tmdb_id for each in asked(viewer).results]
    Movie.objects.filter(pk=before[0]).delete()
    after = asked(viewer).results
    assert [each.movie.tmdb_id for each in after][:-1] == before[1:]
    assert [each.rank for each in after] == list(range(1, 21))
    assert readings.count == 1


def test_two_who_said_the_same_are_told_the_same(
    viewer: User, readings: Readings, site: Site
) -> None:
    other = accounts.member(now=NOW)
    for movie_id in site.ids[20:27]:
        library.rate(user=other, movie_id=movie_id, value=4.5, now=NOW)
    assert asked(other).results == asked(viewer).results
    assert readings.count == 0
