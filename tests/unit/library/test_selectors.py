from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moviverse.library import selectors, services
from moviverse.library.errors import RatingNotFound
from tests.factories import accounts, catalog, library

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from moviverse.accounts.models import User

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def viewer() -> User:
    return accounts.member()


@pytest.mark.parametrize(
    ("sort", "titles"),
    [
        ("date_desc", ["Alien", "Brazil", "Ágora"]),
        ("date_asc", ["Ágora", "Brazil", "Alien"]),
        ("rating_desc", ["Brazil", "Alien", "Ágora"]),
        ("rating_asc", ["Ágora", "Alien", "Brazil"]),
        ("title_asc", ["Ágora", "Alien", "Brazil"]),
        ("title_desc", ["Brazil", "Alien", "Ágora"]),
    ],
)
def test_ratings_come_in_the_order_asked_for_with_one_query(
    viewer: User, sort: str, titles: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    title_of = {}
    for hour, (title, value) in enumerate([("Ágora", 2), ("Brazil", 5), ("Alien", 3)]):
        film = catalog.film(title=title)
        title_of[film.pk] = title
        library.rate(viewer, {film: value}, now=NOW + timedelta(hours=hour))
    with django_assert_num_queries(1):
        rated = selectors.ratings(user=viewer, sort=sort)[:3]
    assert [title_of[each.movie_id] for each in rated] == titles


def test_a_rating_is_its_owners(viewer: User) -> None:
    film = catalog.film()
    library.rate(viewer, {film: 4})
    assert selectors.rating(user=viewer, movie_id=film.pk).value == 4
    with pytest.raises(RatingNotFound):
        selectors.rating(user=accounts.member(), movie_id=film.pk)


def test_a_summary_counts_each_half_step_with_one_query(
    viewer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    film = catalog.film()
    library.rate(viewer, {film: 4.5})
    library.rate(accounts.member(), {film: 4.5})
    library.rate(accounts.member(), {film: 2})
    with django_assert_num_queries(1):
        summary = selectors.summary(movie_id=film.pk)
    assert (summary.average, summary.count) == (3.67, 3)
    assert len(summary.distribution) == 10
    assert {step: n for step, n in summary.distribution.items() if n} == {"2.0": 1, "4.5": 2}


def test_a_film_that_nobody_rated_has_no_average() -> None:
    summary = selectors.summary(movie_id=catalog.film().pk)
    assert (summary.average, summary.count) == (None, 0)
    assert set(summary.distribution.values()) == {0}


def test_the_ratings_of_a_film_are_counted_from_an_index_alone() -> None:
    film = catalog.film()
    library.rate(accounts.member(), {film: 4})
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off; set local enable_bitmapscan = off")
    with CaptureQueriesContext(connection) as captured:
        selectors.summary(movie_id=film.pk)
    (query,) = captured
    with connection.cursor() as cursor:
        cursor.execute(f"explain (costs off) {query['sql'].replace('$1', str(film.pk))}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Only Scan using ratings_of_a_movie" in plan


def test_the_ratings_of_a_film_that_many_rated_are_not_counted_for_everybody(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # The package has a function of the module's name.
    monkeypatch.setattr(import_module("moviverse.library.selectors.ratings"), "MANY", 2)
    film, other = catalog.films(2)
    for _ in range(2):
        library.rate(accounts.member(), {film: 4})
    library.rate(accounts.member(), {other: 4})
    with django_assert_num_queries(1):
        first = selectors.summary(movie_id=film.pk)
    with django_assert_num_queries(0):
        assert selectors.summary(movie_id=film.pk) == first
    assert selectors.summary(movie_id=other.pk).count == 1
    library.rate(accounts.member(), {other: 5})
    assert selectors.summary(movie_id=other.pk).count == 2


def test_interactions_tell_ratings_and_the_rest_as_one_story(viewer: User) -> None:
    one, two = catalog.films(2)
    services.record(user=viewer, movie_id=one.pk, type="view", now=NOW)
    library.rate(viewer, {two: 4}, now=NOW + timedelta(hours=1))
    services.record(user=accounts.member(), movie_id=one.pk, type="view", now=NOW)
    story = selectors.interactions(user=viewer)
    assert len(story) == 2
    assert [(row.type, row.movie_id, row.rating) for row in story] == [
        ("rate", two.pk, Decimal("4.0")),
        ("view", one.pk, None),
    ]
    assert [row.type for row in story[1:2]] == ["view"]


@pytest.mark.parametrize(("type_", "count"), [("view", 1), ("rate", 1), ("select", 0), (None, 2)])
def test_interactions_can_be_narrowed_by_type(viewer: User, type_: str | None, count: int) -> None:
    film = catalog.film()
    services.record(user=viewer, movie_id=film.pk, type="view", now=NOW)
    library.rate(viewer, {film: 4}, now=NOW)
    assert len(selectors.interactions(user=viewer, type=type_)) == count


def test_interactions_can_be_narrowed_by_time(viewer: User) -> None:
    one, two = catalog.films(2)
    services.record(user=viewer, movie_id=one.pk, type="view", now=NOW)
    library.rate(viewer, {one: 4}, now=NOW)
    library.rate(viewer, {two: 4}, now=NOW + timedelta(hours=1))
    since = selectors.interactions(user=viewer, since=NOW + timedelta(minutes=1))
    assert [row.movie_id for row in since] == [two.pk]
