"""The watch history, and what to go on with, as the contract has them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from moviverse.library import services
from moviverse.library.models import Viewing
from tests.contracts.account_client import assert_error
from tests.factories import accounts, catalog

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from moviverse.accounts.models import User
    from moviverse.catalog.models import Movie

pytestmark = pytest.mark.django_db

HISTORY, CONTINUE = "/api/user/history/", "/api/user/continue-watching/"
SHAPE = {"id", "tmdb_id", "progress_seconds", "watched", "started_at", "watched_at", "movie"}
LENGTH = 6_000  # seconds of the film of these tests
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
NO_IDS: list[Any] = [0, -1, 1.5, True, None, "", "x", [], {}, "9223372036854775808"]
NO_SECONDS: list[Any] = [-1, -0.5, 2**31, 1e18, True, "60", "", [], {}]
NO_MOMENTS: list[Any] = [
    *("", "yesterday", 1777636800, True, [], {}, "2026-13-01", "1899-12-31T23:59:59Z"),
    *("2999-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"),
]


@pytest.fixture
def viewer() -> User:
    return accounts.member()


@pytest.fixture
def client(viewer: User) -> APIClient:
    return accounts.client_of(viewer)


@pytest.fixture
def film() -> Movie:
    return catalog.film(title="Heat", runtime_minutes=LENGTH // 60)


def post(client: APIClient, body: Any, **headers: Any) -> Any:
    return client.post(HISTORY, body, format="json", **headers)


def test_a_film_is_watched_from_start_to_end_in_one_entry(client: APIClient, film: Movie) -> None:
    started = post(client, {"tmdb_id": film.pk, "progress_seconds": 60})
    assert started.status_code == 201
    body = started.json()
    assert body.keys() == SHAPE
    assert (body["tmdb_id"], body["progress_seconds"], body["watched"]) == (film.pk, 60, False)
    assert body["movie"]["title"] == "Heat"
    assert client.get(CONTINUE).json()["results"] == [body]
    further = post(client, {"movie_id": film.pk, "progress_seconds": 0.9 * LENGTH - 1})
    assert (further.status_code, further.json()["watched"]) == (200, False)
    end = post(client, {"tmdb_id": film.pk, "progress_seconds": 0.9 * LENGTH})
    assert (end.status_code, end.json()["id"], end.json()["watched"]) == (200, body["id"], True)
    assert client.get(CONTINUE).json()["count"] == 0
    assert client.get(HISTORY).json()["results"] == [end.json()]


@pytest.mark.parametrize("prefix", ["/api/user/", "/api/users/", "/api/v1/user/"])
@pytest.mark.parametrize("slash", ["/", ""])
def test_every_spelling_of_the_paths_is_the_same_place(
    client: APIClient, film: Movie, prefix: str, slash: str
) -> None:
    path = f"{prefix}history{slash}"
    body = {"tmdb_id": film.pk, "progress_seconds": 60}
    row = client.post(path, body, format="json").json()
    assert client.get(path).json()["count"] == 1
    assert client.get(f"{prefix}continue-watching{slash}").json()["count"] == 1
    one = f"{prefix}history/{row['id']}{slash}"
    assert client.patch(one, {"progress_seconds": 70}, format="json").status_code == 200
    assert client.delete(one).status_code == 204


def test_watching_again_begins_a_new_entry(client: APIClient, film: Movie) -> None:
    post(client, {"tmdb_id": film.pk, "progress_seconds": LENGTH})
    again = post(client, {"tmdb_id": film.pk, "progress_seconds": 10})
    assert again.status_code == 201
    assert client.get(HISTORY).json()["count"] == 2
    assert client.get(CONTINUE).json()["results"] == [again.json()]


def test_credits_that_roll_on_begin_no_new_entry(client: APIClient, film: Movie) -> None:
    ids = {
        post(client, {"tmdb_id": film.pk, "progress_seconds": seconds}).json()["id"]
        for seconds in (LENGTH - 500, LENGTH - 300, LENGTH - 100, LENGTH)
    }
    assert len(ids) == 1


def test_a_film_without_a_progress_was_watched_whole(client: APIClient, film: Movie) -> None:
    answer = post(client, {"tmdb_id": film.pk})
    assert answer.status_code == 201
    assert (answer.json()["progress_seconds"], answer.json()["watched"]) == (LENGTH, True)


def test_saying_that_it_was_watched_ends_what_was_begun(client: APIClient, film: Movie) -> None:
    begun = post(client, {"tmdb_id": film.pk, "progress_seconds": 60}).json()
    ended = post(client, {"tmdb_id": film.pk})
    assert (ended.status_code, ended.json()["id"], ended.json()["watched"]) == (
        200, begun["id"], True,
    )  # fmt: skip


def test_a_viewing_of_long_ago_is_an_entry_of_its_own_once(client: APIClient, film: Movie) -> None:
    begun = post(client, {"tmdb_id": film.pk, "progress_seconds": 60}).json()
    told = {"tmdb_id": film.pk, "watched_at": "2001-02-03T04:05:06Z"}
    first, again = post(client, told), post(client, told)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["watched_at"] == "2001-02-03T04:05:06Z"
    assert client.get(CONTINUE).json()["results"] == [begun]


def test_what_arrives_late_does_not_wind_the_film_back(client: APIClient, film: Movie) -> None:
    post(client, {"tmdb_id": film.pk, "progress_seconds": 600})
    late = (timezone.now() - timedelta(minutes=5)).isoformat()
    answer = post(client, {"tmdb_id": film.pk, "progress_seconds": 300, "watched_at": late})
    assert (answer.status_code, answer.json()["progress_seconds"]) == (200, 600)


def test_a_progress_is_never_beyond_the_end(client: APIClient, film: Movie) -> None:
    answer = post(client, {"tmdb_id": film.pk, "progress_seconds": 10 * LENGTH})
    assert (answer.json()["progress_seconds"], answer.json()["watched"]) == (LENGTH, True)


def test_of_a_film_of_unknown_length_only_the_person_knows_the_end(client: APIClient) -> None:
    film = catalog.film()
    begun = post(client, {"tmdb_id": film.pk, "progress_seconds": 50_000}).json()
    assert (begun["progress_seconds"], begun["watched"]) == (50_000, False)
    ended = post(client, {"tmdb_id": film.pk}).json()
    assert (ended["id"], ended["progress_seconds"], ended["watched"]) == (begun["id"], None, True)


def test_what_i_go_on_with_comes_latest_first(viewer: User, client: APIClient) -> None:
    films = catalog.films(3, runtime_minutes=100)
    for hour, film in enumerate(films):
        services.watch(
            user=viewer, movie_id=film.pk, progress_seconds=9, now=NOW + timedelta(hours=hour)
        )
    post(client, {"tmdb_id": films[0].pk, "progress_seconds": 20})
    found = client.get(f"{CONTINUE}?page_size=2").json()
    assert [row["tmdb_id"] for row in found["results"]] == [films[0].pk, films[2].pk]
    assert (found["count"], found["total_pages"]) == (3, 2)


def test_an_entry_is_corrected(client: APIClient, film: Movie) -> None:
    row = post(client, {"tmdb_id": film.pk, "progress_seconds": 60}).json()
    place = f"{HISTORY}{row['id']}/"
    assert client.patch(place, {}, format="json").json() == row
    ended = client.patch(place, {"progress_seconds": 5_500}, format="json").json()
    assert (ended["progress_seconds"], ended["watched"]) == (5_500, True)
    reopened = client.patch(place, {"progress_seconds": 30}, format="json").json()
    assert (reopened["progress_seconds"], reopened["watched"]) == (30, False)
    moved = client.patch(place, {"watched_at": "2020-01-01T00:00:00Z"}, format="json").json()
    assert (moved["watched_at"], moved["started_at"]) == ("2020-01-01T00:00:00Z",) * 2


def test_two_entries_of_a_film_cannot_become_the_same(client: APIClient, film: Movie) -> None:
    told = {"tmdb_id": film.pk, "watched_at": "2001-02-03T04:05:06Z"}
    watched = post(client, told).json()
    post(client, {"tmdb_id": film.pk, "progress_seconds": 60})
    other = post(client, {"tmdb_id": film.pk, "watched_at": "2002-02-03T04:05:06Z"}).json()
    for row, change in (
        (watched, {"progress_seconds": 5}),
        (other, {"watched_at": told["watched_at"]}),
    ):
        answer = client.patch(f"{HISTORY}{row['id']}/", change, format="json")
        assert_error(answer, 409, "CONFLICT")


def test_an_entry_is_forgotten_once(client: APIClient, film: Movie) -> None:
    place = f"{HISTORY}{post(client, {'tmdb_id': film.pk}).json()['id']}/"
    gone = client.delete(place)
    assert (gone.status_code, gone.content) == (204, b"")
    assert_error(client.delete(place), 404, "NOT_FOUND")
    assert_error(client.patch(place, {}, format="json"), 404, "NOT_FOUND")


@pytest.mark.parametrize("movie_id", [1, 2**63 - 1])
def test_a_film_that_we_do_not_hold_is_not_found(client: APIClient, movie_id: int) -> None:
    assert_error(post(client, {"tmdb_id": movie_id}), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("told", "field"),
    [
        *(({"tmdb_id": each}, "tmdb_id") for each in NO_IDS),
        *(({"progress_seconds": each}, "progress_seconds") for each in NO_SECONDS),
        *(({"watched_at": each}, "watched_at") for each in NO_MOMENTS),
        ({"movie_id": 5}, "movie_id"),
        ({"tmdb_id": ...}, "tmdb_id"),
        ({"user": "somebody"}, "user"),
        ({"watched": True}, "watched"),
    ],
)
def test_what_is_no_viewing_is_refused(
    client: APIClient, film: Movie, told: dict[str, Any], field: str
) -> None:
    whole = {"tmdb_id": film.pk, **told}
    answer = post(client, {name: value for name, value in whole.items() if value is not ...})
    assert_error(answer, 400, "VALIDATION_ERROR", field)
    assert not Viewing.objects.exists()


@pytest.mark.parametrize(
    ("told", "field"),
    [
        *(({"progress_seconds": each}, "progress_seconds") for each in [*NO_SECONDS, None]),
        *(({"watched_at": each}, "watched_at") for each in [*NO_MOMENTS, None]),
        ({"tmdb_id": 5}, "tmdb_id"),
    ],
)
def test_what_is_no_correction_is_refused(
    client: APIClient, film: Movie, told: dict[str, Any], field: str
) -> None:
    row = post(client, {"tmdb_id": film.pk}).json()
    answer = client.patch(f"{HISTORY}{row['id']}/", told, format="json")
    assert_error(answer, 400, "VALIDATION_ERROR", field)
    assert client.get(HISTORY).json()["results"] == [row]


def test_nobody_sees_or_changes_the_history_of_another(client: APIClient, film: Movie) -> None:
    row = post(client, {"tmdb_id": film.pk, "progress_seconds": 60}).json()
    place = f"{HISTORY}{row['id']}/"
    other = accounts.client_of(accounts.administrator())
    for path in (HISTORY, CONTINUE):
        assert other.get(path).json()["count"] == 0
        assert_error(APIClient().get(f"{path}?wrong=1"), 401, "NOT_AUTHENTICATED")
    for stranger, status, code in (
        (other, 404, "NOT_FOUND"),
        (APIClient(), 401, "NOT_AUTHENTICATED"),
    ):
        assert_error(stranger.patch(place, {"progress_seconds": 1}, format="json"), status, code)
        assert_error(stranger.delete(place), status, code)
    assert_error(post(APIClient(), {"wrong": 1}), 401, "NOT_AUTHENTICATED")
    assert client.get(HISTORY).json()["results"] == [row]


@pytest.mark.parametrize("named", ["5d2f1c1e-9a53-4d6e-8a6e-1f0c7a3b9d42", "7", "x", "%00"])
def test_what_is_no_entry_is_not_found(client: APIClient, named: str) -> None:
    assert_error(client.delete(f"{HISTORY}{named}/"), 404, "NOT_FOUND")
    assert_error(client.patch(f"{HISTORY}{named}/", {}, format="json"), 404, "NOT_FOUND")


@pytest.mark.parametrize("path", [HISTORY, CONTINUE])
@pytest.mark.parametrize("query", ["sort=x", "page=x", "page_size=101", "user=x"])
def test_a_malformed_query_is_refused(client: APIClient, path: str, query: str) -> None:
    assert_error(client.get(f"{path}?{query}"), 400, "VALIDATION_ERROR", query.partition("=")[0])


@pytest.mark.parametrize("path", [HISTORY, CONTINUE])
def test_a_page_takes_four_queries(
    viewer: User, client: APIClient, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for film in catalog.films(20, runtime_minutes=100, genres=("Crime",)):
        services.watch(user=viewer, movie_id=film.pk, progress_seconds=60, now=NOW)
    with django_assert_num_queries(4):  # the token, the count, the page, its films
        answer = client.get(path)
    assert len(answer.json()["results"]) == 20
    assert answer["Cache-Control"] == "private, no-store"


def test_a_key_makes_two_requests_one_entry(client: APIClient, film: Movie) -> None:
    first, again = (
        post(client, {"tmdb_id": film.pk}, HTTP_IDEMPOTENCY_KEY="key-1") for _ in range(2)
    )
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert Viewing.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seconds", [60, LENGTH])
def test_twenty_parallel_reports_of_a_player_are_one_entry(
    viewer: User, film: Movie, seconds: int
) -> None:
    def report(number: int) -> int:
        try:
            told = {"tmdb_id": film.pk, "progress_seconds": seconds - number}
            return int(post(accounts.client_of(viewer), told).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = sorted(pool.map(report, range(20)))
    assert answers == [200] * 19 + [201]
    assert Viewing.objects.count() == 1
