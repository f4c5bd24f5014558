"""The catalogue over HTTP: lists, one film, genres, people."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from moviverse.catalog.models import Movie, Person
from moviverse.catalog.selectors import SORTS
from tests.factories import accounts, catalog, library

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries, Settings

pytestmark = pytest.mark.django_db

CARD = {
    "tmdb_id": 949,
    "title": "Heat",
    "release_date": "1995-12-15",
    "release_year": 1995,
    "genres": ["Action", "Crime"],
    "runtime": 170,
    "vote_average": 7.7,
    "poster_url": "/posters/949.svg",
}


@pytest.fixture
def heat() -> Movie:
    return catalog.film(
        tmdb_id=949,
        title="Heat",
        released_on=date(1995, 12, 15),
        genres=("Crime", "Action"),
        runtime_minutes=170,
        vote_average=7.7,
        vote_count=1886,
        language="en",
        keywords=("heist",),
        cast=["Al Pacino"],
        directors=["Michael Mann"],
        overview="A thief and a detective.",
        popularity=17.9,
    )


def get(path: str, **query: Any) -> Any:
    return APIClient().get(path, query)


def titles(**query: Any) -> list[str]:
    return [card["title"] for card in get("/api/movies/", **query).json()["results"]]


def test_a_list_is_a_page_of_cards(heat: Movie) -> None:
    answer = get("/api/movies/")
    assert answer.json() == {
        "count": 1,
        "page": 1,
        "page_size": 20,
        "total_pages": 1,
        "next": None,
        "previous": None,
        "results": [CARD],
    }
    assert answer["X-Pagination-Item-Count"] == "1"
    assert "public" in answer["Cache-Control"]
    assert heat.pk == CARD["tmdb_id"]


@pytest.mark.parametrize("path", ["/api/movies", "/api/movies/", "/api/v1/movies"])
def test_a_list_is_at_each_of_its_addresses(path: str) -> None:
    assert get(path).status_code == 200


def test_a_list_is_turned_page_by_page_without_losing_a_film() -> None:
    catalog.films(5)
    first = get("/api/movies/", page_size=2).json()
    assert (first["count"], first["total_pages"]) == (5, 3)
    seen = [card["tmdb_id"] for card in first["results"]]
    following = first["next"]
    while following:
        page = APIClient().get(following).json()
        seen += [card["tmdb_id"] for card in page["results"]]
        following = page["next"]
    assert len(set(seen)) == len(seen) == 5


@pytest.mark.parametrize("page", ["0", "-1", "2", "9999999999999999999"])
def test_a_page_that_is_not_there_is_not_found(page: str) -> None:
    answer = get("/api/movies/", page=page)
    assert (answer.status_code, answer.json()["error"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_is_served(sort: str, heat: Movie) -> None:
    assert titles(sort=sort) == [heat.title]


def test_genres_may_be_any_or_all() -> None:
    catalog.film(title="A", genres=("Drama",), popularity=3.0)
    catalog.film(title="B", genres=("War",), popularity=2.0)
    catalog.film(title="C", genres=("Drama", "War"), popularity=1.0)
    assert titles(genre="Drama") == ["A", "C"]
    assert titles(genre=["Drama", "War"]) == ["A", "B", "C"]
    assert titles(genre="Drama,War") == ["C"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"year": 1995}, True),
        ({"year": 1996}, False),
        ({"year_from": 1990, "year_to": 1995}, True),
        ({"year": 1995, "year_from": 1990, "year_to": 1995}, True),
        ({"genre": ["action , CRIME,crime", "Action"]}, True),
        ({"year_to": 1994}, False),
        ({"language": "en"}, True),
        ({"language": "fr"}, False),
        ({"min_rating": 7.5}, True),
        ({"min_rating": 8}, False),
        ({"person": "al pacino"}, True),
        ({"person": "michael mann"}, True),
        ({"keyword": "HEIST"}, True),
        ({"genre": "crime", "year": 1995, "person": "Al Pacino", "sort": "title_asc"}, True),
    ],
)
@pytest.mark.usefixtures("heat")
def test_a_list_can_be_narrowed(query: dict[str, Any], found: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert bool(titles(**query)) is found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"genre": "Sport"}, "genre"),
        ({"genre": ""}, "genre"),
        ({"genre": "Drama,"}, "genre"),
        ({"genre": "Drama\x00"}, "genre"),
        ({"genre": ["x"] * 30}, "genre"),
        ({"year": "soon"}, "year"),
        ({"year": 0}, "year"),
        ({"year": 10**30}, "year"),
        ({"year": ["1995", "1996"]}, "year"),
        ({"year_from": 2000, "year_to": 1999}, "year_to"),
        ({"year": 1995, "year_from": 1996}, "year"),
        ({"year": 1995, "year_to": 1994}, "year"),
        ({"person": "9" * 18}, "person"),
        ({"person": "9" * 200}, "person"),
        ({"person": "٣"}, "person"),
        ({"keyword": "x" * 101}, "keyword"),
        ({"min_rating": "-0.5"}, "min_rating"),
        ({"language": "English"}, "language"),
        ({"min_rating": "nan"}, "min_rating"),
        ({"min_rating": 11}, "min_rating"),
        ({"person": "Nobody"}, "person"),
        ({"person": str(uuid4())}, "person"),
        ({"person": "\x00"}, "person"),
        ({"keyword": "unheard of"}, "keyword"),
        ({"sort": "random"}, "sort"),
        ({"sort": ""}, "sort"),
        ({"page": "one"}, "page"),
        ({"page_size": 101}, "page_size"),
        ({"page_size": 0}, "page_size"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(query: dict[str, Any], field: str) -> None:
    answer = get("/api/movies/", **query)
    assert (answer.status_code, answer.json()["error"]) == (400, "VALIDATION_ERROR")
    assert set(answer.json()["details"]) == {field}


def test_a_list_takes_five_queries_and_one_when_it_is_remembered(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    catalog.films(30, genres=("Drama", "War"), keywords=("sea",), cast=["Toshiro Mifune"])
    with django_assert_num_queries(5):  # what changed, twice; the genre, count, page
        answer = get("/api/movies/", genre="Drama")
    assert answer["X-Cache"] == "miss"
    with django_assert_num_queries(1):
        again = get("/api/movies/", genre="Drama")
    assert again["X-Cache"] == "hit"
    assert again.json() == answer.json()


def test_the_films_of_a_filter_are_counted_once_for_all_years_and_orders(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for year in (1990, 1995, 1995, 2000, None):
        catalog.film(release_year=year, genres=("Drama",))
    assert get("/api/movies/", genre="Drama", sort="title_asc").json()["count"] == 5
    asked = (({"year": 1995}, 2), ({"year_from": 1995}, 3), ({"year_to": 1994}, 1),
             ({"year": 1995, "year_from": 1990, "year_to": 2000}, 2),
             ({"year_from": 1991, "year_to": 1994}, 0))  # fmt: skip
    for years, count in asked:
        with django_assert_num_queries(4):  # what changed, twice; the genre, page
            answer = get("/api/movies/", genre="Drama", **years).json()
        assert (answer["count"], len(answer["results"])) == (count, count)


def test_somebodys_films_are_counted_as_they_are_read(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    catalog.films(3, cast=["Toshiro Mifune"])
    with django_assert_num_queries(4):  # what changed, the person, their films, cards
        answer = get("/api/movies/", person="Toshiro Mifune", page_size=2).json()
    assert (answer["count"], len(answer["results"])) == (3, 2)


def test_a_remembered_list_shows_a_new_film_at_once() -> None:
    catalog.film(title="A", popularity=1.0)
    assert titles() == ["A"]
    catalog.film(title="B", popularity=2.0)
    assert titles() == ["B", "A"]


def test_a_list_that_did_not_change_is_not_sent_again(heat: Movie) -> None:
    etag = get("/api/movies/")["ETag"]
    answer = APIClient().get("/api/movies/", HTTP_IF_NONE_MATCH=etag)
    assert (answer.status_code, answer.content) == (304, b"")
    assert heat.pk == 949


def test_a_film_is_told_whole(heat: Movie) -> None:
    answer = get(f"/api/movies/{heat.pk}/")
    film = answer.json()
    assert film.items() >= CARD.items()
    assert (film["overview"], film["language"], film["vote_count"]) == (heat.overview, "en", 1886)
    assert film["keywords"] == ["heist"]
    assert [(each["name"], each["character"]) for each in film["cast"]] == [("Al Pacino", "")]
    assert [(each["name"], each["job"]) for each in film["crew"]] == [("Michael Mann", "Director")]
    assert film["images"] == {"posters": ["/posters/949.svg"], "backdrops": []}
    assert (film["videos"], film["similar"]) == ([], [])
    assert film["ratings"]["count"] == 0
    assert "me" not in film
    assert "public" in answer["Cache-Control"]
    assert {"Authorization", "Cookie"} <= {each.strip() for each in answer["Vary"].split(",")}


def test_a_film_tells_what_the_members_think_and_what_i_do(heat: Movie) -> None:
    viewer = accounts.member()
    library.rate(viewer, {heat: 4.5})
    library.rate(accounts.member(), {heat: 2})
    answer = accounts.client_of(viewer).get(f"/api/movies/{heat.pk}/")
    film = answer.json()
    assert (film["ratings"]["average"], film["ratings"]["count"]) == (3.25, 2)
    assert film["ratings"]["distribution"]["4.5"] == 1
    assert film["me"] == {
        "rating": 4.5,
        "predicted_rating": None,
        "favorite": False,
        "in_watchlist": False,
        "progress_seconds": None,
        "reasons": [],
    }
    assert answer["Cache-Control"] == "private, no-store"


def test_parts_can_be_joined_to_a_film(heat: Movie) -> None:
    film = get(f"/api/movies/{heat.pk}/", append="similar,recommendations").json()
    assert (film["similar"], film["recommendations"]) == ([], [])


@pytest.mark.parametrize("query", [{"append": "everything"}, {"append": ""}, {"more": "1"}])
def test_parts_that_there_are_not_are_refused(heat: Movie, query: dict[str, str]) -> None:
    answer = get(f"/api/movies/{heat.pk}/", **query)
    assert (answer.status_code, answer.json()["error"]) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize("tmdb_id", ["1", "0", "9223372036854775808", "9" * 400])
def test_a_film_that_we_do_not_hold_is_not_found(tmdb_id: str) -> None:
    answer = get(f"/api/movies/{tmdb_id}/")
    assert (answer.status_code, answer.json()["error"]) == (404, "NOT_FOUND")


def test_a_film_changes_in_the_very_next_answer(heat: Movie) -> None:
    assert get(f"/api/movies/{heat.pk}/").json()["runtime"] == 170
    catalog.film(tmdb_id=949, title="Heat", runtime_minutes=171)
    assert get(f"/api/movies/{heat.pk}/").json()["runtime"] == 171


def test_a_film_takes_few_queries_and_fewer_when_it_is_remembered(
    heat: Movie, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(6):  # changed, the film, cast, crew, ratings, is it there
        get(f"/api/movies/{heat.pk}/")
    with django_assert_num_queries(2):  # what changed, the ratings
        assert get(f"/api/movies/{heat.pk}/")["X-Cache"] == "hit"


def test_genres_are_listed_by_name_with_how_many_films_they_have(
    heat: Movie, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    catalog.film(title="Ronin", genres=("Crime",))
    with django_assert_num_queries(2):  # what changed, the genres
        answer = get("/api/genres/")
    genres = answer.json()["results"]
    assert [(genre["name"], genre["movie_count"]) for genre in genres] == [
        ("Action", 1),
        ("Crime", 2),
    ]
    assert genres[0].keys() == {"id", "tmdb_id", "name", "movie_count"}
    assert genres[0]["tmdb_id"] == 28
    with django_assert_num_queries(1):
        again = get("/api/genres/")
    assert (answer["X-Cache"], again["X-Cache"]) == ("miss", "hit")
    assert get("/api/genres/", name="x").status_code == 400
    assert heat.pk == 949


def test_a_person_comes_with_their_films(
    heat: Movie, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.TMDB_API_KEY = "a key"
    pacino = Person.objects.get(name="Al Pacino")
    Person.objects.filter(pk=pacino.pk).update(profile_path="/al.jpg")
    with django_assert_num_queries(5):  # what changed, the person, roles, jobs, cards
        told = get(f"/api/people/{pacino.id}/")
    with django_assert_num_queries(1):
        again = get(f"/api/people/{pacino.id}/")
    assert (told["X-Cache"], again["X-Cache"]) == ("miss", "hit")
    assert told.content == again.content
    answer = again.json()
    assert answer["name"] == "Al Pacino"
    assert answer["profile_url"] == "https://image.tmdb.org/t/p/w185/al.jpg"
    assert answer["cast"] == [{**CARD, "character": ""}]
    assert answer["crew"] == []
    assert heat.pk == 949


def test_a_remembered_person_gains_a_film_at_once(heat: Movie) -> None:
    pacino = Person.objects.get(name="Al Pacino")
    assert len(get(f"/api/people/{pacino.id}/").json()["cast"]) == 1
    catalog.film(title="Serpico", cast=["Al Pacino"], popularity=1.0)
    films = get(f"/api/people/{pacino.id}/").json()["cast"]
    assert [film["title"] for film in films] == [heat.title, "Serpico"]


@pytest.mark.parametrize("person_id", ["00000000-0000-4000-8000-000000000001", "1", "x"])
def test_a_person_nobody_knows_is_not_found(person_id: str) -> None:
    answer = get(f"/api/people/{person_id}/")
    assert (answer.status_code, answer.json()["error"]) == (404, "NOT_FOUND")
