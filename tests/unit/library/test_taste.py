from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from moviverse.library import selectors, services
from moviverse.library.selectors import Standing
from tests.factories import accounts, catalog, library

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from moviverse.accounts.models import User

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def viewer() -> User:
    return accounts.member()


def told(sql: str, user: User) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"users": [user.pk], "selected": 4.0})
        return list(cursor.fetchall())


def test_what_is_watched_is_what_was_watched_to_its_end(viewer: User) -> None:
    seen, begun = catalog.films(2, runtime_minutes=100)
    services.watch(user=viewer, movie_id=seen.pk, progress_seconds=5_400, now=NOW)
    services.watch(user=viewer, movie_id=begun.pk, progress_seconds=5_399, now=NOW)
    services.watch(user=accounts.member(), movie_id=begun.pk, now=NOW)
    assert told(selectors.WATCHED, viewer) == [(viewer.pk, seen.pk, NOW)]


@pytest.mark.parametrize("sql", [selectors.SAID, selectors.WATCHED])
def test_taste_is_read_from_indexes(viewer: User, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
    plan = "\n".join(str(line) for (line,) in told(f"explain {sql}", viewer))
    assert "Seq Scan" not in plan


def test_what_a_film_is_to_a_person_takes_one_query(
    viewer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    film = catalog.film(runtime_minutes=100)
    with django_assert_num_queries(1):
        assert selectors.standing(user=viewer, movie_id=film.pk) == Standing(
            rating=None, favorite=False, in_watchlist=False, progress_seconds=None
        )
    services.add_favorite(user=viewer, movie_id=film.pk, now=NOW)
    services.watch(user=viewer, movie_id=film.pk, progress_seconds=60, now=NOW)
    library.rate(viewer, {film: 3.5})
    services.add_to_watchlist(user=accounts.member(), movie_id=film.pk, now=NOW)
    assert selectors.standing(user=viewer, movie_id=film.pk) == Standing(
        rating=3.5, favorite=True, in_watchlist=False, progress_seconds=60
    )
