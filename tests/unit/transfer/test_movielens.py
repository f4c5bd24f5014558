from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from moviverse.catalog.models import FIRST_LOCAL_ID, Movie
from moviverse.transfer import movielens
from tests.factories import catalog

if TYPE_CHECKING:
    from moviverse.transfer.movielens import CatalogueReport

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Film:
    movie_id: int
    title: str
    year: int | None = None
    genres: tuple[str, ...] = ()
    tmdb_id: int | None = None
    imdb_id: str | None = None


TOY_STORY = Film(1, "Toy Story", 1995, ("Animation", "Children"), 862, "tt0114709")
LOST = Film(2, "A Lost Film", 1931)
EMMA = Film(3, "Emma", 1996, tmdb_id=12_222)
EMMA_AGAIN = Film(4, "Emma", 1996, tmdb_id=12_222)


def nothing(fraction: float, message: str) -> None:
    """Stand in for a bar that nobody looks at."""


def take_in(*films: Film, source: str = "movielens") -> CatalogueReport:
    return movielens.import_catalogue(films=films, now=NOW, progress=nothing, source=source)


def test_every_film_arrives_and_the_report_says_how() -> None:
    report = take_in(TOY_STORY, LOST, EMMA, EMMA_AGAIN)
    assert report.public_ids == {1: 862, 2: FIRST_LOCAL_ID, 3: 12_222, 4: FIRST_LOCAL_ID + 1}
    assert (report.films, report.created, report.updated) == (4, 4, 0)
    assert report.local_ids == ((FIRST_LOCAL_ID, "A Lost Film"), (FIRST_LOCAL_ID + 1, "Emma"))
    assert report.duplicate_links == ((12_222, (3, 4)),)
    assert str(report) == (
        "4 films: 4 new, 0 completed, 0 as before.\n"
        "2 have a local id: A Lost Film (2000000000), Emma (2000000001).\n"
        "TMDb's 12222 is claimed by 3, 4: the first has it."
    )


def test_a_long_report_is_cut() -> None:
    lost = [Film(n, f"Lost {n}") for n in range(12)]
    twins = [Film(100 + n, f"Twin {n}", tmdb_id=1 + n // 2) for n in range(24)]
    said = str(take_in(*lost, *twins))
    assert "and 14 more." in said
    assert said.endswith("So are 2 more TMDb ids.")


def test_importing_again_gives_the_same_ids_and_changes_nothing() -> None:
    first = take_in(TOY_STORY, LOST, EMMA, EMMA_AGAIN)
    again = take_in(EMMA_AGAIN, EMMA, LOST, TOY_STORY)
    assert again.public_ids == first.public_ids
    assert (again.created, again.updated, again.unchanged) == (0, 0, 4)


def test_an_import_that_was_killed_halfway_goes_on_where_it_was() -> None:
    take_in(TOY_STORY, EMMA)
    report = take_in(TOY_STORY, LOST, EMMA_AGAIN, EMMA)
    assert report.public_ids[3] == 12_222
    assert report.public_ids[4] >= FIRST_LOCAL_ID


def test_genres_take_tmdbs_names() -> None:
    names = ("Sci-Fi", "Musical", "Film-Noir", "IMAX", "Drama", "(no genres listed)")
    take_in(Film(9, "Metropolis", 1927, names, 19))
    film = Movie.objects.get(pk=19)
    found = {genre.name for genre in film.genres.all()}
    assert found == {"Science Fiction", "Music", "Crime", "Drama"}
    assert {keyword.name for keyword in film.keywords.all()} == {"noir", "imax"}


def test_a_film_that_is_known_better_keeps_what_is_known() -> None:
    catalog.film(tmdb_id=862, title="Toy Story", overview="Toys live.", genres=("Comedy",))
    report = take_in(Film(1, "Toy Story (a.k.a. Toys)", 1995, ("Children",), 862, "tt0114709"))
    film = Movie.objects.get(pk=862)
    assert (film.title, film.overview, film.imdb_id) == ("Toy Story", "Toys live.", "tt0114709")
    assert [genre.name for genre in film.genres.all()] == ["Comedy"]
    assert (report.created, report.updated) == (0, 1)


def test_of_two_rows_with_one_id_the_last_counts() -> None:
    assert take_in(Film(1, "First"), Film(1, "Second")).films == 1
    assert Movie.objects.get().title == "Second"


def test_another_release_with_other_numbers_names_other_films() -> None:
    take_in(LOST)
    report = take_in(Film(2, "GoldenEye", 1995), source="movielens-100k")
    assert report.created == 1
    assert Movie.objects.count() == 2


def test_the_progress_ends_at_the_whole() -> None:
    told: list[tuple[float, str]] = []
    movielens.import_catalogue(
        films=[TOY_STORY, LOST],
        now=NOW,
        progress=lambda fraction, message: told.append((fraction, message)),
    )
    assert told == [(0.0, "Importing 2 films"), (1.0, "Importing 2 films")]
