"""A person's ratings as the contract has them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.utils.dateparse import parse_datetime
from rest_framework.test import APIClient

from moviverse.library.models import Rating
from tests.contracts.account_client import assert_error
from tests.factories import accounts, catalog, library

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from moviverse.accounts.models import User
    from moviverse.catalog.models import Movie

pytestmark = pytest.mark.django_db

RATINGS = "/api/user/ratings/"
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
NO_FILMS = [
    *("0", "1", str(2**63 - 1), str(2**63), str(10**30)),
    *("-1", "1.5", "heat", "%00", "0x10", "1e3"),
    pytest.param("9" * 5_000, id="5000 digits"),
]
NO_RATINGS = [
    *(0, 0.25, 0.4, 4.25, 5.5, 6, 10, -1, -0.5, 1e18, 2**63 - 1, True, False, None),
    *("4.5", "four", "", "NaN", "٤", [4], [], {"value": 4}, {}),
]


@pytest.fixture
def viewer() -> User:
    return accounts.member()


@pytest.fixture
def client(viewer: User) -> APIClient:
    return accounts.client_of(viewer)


@pytest.fixture
def film() -> Movie:
    return catalog.film()


def place(film: Movie) -> str:
    return f"{RATINGS}{film.pk}/"


def put(client: APIClient, path: str, rating: Any) -> Any:
    return client.put(path, {"rating": rating}, format="json")


@pytest.mark.parametrize("rating", [0.5, 1, 2.0, 3.5, 5])
def test_a_rating_is_set_and_read_back(client: APIClient, film: Movie, rating: float) -> None:
    set_to = put(client, place(film), rating)
    assert set_to.status_code == 200
    body = set_to.json()
    assert body.keys() == {"tmdb_id", "rating", "rated_at"}
    assert (body["tmdb_id"], body["rating"]) == (film.pk, rating)
    rated_at = parse_datetime(body["rated_at"])
    assert rated_at
    assert rated_at.tzinfo
    assert client.get(place(film)).json() == body
    assert client.get(RATINGS).json()["results"] == [body]


@pytest.mark.parametrize("prefix", ["/api/user/", "/api/users/", "/api/v1/user/"])
@pytest.mark.parametrize("slash", ["/", ""])
def test_every_spelling_of_the_paths_is_the_same_place(
    client: APIClient, film: Movie, prefix: str, slash: str
) -> None:
    one, all_of_them = f"{prefix}ratings/{film.pk}{slash}", f"{prefix}ratings{slash}"
    assert put(client, one, 4).status_code == 200
    assert client.get(one).json()["rating"] == 4
    assert client.get(all_of_them).json()["count"] == 1
    assert client.delete(one).status_code == 204


def test_a_second_rating_takes_the_place_of_the_first(client: APIClient, film: Movie) -> None:
    first, second = put(client, place(film), 2), put(client, place(film), 4.5)
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json()["rated_at"] > first.json()["rated_at"]
    assert client.get(RATINGS).json()["results"] == [second.json()]


def test_a_rating_is_taken_back_once(client: APIClient, film: Movie) -> None:
    put(client, place(film), 2)
    taken_back = client.delete(place(film))
    assert (taken_back.status_code, taken_back.content) == (204, b"")
    assert_error(client.get(place(film)), 404, "NOT_FOUND")
    assert_error(client.delete(place(film)), 404, "NOT_FOUND")


def test_a_film_without_a_rating_of_mine_has_none(client: APIClient, film: Movie) -> None:
    assert_error(client.get(place(film)), 404, "NOT_FOUND")


@pytest.mark.parametrize("movie_id", NO_FILMS)
@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_what_is_no_film_is_not_found(client: APIClient, method: str, movie_id: str) -> None:
    path = f"{RATINGS}{movie_id}/"
    answer = put(client, path, 4) if method == "put" else getattr(client, method)(path)
    assert_error(answer, 404, "NOT_FOUND")


@pytest.mark.parametrize("rating", NO_RATINGS)
def test_what_is_no_rating_is_refused_and_the_old_one_stays(
    client: APIClient, film: Movie, rating: Any
) -> None:
    put(client, place(film), 3)
    assert_error(put(client, place(film), rating), 400, "VALIDATION_ERROR", "rating")
    assert client.get(place(film)).json()["rating"] == 3


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"", ["rating"]),
        (b"{}", ["rating"]),
        (b'{"rating": 4, "user": "somebody"}', ["user"]),
        (b'{"value": 4}', ["rating", "value"]),
        (b'{"rating": NaN}', []),
        (b'{"rating": Infinity}', []),
        (b'{"rating": 1e400}', []),
        (b'{"rating": 9223372036854775808}', []),
        (b'{"rating": "\\u0000"}', []),
        (b'{"rating": ' + b"[" * 100_000, []),
        (b"[4]", []),
        (b"4", []),
        (b"null", []),
        (b"rating=4", []),
        (b"\xff\xfe", []),
    ],
)
def test_a_body_that_is_no_rating_is_refused(
    client: APIClient, film: Movie, body: bytes, fields: list[str]
) -> None:
    answer = client.put(place(film), body, content_type="application/json")
    assert_error(answer, 400, "VALIDATION_ERROR", *fields)
    assert not Rating.objects.exists()


def test_only_json_is_read(client: APIClient, film: Movie) -> None:
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
        answer = client.put(place(film), b"rating=4", content_type=media_type)
        assert_error(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


def test_other_methods_are_not_allowed(client: APIClient, film: Movie) -> None:
    assert_error(client.post(place(film), {"rating": 4}, format="json"), 405, "METHOD_NOT_ALLOWED")
    assert_error(client.patch(place(film), {"rating": 4}, format="json"), 405, "METHOD_NOT_ALLOWED")
    assert_error(client.post(RATINGS, {"rating": 4}, format="json"), 405, "METHOD_NOT_ALLOWED")
    assert_error(client.delete(RATINGS), 405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_nobody_rates_without_signing_in(viewer: User, film: Movie, method: str) -> None:
    library.rate(viewer, {film: 3})
    answer = getattr(APIClient(), method)(place(film), {"rating": "wrong"})
    assert_error(answer, 401, "NOT_AUTHENTICATED")
    assert_error(APIClient().get(f"{RATINGS}?wrong=1"), 401, "NOT_AUTHENTICATED")
    assert Rating.objects.get().value == 3


def test_nobody_sees_or_changes_the_ratings_of_another(
    viewer: User, client: APIClient, film: Movie
) -> None:
    library.rate(viewer, {film: 3})
    other = accounts.client_of(accounts.administrator())
    assert_error(other.get(place(film)), 404, "NOT_FOUND")
    assert_error(other.delete(place(film)), 404, "NOT_FOUND")
    assert other.get(RATINGS).json()["count"] == 0
    put(other, place(film), 5)
    assert client.get(place(film)).json()["rating"] == 3
    assert other.delete(place(film)).status_code == 204
    assert client.get(RATINGS).json()["count"] == 1


def test_ratings_are_never_kept_by_a_proxy(client: APIClient, film: Movie) -> None:
    for answer in (put(client, place(film), 4), client.get(place(film)), client.get(RATINGS)):
        assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Alien", "Brazil", "Ágora"]),
        ("sort=date_desc", ["Alien", "Brazil", "Ágora"]),
        ("sort=date_asc", ["Ágora", "Brazil", "Alien"]),
        ("sort=rating_desc", ["Brazil", "Alien", "Ágora"]),
        ("sort=rating_asc", ["Ágora", "Alien", "Brazil"]),
        ("sort=title_asc", ["Ágora", "Alien", "Brazil"]),
        ("sort=title_desc&page=2&page_size=2", ["Ágora"]),
    ],
)
def test_ratings_come_in_the_order_asked_for(
    viewer: User, client: APIClient, query: str, titles: list[str]
) -> None:
    ids = {}
    for hour, (title, value) in enumerate([("Ágora", 2), ("Brazil", 5), ("Alien", 3)]):
        ids[title] = catalog.film(title=title).pk
        library.rate(viewer, {ids[title]: value}, now=NOW + timedelta(hours=hour))
    results = client.get(f"{RATINGS}?{query}").json()["results"]
    assert [each["tmdb_id"] for each in results] == [ids[title] for title in titles]


def test_ratings_come_in_pages_that_miss_and_repeat_none(viewer: User, client: APIClient) -> None:
    films = catalog.films(7)
    library.rate(viewer, dict.fromkeys(films, 4), now=NOW)  # all at one moment
    seen = []
    path: str | None = f"{RATINGS}?page_size=3&sort=rating_desc"
    while path:
        answer = client.get(path)
        body = answer.json()
        seen += [each["tmdb_id"] for each in body["results"]]
        assert (body["count"], body["page_size"], body["total_pages"]) == (7, 3, 3)
        assert answer["X-Pagination-Page"] == str(body["page"])
        assert answer["X-Pagination-Limit"] == "3"
        assert answer["X-Pagination-Page-Count"] == "3"
        assert answer["X-Pagination-Item-Count"] == "7"
        path = body["next"]
    assert seen == sorted(film.pk for film in films)


def test_nobody_has_rated_nothing_yet_with_an_error(client: APIClient) -> None:
    assert client.get(RATINGS).json() == {
        "count": 0, "page": 1, "page_size": 20, "total_pages": 1, "next": None, "previous": None,
        "results": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("sort=magic", "sort"),
        ("sort=", "sort"),
        ("sort=date_asc&sort=date_desc", "sort"),
        ("page=two", "page"),
        ("page=", "page"),
        ("page=1.5", "page"),
        ("page_size=0", "page_size"),
        ("page_size=101", "page_size"),
        ("page_size=-5", "page_size"),
        ("page_size=99999999999999999999", "page_size"),
        ("user=somebody", "user"),
        ("order=date_asc", "order"),
        ("sort[]=date_asc", "sort[]"),
        ("sort=%00", "sort"),
    ],
)
def test_a_malformed_query_is_refused(client: APIClient, query: str, field: str) -> None:
    assert_error(client.get(f"{RATINGS}?{query}"), 400, "VALIDATION_ERROR", field)


@pytest.mark.parametrize("page", [0, -1, 2, 2**62])
def test_a_page_out_of_range_is_not_found(client: APIClient, page: int) -> None:
    assert_error(client.get(f"{RATINGS}?page={page}"), 404, "NOT_FOUND")


def test_a_page_of_ratings_takes_three_queries(
    viewer: User, client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    library.rate(viewer, dict.fromkeys(catalog.films(30), 4))
    with django_assert_num_queries(3):  # the token, the count, the page
        assert len(client.get(f"{RATINGS}?page_size=30").json()["results"]) == 30


def test_setting_a_rating_takes_few_queries(
    client: APIClient, film: Movie, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    put(client, place(film), 3)
    with django_assert_num_queries(4 + 2):  # token, film, upsert, id of the row; and a savepoint
        put(client, place(film), 4)


@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_ratings_of_one_film_leave_one_row(viewer: User, film: Movie) -> None:
    def rate(number: int) -> tuple[int, float]:
        try:
            answer = put(accounts.client_of(viewer), place(film), number % 10 / 2 + 0.5)
            return answer.status_code, answer.json()["rating"]
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(rate, range(20)))
    assert {status for status, _ in answers} == {200}
    assert float(Rating.objects.get().value) in {rating for _, rating in answers}
