"""Views of films, by members and by visitors, as the contract has them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from moviverse.library import services
from moviverse.library.models import AnonymousView, Interaction, VisitorSalt
from tests.contracts.account_client import assert_error
from tests.factories import accounts, catalog

if TYPE_CHECKING:
    from moviverse.accounts.models import User
    from moviverse.catalog.models import Movie

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
NO_SECONDS: list[Any] = [-1, -0.5, 2**31, 1e18, True, "60", "", [], {}]


@pytest.fixture
def viewer() -> User:
    return accounts.member()


@pytest.fixture
def client(viewer: User) -> APIClient:
    return accounts.client_of(viewer)


@pytest.fixture
def film() -> Movie:
    return catalog.film(title="Heat", runtime_minutes=100)


def track(client: APIClient, film: Movie | int, body: Any = None) -> Any:
    movie_id = film if isinstance(film, int) else film.pk
    return client.post(f"/api/movies/{movie_id}/track-view/", body or {}, format="json")


@pytest.mark.parametrize("movie_id", [0, 1, 2**63 - 1, 2**63, 10**30])
def test_a_film_that_we_do_not_hold_is_not_found(client: APIClient, movie_id: int) -> None:
    assert_error(track(client, movie_id), 404, "NOT_FOUND")
    assert_error(track(APIClient(), movie_id), 404, "NOT_FOUND")


def test_a_members_view_is_an_interaction_and_a_progress(client: APIClient, film: Movie) -> None:
    answer = track(client, film, {"progress_seconds": 60.7})
    assert answer.status_code == 200
    assert answer.json() == {"tmdb_id": film.pk, "progress_seconds": 60, "watched": False}
    track(client, film, {"progress_seconds": 70})  # the player goes on telling
    (event,) = client.get("/api/interactions/").json()["interactions"]
    assert (event["movie_id"], event["interaction_type"]) == (film.pk, "view")
    (row,) = client.get("/api/user/continue-watching/").json()["results"]
    assert row["progress_seconds"] == 70
    assert not AnonymousView.objects.exists()


def test_a_view_without_progress_is_no_viewing(client: APIClient, film: Movie) -> None:
    for body in ({}, {"progress_seconds": None}):
        answer = track(client, film, body)
        assert answer.json() == {"tmdb_id": film.pk, "progress_seconds": None, "watched": False}
    assert client.get("/api/user/history/").json()["count"] == 0


def test_a_later_look_is_another_view(viewer: User, film: Movie) -> None:
    for minutes in (0, 10, 40):
        services.view(user=viewer, movie_id=film.pk, now=NOW + timedelta(minutes=minutes))
    assert Interaction.objects.count() == 2


def test_a_visitor_is_one_row_a_film_and_day_however_often(film: Movie) -> None:
    for _ in range(5):
        answer = track(APIClient(REMOTE_ADDR="203.0.113.7"), film, {"progress_seconds": 60})
        assert (answer.status_code, answer.json()["progress_seconds"]) == (200, None)
    track(APIClient(REMOTE_ADDR="203.0.113.8"), film)
    assert sorted(AnonymousView.objects.values_list("count", flat=True)) == [1, 5]
    assert not Interaction.objects.exists()


def test_no_address_can_be_read_from_a_view(film: Movie) -> None:
    track(APIClient(REMOTE_ADDR="203.0.113.7"), film)
    row = AnonymousView.objects.values().get()
    assert "203.0.113.7" not in str(row)
    assert len(row["visitor"]) == 32


def test_a_visitor_of_tomorrow_is_somebody_else_and_todays_salt_is_thrown_away(film: Movie) -> None:
    for day in range(2):
        services.view_anonymously(
            address="203.0.113.7", movie_id=film.pk, now=NOW + timedelta(days=day)
        )
    first, second = AnonymousView.objects.order_by("viewed_at").values_list("visitor", flat=True)
    assert first != second
    assert VisitorSalt.objects.get().day == (NOW + timedelta(days=1)).date()


def test_the_same_visitor_of_two_films_is_the_same_digest() -> None:
    for film in catalog.films(2):
        services.view_anonymously(address="203.0.113.7", movie_id=film.pk, now=NOW)
    assert len(set(AnonymousView.objects.values_list("visitor", flat=True))) == 1


@pytest.mark.parametrize("signed_in", [1, 0])
@pytest.mark.parametrize(
    ("body", "fields"),
    [
        *(({"progress_seconds": each}, ["progress_seconds"]) for each in NO_SECONDS),
        ({"user": "somebody"}, ["user"]),
    ],
)
def test_what_is_no_view_is_refused(
    client: APIClient, film: Movie, signed_in: int, body: dict[str, Any], fields: list[str]
) -> None:
    answer = track(client if signed_in else APIClient(), film, body)
    assert_error(answer, 400, "VALIDATION_ERROR", *fields)
    assert not Interaction.objects.exists()
    assert not AnonymousView.objects.exists()


def test_a_wrong_token_is_not_a_visitor(film: Movie) -> None:
    client = APIClient(HTTP_AUTHORIZATION="Bearer nonsense")
    assert_error(track(client, film), 401, "AUTHENTICATION_FAILED")


@pytest.mark.django_db(transaction=True)
def test_parallel_first_visitors_of_a_day_share_its_salt(film: Movie) -> None:
    def look(_: int) -> int:
        try:
            return int(track(APIClient(REMOTE_ADDR="203.0.113.7"), film).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(look, range(20))) == {200}
    assert AnonymousView.objects.get().count == 20
    assert VisitorSalt.objects.count() == 1
