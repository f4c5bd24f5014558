"""From an upload to a library: what each line becomes."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from moviverse.library.models import Favorite, Rating, Review, Viewing, WatchlistItem
from moviverse.transfer.models import ImportRow, LibraryImport
from tests.factories import accounts, catalog, library
from tests.factories.libraries import (
    as_json,
    bring,
    imdb,
    letterboxd,
    table,
    trakt_movie,
)

if TYPE_CHECKING:
    from pathlib import Path

    from moviverse.accounts.models import User
    from moviverse.catalog.models import Movie

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("uploads_dir")]


@pytest.fixture
def viewer() -> User:
    return accounts.member()


@pytest.fixture
def heat() -> Movie:
    return catalog.film(tmdb_id=949, title="Heat", release_year=1995, imdb_id="tt0113277")


def outcomes(record: LibraryImport) -> list[tuple[str, str]]:
    rows = ImportRow.objects.filter(library_import=record).order_by("number")
    return [(row.place, row.outcome) for row in rows]


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.usefixtures("heat")
def test_a_letterboxd_zip_fills_every_part_of_a_library(viewer: User) -> None:
    named = {"Name": "Heat", "Year": 1995, "Letterboxd URI": "https://boxd.it/2bg8"}
    record = bring(
        viewer,
        letterboxd(
            {
                "watched.csv": [named | {"Date": "2024-05-02"}],
                "watchlist.csv": [named | {"Date": "2020-01-01"}],
                "diary.csv": [
                    named | {"Date": "2024-05-02", "Rating": "4.5", "Watched Date": "2024-05-01"}
                ],
                "ratings.csv": [named | {"Date": "2024-05-02", "Rating": "4.5"}],
                "reviews.csv": [
                    named | {"Date": "2024-05-02", "Rating": "4.5", "Review": "Two\nlines"}
                ],
                "likes/films.csv": [named | {"Date": "2024-05-03"}],
            }
        ),
    )
    assert record.status == "done"
    assert outcomes(record) == [
        ("ratings.csv", "matched"),
        ("reviews.csv", "matched"),
        ("diary.csv", "matched"),
        ("watched.csv", "duplicate"),
        ("watchlist.csv", "matched"),
        ("likes/films.csv", "matched"),
    ]
    rating = Rating.objects.get(user=viewer)
    assert (rating.movie_id, rating.value, rating.rated_at) == (
        949,
        Decimal("4.5"),
        day("2024-05-02"),
    )
    assert Review.objects.get(user=viewer).text == "Two\nlines"
    assert Viewing.objects.get(user=viewer).watched_at == day("2024-05-01")
    assert WatchlistItem.objects.get(user=viewer).movie_id == 949
    assert Favorite.objects.get(user=viewer).movie_id == 949
    assert (record.rows_read, record.matched, record.duplicates, record.applied) == (6, 5, 1, 5)


@pytest.mark.usefixtures("heat")
def test_the_same_file_twice_changes_nothing_and_says_so(viewer: User) -> None:
    data = imdb(
        {"Const": "tt0113277", "Your Rating": 9, "Date Rated": "2024-05-01", "Title": "Heat"}
    )
    assert bring(viewer, data, "ratings.csv").applied == 1
    again = bring(viewer, data, "ratings.csv")
    assert (again.duplicates, again.applied) == (1, 0)
    assert Rating.objects.get(user=viewer).value == Decimal("4.5")


def test_a_newer_rating_of_ones_own_stays_and_is_reported(viewer: User, heat: Movie) -> None:
    library.rate(viewer, {heat: 2})
    data = imdb(
        {"Const": "tt0113277", "Your Rating": 9, "Date Rated": "2024-05-01", "Title": "Heat"}
    )
    record = bring(viewer, data, "ratings.csv")
    assert (record.skipped, Rating.objects.get(user=viewer).value) == (1, Decimal("2.0"))
    assert "2.0" in ImportRow.objects.get().message


@pytest.mark.usefixtures("heat")
def test_the_file_is_gone_when_it_was_read(viewer: User, uploads_dir: Path) -> None:
    bring(viewer, imdb({"Const": "tt0113277", "Your Rating": 9, "Title": "Heat"}), "ratings.csv")
    assert list(uploads_dir.iterdir()) == []


@pytest.mark.usefixtures("heat")
def test_trakts_lists_are_told_apart(viewer: User) -> None:
    movie = trakt_movie("Heat", 1995, imdb="tt0113277", tmdb=949)
    bring(
        viewer,
        as_json([{"rated_at": "2024-05-01T20:00:00.000Z", "rating": 8, "movie": movie}]),
        "a.json",
    )
    bring(
        viewer,
        as_json([{"plays": 2, "last_watched_at": "2024-05-01T20:00:00.000Z", "movie": movie}]),
        "b.json",
    )
    bring(
        viewer,
        as_json([{"rank": 1, "listed_at": "2024-05-01T20:00:00.000Z", "movie": movie}]),
        "c.json",
    )
    assert Rating.objects.get().value == Decimal("4.0")
    assert Viewing.objects.get().watched_at == day("2024-05-01T20:00:00")
    assert WatchlistItem.objects.get().movie_id == 949


def test_movielens_films_are_known_by_its_ids(viewer: User) -> None:
    catalog.film(tmdb_id=862, title="Toy Story", source_ids=(("movielens", "1"),))
    header = ("userId", "movieId", "rating", "timestamp")
    record = bring(
        viewer, table(header, (7, 1, "4.0", 964982703), (7, 2, "3.5", 964982703)), "r.csv"
    )
    assert (record.matched, record.unmatched) == (1, 1)
    assert Rating.objects.get().rated_at == datetime(2000, 7, 30, 18, 45, 3, tzinfo=UTC)
