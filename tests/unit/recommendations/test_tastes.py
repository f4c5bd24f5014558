"""What is remembered of somebody when a list is made for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from moviverse.library import services as library_services
from moviverse.recommendations import selectors, services
from moviverse.recommendations.selectors.tastes import MEMORIES
from moviverse.recommendations.wishes import Told, Wish
from tests.factories import accounts, catalog, library

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from moviverse.accounts.models import User

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def viewer() -> User:
    return accounts.member()


def select(user: User, movie_id: int, *, hours: int) -> None:
    library_services.record(user=user, movie_id=movie_id, type="select", now=NOW + hours * HOUR)


def say(user: User, movie_id: int, action: str, *, hours: int) -> None:
    services.give_feedback(user=user, movie_id=movie_id, action=action, now=NOW + hours * HOUR)


def test_a_history_is_ratings_and_picks_in_order_with_one_query(
    viewer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one, two, three = catalog.films(3)
    select(viewer, one.pk, hours=0)
    select(viewer, one.pk, hours=2)  # picked twice is one like
    library.rate(viewer, {two: 1.5}, now=NOW + HOUR)
    select(viewer, two.pk, hours=5)  # rated: the rating is what counts
    library_services.record(user=viewer, movie_id=three.pk, type="view", now=NOW)
    library.rate(accounts.member(), {three: 5}, now=NOW)
    with django_assert_num_queries(1):
        said = selectors.history(user=viewer)
    assert list(said.items()) == [
        (two.pk, Told(1.5)),
        (one.pk, Told(4.0, rated=False)),
    ]


def test_of_a_rating_and_a_wish_the_later_one_holds(viewer: User) -> None:
    one, two, three = (film.pk for film in catalog.films(3))
    library.rate(viewer, {one: 2, three: 3}, now=NOW)
    say(viewer, one, "more_like_this", hours=1)
    say(viewer, two, "less_like_this", hours=2)
    library.rate(viewer, {two: 4}, now=NOW + 3 * HOUR)
    say(viewer, three, "dismiss", hours=4)
    memory = selectors.memory(user=viewer)
    assert list(memory.said.items()) == [
        (three, Told(3.0)),
        (one, Told(5.0, rated=False, asked="more_like_this")),
        (two, Told(4.0)),
    ]
    assert memory.hidden == {two, three}


def test_a_favourite_is_liked_until_it_is_rated_and_once_with_a_pick(viewer: User) -> None:
    loved, picked, rated = (film.pk for film in catalog.films(3))
    library_services.add_favorite(user=viewer, movie_id=loved, now=NOW)
    select(viewer, loved, hours=3)
    select(viewer, picked, hours=2)
    library_services.add_favorite(user=viewer, movie_id=rated, now=NOW)
    library.rate(viewer, {rated: 1.5}, now=NOW + HOUR)
    library_services.add_favorite(user=accounts.member(), movie_id=picked, now=NOW)
    assert list(selectors.history(user=viewer).items()) == [
        (rated, Told(1.5)),
        (picked, Told(4.0, rated=False)),
        (loved, Told(4.0, rated=False)),
    ]
    library_services.remove_favorite(user=viewer, key=rated)
    library_services.unrate(user=viewer, movie_id=rated)
    assert rated not in selectors.history(user=viewer)


def test_a_film_watched_to_its_end_is_not_wanted_again_unless_it_is_asked_for(
    viewer: User,
) -> None:
    seen, begun = (film.pk for film in catalog.films(2, runtime_minutes=100))
    library_services.watch(user=viewer, movie_id=seen, progress_seconds=5_400, now=NOW)
    library_services.watch(user=viewer, movie_id=begun, progress_seconds=5_399, now=NOW)
    memory = selectors.memory(user=viewer)
    assert memory == selectors.Memory(watched={seen})
    assert memory.unwanted(Wish()) == {seen}
    assert memory.unwanted(Wish(exclude_seen=False)) == set()


def test_many_are_remembered_with_one_query_and_each_alone(
    viewer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one, two = (film.pk for film in catalog.films(2))
    other, silent = accounts.member(), accounts.member()
    library.rate(viewer, {one: 5}, now=NOW)
    say(other, two, "dismiss", hours=1)
    with django_assert_num_queries(1):
        found = selectors.memories(user_ids=[viewer.pk, other.pk, silent.pk])
    assert found[viewer.pk] == selectors.Memory({one: Told(5.0)})
    assert found[other.pk] == selectors.Memory(hidden={two})
    assert found[silent.pk] == selectors.Memory()


def test_a_memory_reads_indexes_alone(viewer: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("explain " + MEMORIES, {"users": [viewer.pk], "selected": 4.0})
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "what_a_person_selected" in plan
    assert "Seq Scan" not in plan
