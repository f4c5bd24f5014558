from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection

from moviverse.catalog import selectors
from moviverse.catalog.errors import MovieNotFound, PersonNotFound, UnknownFilterValue
from moviverse.catalog.models import Person
from moviverse.catalog.rows import CastRow
from moviverse.catalog.selectors import CardList, MovieFilters
from tests.factories import catalog

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from pytest_django import DjangoAssertNumQueries, Settings

    from moviverse.catalog.models import Movie

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf() -> None:
    """Three films that differ in everything a list can ask for."""
    catalog.film(title="Heat", tmdb_id=949, released_on=date(1995, 12, 15), language="en",
                 genres=("Crime", "Action"), vote_average=7.7, vote_count=10, popularity=9.0,
                 keywords=("heist",), directors=["Michael Mann"], cast=["Al Pacino"],
                 runtime_minutes=170)  # fmt: skip
    catalog.film(title="Ágora", tmdb_id=2, released_on=date(2009, 5, 1), language="es",
                 genres=("Drama", "War"), vote_average=7.7, vote_count=20, popularity=5.0,
                 keywords=("religion",))  # fmt: skip
    catalog.film(title="zero", tmdb_id=3, genres=("Drama",), popularity=7.0, cast=["Al Pacino"])


def titles(**filters: Any) -> list[str]:
    return [film.title for film in selectors.movies(MovieFilters(**filters))]


def plan(films: QuerySet[Movie]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
    return films.explain()


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("popularity_desc", ["Heat", "zero", "Ágora"]),
        ("popularity_asc", ["Ágora", "zero", "Heat"]),
        ("title_asc", ["Ágora", "Heat", "zero"]),
        ("title_desc", ["zero", "Heat", "Ágora"]),
        ("year_asc", ["Heat", "Ágora", "zero"]),  # what has no year comes last, either way
        ("year_desc", ["Ágora", "Heat", "zero"]),
        ("rating_asc", ["Heat", "Ágora", "zero"]),
        ("rating_desc", ["Ágora", "Heat", "zero"]),  # more votes decide
        ("added_desc", ["zero", "Ágora", "Heat"]),
    ],
)
def test_films_come_in_the_order_asked_for(sort: str, order: list[str]) -> None:
    assert titles(sort=sort) == order


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("sort", selectors.SORTS)
def test_every_order_reads_an_index_instead_of_sorting(sort: str) -> None:
    read = plan(selectors.movies(MovieFilters(sort=sort))[:20])
    assert "Index" in read
    assert "Sort" not in read


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"genres": (("Drama",),)}, {"Ágora", "zero"}),
        ({"genres": (("drama",), ("CRIME",))}, {"Ágora", "zero", "Heat"}),
        ({"genres": (("Drama", "War"),)}, {"Ágora"}),
        ({"genres": (("Drama", "Crime"),)}, set()),
        ({"genres": (("Drama", "War"), ("Action",))}, {"Ágora", "Heat"}),
        ({"year": 1995}, {"Heat"}),
        ({"year_from": 1996}, {"Ágora"}),
        ({"year_from": 1995, "year_to": 1995}, {"Heat"}),
        ({"language": "ES"}, {"Ágora"}),
        ({"min_rating": 7.7}, {"Heat", "Ágora"}),
        ({"keyword": "Heist"}, {"Heat"}),
        ({"person": "al pacino"}, {"Heat", "zero"}),
        ({"person": "Michael Mann"}, {"Heat"}),
        ({"person": "Al Pacino", "year": 1995}, {"Heat"}),
    ],
)
def test_films_can_be_narrowed(filters: dict[str, Any], found: set[str]) -> None:
    assert set(titles(**filters)) == found


@pytest.mark.usefixtures("shelf")
def test_a_person_can_be_given_by_either_id() -> None:
    mann = Person.objects.get(name="Michael Mann")
    assert titles(person=str(mann.id)) == ["Heat"]
    Person.objects.filter(pk=mann.pk).update(tmdb_id=638)
    assert titles(person="638") == ["Heat"]


@pytest.mark.parametrize(
    "filters",
    [
        {"genres": (("Sport",),)},
        {"sort": "random"},
        {"keyword": "unheard of"},
        {"person": "Nobody"},
        {"person": str(uuid4())},
    ],
)
def test_what_the_catalogue_does_not_know_is_refused(filters: dict[str, Any]) -> None:
    with pytest.raises(UnknownFilterValue):
        selectors.movies(MovieFilters(**filters))


@pytest.mark.usefixtures("shelf")
def test_cards_hold_what_a_list_shows_with_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        found = selectors.cards([3, 949, 1, 949])
    assert list(found) == [3, 949]
    assert found[949] == selectors.MovieCard(
        tmdb_id=949,
        title="Heat",
        release_date=date(1995, 12, 15),
        release_year=1995,
        genres=("Action", "Crime"),
        runtime=170,
        vote_average=7.7,
        poster_url="/posters/949.svg",
    )


def test_no_cards_need_no_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert selectors.cards([]) == {}


def test_a_poster_is_tmdbs_where_this_site_may_use_it(settings: Settings) -> None:
    film = catalog.film(poster_path="/abc.jpg")
    assert selectors.cards([film.pk])[film.pk].poster_url == f"/posters/{film.pk}.svg"
    settings.TMDB_API_KEY = "a key"
    url = "https://image.tmdb.org/t/p/w500/abc.jpg"
    assert selectors.cards([film.pk])[film.pk].poster_url == url


@pytest.mark.usefixtures("shelf")
def test_a_long_list_is_counted_once_and_read_by_slices(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    films = CardList(selectors.movies(MovieFilters(sort="title_desc")))
    with django_assert_num_queries(2):
        assert (len(films), len(films)) == (3, 3)
        assert [card.title for card in films[1:3]] == ["Heat", "Ágora"]
    assert films[0].title == "zero"


@pytest.mark.usefixtures("shelf")
def test_small_lists_of_the_catalogue() -> None:
    names = [genre.name for genre in selectors.genres()]
    assert names == ["Action", "Crime", "Drama", "War"]
    assert selectors.languages() == ["en", "es"]
    assert selectors.known([949, 1, 2]) == {949, 2}
    assert selectors.exists(tmdb_id=949)
    assert not selectors.exists(tmdb_id=1)


@pytest.mark.usefixtures("shelf")
def test_a_film_is_told_whole_with_three_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(3):
        film = selectors.movie(tmdb_id=949)
    assert (film.card.title, film.card.genres) == ("Heat", ("Action", "Crime"))
    assert film.keywords == ("heist",)
    assert [credit.name for credit in film.directors] == ["Michael Mann"]
    assert [credit.name for credit in film.cast] == ["Al Pacino"]


def test_a_film_we_do_not_hold_is_not_found() -> None:
    with pytest.raises(MovieNotFound):
        selectors.movie(tmdb_id=2**63 - 1)


def test_a_person_comes_with_their_films_the_best_known_first_with_four_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    catalog.film(title="Small", cast=(CastRow("Clint Eastwood", "Frank"),), popularity=1.0)
    catalog.film(title="Big", cast=["Clint Eastwood"], directors=["Clint Eastwood"],
                 popularity=9.0)  # fmt: skip
    eastwood = Person.objects.get()
    with django_assert_num_queries(4):
        person = selectors.person(person_id=eastwood.id)
    assert person.name == "Clint Eastwood"
    assert [(film.title, part) for film, part in person.acted_in] == [
        ("Big", ""),
        ("Small", "Frank"),
    ]
    assert [(film.title, job) for film, job in person.worked_on] == [("Big", "Director")]


def test_a_person_nobody_knows_is_not_found() -> None:
    with pytest.raises(PersonNotFound):
        selectors.person(person_id=uuid4())
