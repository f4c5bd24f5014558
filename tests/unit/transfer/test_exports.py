"""A library taken out and brought in again is the same library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from moviverse.library.models import Favorite, Rating, Review, Viewing, WatchlistItem
from moviverse.transfer import exports
from tests.factories import accounts, catalog
from tests.factories.libraries import bring

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from moviverse.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("uploads_dir")]

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = datetime(2024, 5, 1, tzinfo=UTC)
HOSTILE = [
    '=HYPERLINK("http://example.org","x")', "+1", "-30-", "@SUM(A1)", "'Round Midnight", "'=1+1",
    'A "quoted", film;', "L'Avventura", "电影", "''-x", "Plain",
]  # fmt: skip
NAMES = {"csv": "x.csv", "json": "x.json", "letterboxd": "x.zip"}


@pytest.fixture
def owner() -> User:
    """Have a library with every kind of thing in it."""
    user = accounts.member()
    for number, title in enumerate(HOSTILE):
        movie = catalog.film(tmdb_id=100 + number, title=title, release_year=1990 + number)
        at = DAY + timedelta(days=number)
        Rating.objects.create(
            user=user, movie=movie, value=Decimal(number % 10 + 1) / 2, rated_at=at
        )
        Viewing.objects.create(
            user=user, movie=movie, is_finished=True, started_at=at, watched_at=at
        )
        if number % 2:
            text = f"{title}\r\nand more, with a ' and a \"."
            Review.objects.create(user=user, movie=movie, text=text, created_at=at, updated_at=at)
            Favorite.objects.create(user=user, movie_id=movie.pk, added_at=at)
        else:
            WatchlistItem.objects.create(user=user, movie_id=movie.pk, added_at=at)
    return user


def facts(user: User) -> dict[str, list[Any]]:
    def rows(model: Any, *columns: str) -> list[Any]:
        return sorted(model.objects.filter(user=user).values_list("movie_id", *columns))

    return {
        "ratings": rows(Rating, "value", "rated_at"),
        "viewings": rows(Viewing, "watched_at", "is_finished", "progress_seconds"),
        "reviews": rows(Review, "text", "created_at"),
        "favorites": rows(Favorite, "added_at"),
        "watchlist": rows(WatchlistItem, "added_at"),
    }


def written(user: User, form: str) -> bytes:
    return b"".join(exports.export(user=user, form=form, now=NOW).chunks)


@pytest.mark.parametrize("form", list(NAMES))
def test_what_was_taken_out_comes_in_again_exactly(owner: User, form: str) -> None:
    other = accounts.member()
    record = bring(other, written(owner, form), NAMES[form])
    assert (record.status, record.malformed, record.unmatched) == ("done", 0, 0)
    assert facts(other) == facts(owner)
    again = bring(owner, written(owner, form), NAMES[form])
    assert (again.duplicates, again.applied) == (again.rows_read, 0)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_film_that_is_half_watched_keeps_its_place(form: str) -> None:
    owner, other = accounts.member(), accounts.member()
    movie = catalog.film(tmdb_id=949)
    Viewing.objects.create(
        user=owner, movie=movie, progress_seconds=1_234, started_at=NOW, watched_at=NOW
    )
    bring(other, written(owner, form), NAMES[form])
    assert facts(other) == facts(owner)


def test_no_cell_of_a_table_is_a_formula(owner: User) -> None:
    for line in written(owner, "csv").decode().splitlines():
        for cell in line.split(","):
            assert cell.strip('"')[:1] not in {"=", "+", "-", "@"}


@pytest.mark.parametrize("form", list(NAMES))
def test_an_export_takes_five_queries_whatever_it_holds(
    owner: User, form: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(5):
        assert written(owner, form)


@pytest.mark.parametrize("form", list(NAMES))
def test_nobody_has_nothing_to_take_along_with_an_error(form: str) -> None:
    assert written(accounts.member(), form)
