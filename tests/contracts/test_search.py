"""The search and the suggestions over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from rest_framework.test import APIClient

from moviverse.catalog.models import Movie
from tests.factories import catalog

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

PATHS = ["/api/movies/search/", "/api/search/", "/api/search", "/api/v1/movies/search"]


@pytest.fixture(autouse=True)
def shelf() -> None:
    catalog.film(title="Heat", popularity=5.0, genres=("Crime",), release_year=1995)
    catalog.film(title="Red Heat", popularity=9.0, genres=("Action",), cast=["Al Pacino"])
    catalog.film(title="Amélie", popularity=7.0, overview="Warm hearts in the heat of Paris.")


def get(path: str, **query: Any) -> Any:
    return APIClient().get(path, query)


def titles(path: str = "/api/search/", **query: Any) -> list[str]:
    return [card["title"] for card in get(path, **query).json()["results"]]


@pytest.mark.parametrize("path", PATHS)
def test_a_search_is_at_each_of_its_addresses(path: str) -> None:
    assert titles(path, q="heat") == ["Heat", "Red Heat", "Amélie"]


def test_a_search_forgives_case_accents_and_typos() -> None:
    assert titles(q="AMELIE") == titles(q="ameile") == ["Amélie"]


def test_a_search_can_be_narrowed_and_paged() -> None:
    assert titles(q="heat", genre="Crime") == ["Heat"]
    assert titles(q="heat", year=1995) == ["Heat"]
    answer = get("/api/search/", q="heat", page=2, page_size=2)
    assert [card["title"] for card in answer.json()["results"]] == ["Amélie"]
    assert answer.json()["count"] == 3


def test_a_search_that_finds_nothing_is_an_empty_page() -> None:
    answer = get("/api/search/", q="zzzzzz")
    assert (answer.status_code, answer.json()["count"]) == (200, 0)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": "  "}, "q"),
        ({"q": "a" * 201}, "q"),
        ({"q": "a\x00b"}, "q"),
        ({"q": "heat", "genre": "Sport"}, "genre"),
        ({"q": "heat", "year": "x"}, "year"),
        ({"q": "heat", "colour": "red"}, "colour"),
        ({"q": ["heat", "cold"]}, "q"),
    ],
)
def test_what_cannot_be_searched_is_refused_by_name(query: dict[str, Any], field: str) -> None:
    answer = get("/api/search/", **query)
    assert (answer.status_code, answer.json()["error"]) == (400, "VALIDATION_ERROR")
    assert set(answer.json()["details"]) == {field}


@pytest.mark.parametrize("path", ["/api/search/", "/api/movies/suggest/"])
def test_words_without_a_letter_are_refused(path: str) -> None:
    answer = get(path, q="?!")
    assert (answer.status_code, answer.json()["message"]) == (400, "Say what to search for.")
    assert set(answer.json()["details"]) == {"q"}


@pytest.mark.parametrize(
    "q", ["'; drop table", "a:* & b", "\\x", "(((x", "%x%", "ﷺ" * 50, "🎬 heat"]
)
def test_no_words_break_the_search(q: str) -> None:
    assert get("/api/search/", q=q).status_code == 200


def test_a_search_takes_four_queries_and_one_when_it_is_remembered(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    get("/api/search/", q="warm up")
    with django_assert_num_queries(4):  # what changed, twice; the words, the cards
        answer = get("/api/search/", q="heat")
    with django_assert_num_queries(1):
        again = get("/api/search/", q="heat")
    assert (answer["X-Cache"], again["X-Cache"]) == ("miss", "hit")


def test_a_film_that_was_deleted_meanwhile_leaves_no_gap() -> None:
    assert titles(q="heat")[0] == "Heat"
    Movie.objects.filter(title="Heat").delete()
    assert "Heat" not in titles(q="red heat")


def test_suggestions_complete_films_people_and_genres(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    get("/api/movies/suggest/", q="warm up")
    with django_assert_num_queries(3):  # what changed, twice; the cards
        first = get("/api/movies/suggest/", q="a")
    with django_assert_num_queries(1):
        again = get("/api/movies/suggest/", q="a")
    assert (first["X-Cache"], again["X-Cache"]) == ("miss", "hit")
    answer = again.json()
    assert [card["title"] for card in answer["movies"]] == ["Amélie"]
    assert [person["name"] for person in answer["people"]] == ["Al Pacino"]
    assert answer["genres"] == ["Action"]


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "a", "page": 1}])
def test_suggestions_for_nothing_are_refused(query: dict[str, Any]) -> None:
    assert get("/api/movies/suggest/", **query).status_code == 400
