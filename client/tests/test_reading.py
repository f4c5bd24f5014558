"""From JSON to dataclasses: what is read, what is passed over and what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from moviverse_client import Movie, Rating, UnexpectedAnswer
from moviverse_client.reading import read

CARD: dict[str, Any] = {
    "tmdb_id": 949,
    "title": "Heat",
    "release_date": "1995-12-15",
    "release_year": 1995,
    "genres": ["Crime"],
    "runtime": None,
    "vote_average": 8,
    "poster_url": "/posters/949.svg",
}


@dataclass(frozen=True)
class Many:
    id: UUID
    films: tuple[Movie, ...]
    counts: dict[str, int]
    anything: Any = None


def test_dates_numbers_and_lists_have_their_types() -> None:
    film = read(Movie, CARD)
    assert film.release_date == date(1995, 12, 15)
    assert (film.vote_average, film.genres, film.runtime) == (8.0, ("Crime",), None)
    rating = read(Rating, {"tmdb_id": 1, "rating": 4.5, "rated_at": "2026-03-01T21:10:00Z"})
    assert rating.rated_at == datetime(2026, 3, 1, 21, 10, tzinfo=UTC)


def test_what_stands_within_is_read_too() -> None:
    number = UUID(int=7)
    many = read(Many, {"id": str(number), "films": [CARD], "counts": {"4.5": 2}})
    assert (many.id, many.films[0].title, many.counts, many.anything) == (
        number,
        "Heat",
        {"4.5": 2},
        None,
    )


def test_a_field_of_a_newer_server_is_passed_over() -> None:
    assert read(Movie, {**CARD, "colour": "blue"}) == read(Movie, CARD)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": None}, "Movie.title: None"),
        ({"tmdb_id": "949"}, "Movie.tmdb_id: '949'"),
        ({"tmdb_id": True}, "Movie.tmdb_id: True"),
        ({"release_date": "soon"}, "Movie.release_date: 'soon'"),
        ({"genres": "Crime"}, "Movie.genres: 'Crime'"),
        ({"genres": [7]}, r"Movie.genres\[\]: 7"),
        ({"vote_average": []}, "Movie.vote_average"),
    ],
)
def test_a_breach_of_the_contract_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(UnexpectedAnswer, match=said):
        read(Movie, {**CARD, **change})


def test_a_missing_field_is_named() -> None:
    with pytest.raises(UnexpectedAnswer, match=r"Movie\.title is missing"):
        read(Movie, {name: value for name, value in CARD.items() if name != "title"})
