"""What people turn to now, over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from tests.factories import accounts, catalog

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from moviverse.catalog.models import Movie

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf() -> list[Movie]:
    """Three films, of which the least known has just been watched."""
    films = [
        catalog.film(title="Known", popularity=9.0, genres=("Drama",)),
        catalog.film(title="Less known", popularity=5.0, genres=("War",)),
        catalog.film(title="Watched", popularity=1.0, genres=("War", "Drama")),
    ]
    client = accounts.client_of(accounts.member())
    told = {"movie_id": films[-1].pk, "interaction_type": "view"}
    assert client.post("/api/interactions/", told, format="json").status_code == 201
    return films


def get(**query: Any) -> Any:
    return APIClient().get("/api/movies/trending/", query)


def titles(**query: Any) -> list[str]:
    return [film["title"] for film in get(**query).json()["results"]]


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("time_range", ["day", "week"])
def test_what_was_watched_comes_before_what_is_known(time_range: str) -> None:
    answer = get(time_range=time_range)
    body = answer.json()
    assert [film["title"] for film in body["results"]] == ["Watched", "Known", "Less known"]
    assert (body["time_range"], body["source"], body["count"]) == (time_range, "both", 3)
    first, second = body["results"][:2]
    assert (first["views"], first["viewers"]) == (1, 1)
    assert first["score"] == pytest.approx(1.0, abs=0.01)
    assert (second["score"], second["views"]) == (None, 0)
    assert set(first) >= {"tmdb_id", "title", "genres", "release_year", "runtime", "poster_url"}
    assert datetime.fromisoformat(body["generated_at"]).tzinfo is not None


def test_where_nothing_happens_the_source_is_popularity() -> None:
    catalog.film(title="Known")
    assert get().json()["source"] == "popularity"


@pytest.mark.usefixtures("shelf")
def test_trends_can_be_limited_and_of_a_genre() -> None:
    assert titles(limit=1) == ["Watched"]
    assert titles(genre="War") == ["Watched", "Less known"]
    assert titles(genre="war,drama") == ["Watched"]
    assert titles(genre=["War", "Drama"]) == ["Watched", "Known", "Less known"]


@pytest.mark.usefixtures("shelf")
def test_trends_take_one_query_when_they_are_remembered(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    get()
    cache.clear()  # it has been counted, as a worker does every minute
    with django_assert_num_queries(10):
        # what changed, whether it was emptied; which days are due, what happened (with a limit), what may be shown, what is popular, cards
        first = get()
    with django_assert_num_queries(3):  # the same two, the cards
        longer = get(limit=100)
    with django_assert_num_queries(1):
        again = get()
    assert [each["X-Cache"] for each in (first, longer, again)] == ["miss", "hit", "hit"]
    assert first.json() == longer.json() == again.json()
    same = APIClient().get("/api/movies/trending/", HTTP_IF_NONE_MATCH=first["ETag"])
    assert same.status_code == 304
    assert "public" in first["Cache-Control"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"time_range": "year"}, "time_range"),
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"genre": "Sport"}, "genre"),
        ({"genre": ""}, "genre"),
        ({"page": 1}, "page"),
    ],
)
def test_what_there_is_no_trend_of_is_refused_by_name(query: dict[str, Any], field: str) -> None:
    answer = get(**query)
    assert (answer.status_code, answer.json()["error"]) == (400, "VALIDATION_ERROR")
    assert set(answer.json()["details"]) == {field}
