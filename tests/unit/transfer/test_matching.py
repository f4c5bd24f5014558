"""Which film a line means, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from moviverse.catalog import services as catalog_services
from moviverse.transfer.libraries.entries import Entry, Kind
from moviverse.transfer.matching import CONFIDENT, Matcher
from tests.factories import catalog

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from moviverse.transfer.matching import Match

pytestmark = pytest.mark.django_db

FILMS = [
    (949, "Heat", 1995, 60.0, {"imdb_id": "tt0113277"}),
    (47357, "Heat", 1986, 3.0, {}),
    (603, "The Matrix", 1999, 90.0, {}),
    (194, "Amélie", 2001, 70.0, {"original_title": "Le Fabuleux Destin d'Amélie Poulain"}),
    (1367, "Rocky II", 1979, 40.0, {}),
    (1371, "Rocky III", 1982, 41.0, {}),
    (5165, "L'Avventura", 1960, 9.0, {}),
    (10, "Twins of a Year", 1990, 5.0, {}),
    (11, "Twins of a Year", 1990, 4.0, {}),
    (12, "The Grand Budapest Hotel", 2014, 80.0, {}),
    (2_000_000_001, "Ours Alone", 2020, 1.0, {}),
]


@pytest.fixture(autouse=True)
def films() -> None:
    rows = [
        catalog.row(tmdb_id=id_, title=title, release_year=year, popularity=fame, **more)
        for id_, title, year, fame, more in FILMS
    ]
    catalog_services.upsert_movies(rows, now=timezone.now())


def match(title: str = "", year: int | None = None, **ids: Any) -> Match:
    entry = Entry("x.csv", 2, Kind.RATING, title=title, year=year, **ids)
    return Matcher().matches([entry])[0]


@pytest.mark.parametrize(
    ("title", "year", "film"),
    [
        ("Heat", 1995, 949),
        ("HEAT", 1986, 47357),
        ("Heat", 1996, 949),
        ("Heat", None, 949),  # twenty times better known than its namesake
        ("Matrix, The", 1999, 603),
        ("Matrix", 1999, 603),
        ("Amelie", 2001, 194),
        ("Le fabuleux destin d'Amélie Poulain", 2001, 194),
        ("Rocky 2", 1979, 1367),
        ("Avventura, L'", 1960, 5165),
        ("The Grand Budapst Hotel", 2014, 12),
        ("Grand Budapest Hotel", 2015, 12),
    ],
)
def test_a_title_is_found_however_it_is_written(title: str, year: int | None, film: int) -> None:
    found = match(title, year)
    assert found.movie_id == film
    assert CONFIDENT <= (found.confidence or 0) < 1


@pytest.mark.parametrize(
    ("title", "year", "offered"),
    [
        ("Heat", 2013, [949, 47357]),  # a remake that we do not hold
        ("Rocky IV", 1982, [1371]),
        ("Twins of a Year", 1990, [10, 11]),
        ("Hea", 1995, [949]),
        ("Nothing Like It", 1995, []),
    ],
)
def test_what_is_not_certain_is_offered_and_not_taken(
    title: str, year: int, offered: list[int]
) -> None:
    found = match(title, year)
    assert found.movie_id is None
    assert [each.tmdb_id for each in found.candidates] == offered
    assert all(each.confidence < CONFIDENT for each in found.candidates)


def test_an_id_decides_whatever_the_title_says() -> None:
    assert match("Anything", tmdb_id=949).movie_id == 949
    assert match("Anything", imdb_id="tt0113277").movie_id == 949
    assert match("Anything", imdb_id="tt0113277").confidence == 1.0


def test_an_id_of_another_film_is_not_overruled_by_its_title() -> None:
    assert match("Heat", 1995, imdb_id="tt7777777").movie_id is None
    assert match("Heat", 1995, tmdb_id=5).movie_id is None
    assert next(each.tmdb_id for each in match("Heat", 1995, tmdb_id=5).candidates) == 949


def test_a_local_id_counts_only_with_its_title() -> None:
    assert match("Ours Alone", None, tmdb_id=2_000_000_001).confidence == 1.0
    assert match("Somebody Else's Film", 2020, tmdb_id=2_000_000_001).movie_id is None


def test_five_thousand_lines_take_few_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    titles = [(title, year) for _, title, year, _, _ in FILMS]
    entries = [
        Entry("x.csv", line, Kind.RATING, title=f"{title} {line}" if line % 2 else title, year=year)
        for line in range(5_000)
        for title, year in [titles[line % len(titles)]]
    ]
    with django_assert_max_num_queries(1):
        assert len(Matcher().matches(entries)) == 5_000
