"""Many interactions in one call: all of them, or none."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from moviverse.catalog.models import Movie
from moviverse.library.models import Interaction, Rating
from tests.contracts.account_client import assert_error
from tests.factories import accounts, catalog

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from moviverse.accounts.models import User

pytestmark = pytest.mark.django_db

BATCH = "/api/interactions/batch/"
WAITS_FOR_US = """
    select pid from pg_locks
    where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))
"""


@pytest.fixture
def viewer() -> User:
    return accounts.member()


@pytest.fixture
def client(viewer: User) -> APIClient:
    return accounts.client_of(viewer)


def post(client: APIClient, interactions: Any, **headers: Any) -> Any:
    return client.post(BATCH, {"interactions": interactions}, format="json", **headers)


def view(film: Movie) -> dict[str, Any]:
    return {"movie_id": film.pk, "interaction_type": "view"}


def rate(film: Movie, rating: float) -> dict[str, Any]:
    return {"movie_id": film.pk, "interaction_type": "rate", "rating": rating}


def nothing_was_recorded() -> bool:
    return not Interaction.objects.exists() and not Rating.objects.exists()


def test_a_batch_is_recorded_and_answered_in_its_order(client: APIClient) -> None:
    one, two = catalog.films(2)
    answer = post(client, [view(two), rate(one, 4.5), {**view(one), "interaction_type": "select"}])
    assert answer.status_code == 201
    body = answer.json()
    assert body["count"] == 3
    assert [
        (each["movie_id"], each["interaction_type"], each["rating"])
        for each in body["interactions"]
    ] == [(two.pk, "view", None), (one.pk, "rate", 4.5), (one.pk, "select", None)]
    told = client.get("/api/interactions/").json()["interactions"]
    assert told == body["interactions"][::-1]


def test_of_several_ratings_of_a_film_the_last_holds(client: APIClient) -> None:
    film = catalog.film()
    answer = post(client, [rate(film, 1), view(film), rate(film, 5)])
    assert [each["rating"] for each in answer.json()["interactions"]] == [5, None, 5]
    assert client.get(f"/api/user/ratings/{film.pk}/").json()["rating"] == 5


def test_errors_are_named_by_their_place_and_nothing_is_recorded(client: APIClient) -> None:
    film = catalog.film()
    answer = post(
        client,
        [
            view(film),
            {"tmdb_id": 1, "interaction_type": "view"},
            {**view(film), "interaction_type": "rate"},
            rate(film, 4),
            {**view(film), "rating": 4},
        ],
    )
    wrong = ["interactions.1.movie_id", "interactions.2.rating", "interactions.4.rating"]
    assert_error(answer, 400, "VALIDATION_ERROR", *wrong)
    assert nothing_was_recorded()


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({}, ["interaction_type"]),
        ({"interaction_type": "view"}, ["movie_id"]),
        ({"movie_id": 7}, ["interaction_type"]),
        ({"movie_id": True, "interaction_type": "like"}, ["movie_id", "interaction_type"]),
        ({"movie_id": 7, "interaction_type": "rate", "rating": "4"}, ["rating"]),
        ({"movie_id": 7, "interaction_type": "rate", "rating": 4.2}, ["rating"]),
        ({"movie_id": 7, "tmdb_id": 8, "interaction_type": "view"}, ["movie_id"]),
        ({"movie_id": 7, "interaction_type": "view", "user": 1}, ["user"]),
        (7, [""]),
        (None, [""]),
        ("view", [""]),
        ([], [""]),
    ],
)
def test_a_malformed_interaction_is_named_by_its_place(
    client: APIClient, wrong: Any, fields: list[str]
) -> None:
    answer = post(client, [view(catalog.film()), wrong])
    named = [f"interactions.1.{field}".rstrip(".") for field in fields]
    assert_error(answer, 400, "VALIDATION_ERROR", *named)
    assert nothing_was_recorded()


@pytest.mark.parametrize("wrong", [[], {}, {"0": {}}, None, "view", 7, True])
def test_what_is_no_list_of_interactions_is_refused(client: APIClient, wrong: Any) -> None:
    assert_error(post(client, wrong), 400, "VALIDATION_ERROR", "interactions")


@pytest.mark.parametrize(
    ("body", "fields"),
    [({}, ["interactions"]), ({"interactions": [], "dry_run": True}, ["interactions", "dry_run"])],
)
def test_a_body_of_another_shape_is_refused(
    client: APIClient, body: dict[str, Any], fields: list[str]
) -> None:
    answer = client.post(BATCH, body, format="json")
    assert_error(answer, 400, "VALIDATION_ERROR", *fields)


def test_a_thousand_fit_and_one_more_does_not(client: APIClient) -> None:
    film = catalog.film()
    assert_error(post(client, [view(film)] * 1_001), 400, "VALIDATION_ERROR", "interactions")
    assert nothing_was_recorded()
    assert post(client, [view(film)] * 1_000).json()["count"] == 1_000
    assert Interaction.objects.count() == 1_000


def test_a_body_that_is_too_large_is_refused_unread(client: APIClient) -> None:
    answer = post(client, [{"movie_id": "9" * 2_000_000}])
    assert_error(answer, 413, "VALIDATION_ERROR")


@pytest.mark.parametrize("count", [2, 1_000])
def test_a_batch_of_any_size_takes_few_queries(
    client: APIClient, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    films = catalog.films(50)
    events = [
        (rate(films[number % 50], 4) if number % 2 else view(films[number % 50]))
        for number in range(count)
    ]
    with django_assert_num_queries(5 + 2):  # token, films, ratings, their ids, rest; a savepoint
        assert post(client, events).status_code == 201


def test_nobody_records_without_signing_in() -> None:
    assert_error(post(APIClient(), "wrong"), 401, "NOT_AUTHENTICATED")


def test_there_is_no_list_of_batches(client: APIClient) -> None:
    assert_error(client.get(BATCH), 405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize("path", ["/api/interactions/batch", "/api/v1/interactions/batch/"])
def test_every_spelling_of_the_path_is_the_same_place(client: APIClient, path: str) -> None:
    body = {"interactions": [view(catalog.film())]}
    assert client.post(path, body, format="json").status_code == 201


def test_a_key_makes_two_requests_one_batch(client: APIClient) -> None:
    film = catalog.film()
    events = [view(film), rate(film, 3)]
    first, again = (post(client, events, HTTP_IDEMPOTENCY_KEY="key-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert_error(post(client, events[:1], HTTP_IDEMPOTENCY_KEY="key-1"), 409, "CONFLICT")
    assert Interaction.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("headers", [{}, {"HTTP_IDEMPOTENCY_KEY": "key-1"}])
def test_a_batch_whose_connection_is_killed_leaves_nothing_and_can_be_sent_again(
    viewer: User, client: APIClient, headers: dict[str, str]
) -> None:
    one, two = catalog.films(2)
    events = [rate(one, 5), view(two)]

    def send() -> Any:
        try:
            return post(accounts.client_of(viewer), events, **headers)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Movie.objects.select_for_update().get(pk=two.pk)  # holds the batch up at its end
            sent = pool.submit(send)
            _kill_who_waits()
        assert_error(sent.result(), 503, "INTERNAL_ERROR")
    assert nothing_was_recorded()
    assert post(client, events, **headers).status_code == 201
    assert (Rating.objects.count(), Interaction.objects.count()) == (1, 1)


def _kill_who_waits() -> None:
    with connection.cursor() as cursor:
        for _ in range(300):
            cursor.execute(WAITS_FOR_US)
            waiting = cursor.fetchone()
            if waiting:
                cursor.execute("select pg_terminate_backend(%s)", waiting)
                return
            time.sleep(0.01)
    pytest.fail("The batch did not wait for the film.")
