"""What a person does with films, as the contract has it: one by one, and read back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from moviverse.library import services
from moviverse.library.models import Interaction, Rating
from tests.contracts.account_client import assert_error
from tests.factories import accounts, catalog, library

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from moviverse.accounts.models import User
    from moviverse.catalog.models import Movie

pytestmark = pytest.mark.django_db

INTERACTIONS = "/api/interactions/"
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SHAPE = {"id", "movie_id", "interaction_type", "rating", "happened_at"}
NO_IDS: list[Any] = [0, -1, 1.5, True, None, "", "x", [], {}, "9223372036854775808", "9" * 5_000]
NO_TYPES: list[Any] = ["", "View", "like", "x" * 50_000, None, 1, True, [], ["view"], {}]
NO_RATINGS: list[Any] = [0, 0.4, 4.25, 5.5, -1, 1e18, True, False, None, "4.5", "", [], {}]
WRONG: list[tuple[dict[str, Any], str]] = [
    *(({"movie_id": each}, "movie_id") for each in NO_IDS),
    *(({"movie_id": ..., "tmdb_id": each}, "tmdb_id") for each in NO_IDS),
    ({"movie_id": ...}, "movie_id"),
    ({"tmdb_id": 7}, "movie_id"),
    *(({"interaction_type": each}, "interaction_type") for each in NO_TYPES),
    ({"interaction_type": ...}, "interaction_type"),
    *(({"interaction_type": "rate", "rating": each}, "rating") for each in NO_RATINGS),
    ({"interaction_type": "rate"}, "rating"),
    ({"interaction_type": "view", "rating": 4}, "rating"),
    ({"user": "somebody"}, "user"),
    ({"happened_at": "2020-01-01"}, "happened_at"),
]
NO_MOMENTS = [
    *("", "yesterday", "1777636800", "2026-13-01", "2026-02-30T00:00:00Z", "10000-01-01", "%00"),
    *("0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"),
    "2026-05-01T12:00:00+02:00",  # an unquoted plus is a space
    pytest.param("2" * 5_000, id="5000 digits"),
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


def post(client: APIClient, body: Any, **headers: Any) -> Any:
    return client.post(INTERACTIONS, body, format="json", **headers)


def nothing_was_recorded() -> bool:
    return not Interaction.objects.exists() and not Rating.objects.exists()


@pytest.mark.parametrize("type_", ["view", "select", "recommend"])
@pytest.mark.parametrize("field", ["movie_id", "tmdb_id"])
def test_an_interaction_is_recorded_and_read_back(
    client: APIClient, film: Movie, type_: str, field: str
) -> None:
    answer = post(client, {field: film.pk, "interaction_type": type_})
    assert answer.status_code == 201
    body = answer.json()
    assert body.keys() == SHAPE
    assert (body["movie_id"], body["interaction_type"], body["rating"]) == (film.pk, type_, None)
    told = client.get(INTERACTIONS).json()
    assert (told["interactions"], told["count"]) == ([body], 1)


def test_doing_it_again_is_another_interaction(client: APIClient, film: Movie) -> None:
    for _ in range(2):
        post(client, {"movie_id": film.pk, "interaction_type": "view"})
    assert client.get(INTERACTIONS).json()["count"] == 2


@pytest.mark.parametrize("path", ["/api/interactions", "/api/v1/interactions/"])
def test_every_spelling_of_the_path_is_the_same_place(
    client: APIClient, film: Movie, path: str
) -> None:
    body = {"movie_id": film.pk, "interaction_type": "view"}
    assert client.post(path, body, format="json").status_code == 201
    assert client.get(path).json()["count"] == 1


def test_a_rate_is_the_same_fact_as_a_rating(client: APIClient, film: Movie) -> None:
    place = f"/api/user/ratings/{film.pk}/"
    answer = post(client, {"movie_id": film.pk, "interaction_type": "rate", "rating": 4.5})
    assert answer.status_code == 201
    assert client.get(place).json() == {
        "tmdb_id": film.pk,
        "rating": 4.5,
        "rated_at": answer.json()["happened_at"],
    }
    client.put(place, {"rating": 2}, format="json")
    (told,) = client.get(f"{INTERACTIONS}?type=rate").json()["interactions"]
    assert (told["id"], told["rating"]) == (answer.json()["id"], 2)
    client.delete(place)
    assert client.get(INTERACTIONS).json()["count"] == 0


@pytest.mark.parametrize("rating", [None, "absent"])
def test_what_is_no_rate_may_say_that_it_has_no_rating(
    client: APIClient, film: Movie, rating: Any
) -> None:
    body = {"movie_id": film.pk, "interaction_type": "view", "rating": rating}
    if rating == "absent":
        del body["rating"]
    assert post(client, body).status_code == 201


@pytest.mark.parametrize("both", [949, "949"], ids=["number", "digits"])
def test_a_film_is_named_by_number_digits_or_both_names(client: APIClient, both: int | str) -> None:
    catalog.film(tmdb_id=949)
    body = {"movie_id": both, "tmdb_id": 949, "interaction_type": "view"}
    assert post(client, body).json()["movie_id"] == 949


@pytest.mark.parametrize("movie_id", [1, 2**31, 2**63 - 1])
def test_an_unknown_film_is_not_found(client: APIClient, movie_id: int) -> None:
    answer = post(client, {"movie_id": movie_id, "interaction_type": "view"})
    assert_error(answer, 404, "NOT_FOUND")
    assert nothing_was_recorded()


@pytest.mark.parametrize(("told", "field"), WRONG)
def test_what_is_no_interaction_is_refused(
    client: APIClient, film: Movie, told: dict[str, Any], field: str
) -> None:
    whole = {"movie_id": film.pk, "interaction_type": "view", **told}
    answer = post(client, {name: value for name, value in whole.items() if value is not ...})
    assert_error(answer, 400, "VALIDATION_ERROR", field)
    assert len(answer.content) < 1_000  # what was sent is not sent back
    assert nothing_was_recorded()


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        b"view",
        b'{"movie_id": NaN, "interaction_type": "view"}',
        b'{"movie_id": 9223372036854775808, "interaction_type": "view"}',
        b'{"movie_id": 1e400, "interaction_type": "view"}',
        b'{"movie_id": 949, "interaction_type": "view\\u0000"}',
        b'{"movie_id": ' + b'{"movie_id":' * 50_000,
    ],
)
def test_what_is_no_json_object_is_refused(client: APIClient, body: bytes) -> None:
    answer = client.post(INTERACTIONS, body, content_type="application/json")
    assert_error(answer, 400, "VALIDATION_ERROR")


def test_only_json_is_read(client: APIClient) -> None:
    answer = client.post(INTERACTIONS, b"movie_id=949", content_type="text/plain")
    assert_error(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


def test_nobody_records_or_reads_without_signing_in() -> None:
    assert_error(post(APIClient(), {"wrong": 1}), 401, "NOT_AUTHENTICATED")
    assert_error(APIClient().get(f"{INTERACTIONS}?wrong=1"), 401, "NOT_AUTHENTICATED")


def test_nobody_sees_what_another_did(client: APIClient, film: Movie) -> None:
    post(client, {"movie_id": film.pk, "interaction_type": "view"})
    post(client, {"movie_id": film.pk, "interaction_type": "rate", "rating": 4})
    other = accounts.client_of(accounts.administrator())
    assert other.get(INTERACTIONS).json()["count"] == 0
    post(other, {"movie_id": film.pk, "interaction_type": "rate", "rating": 1})
    assert client.get(f"{INTERACTIONS}?type=rate").json()["interactions"][0]["rating"] == 4


def test_a_key_makes_two_requests_one_interaction(client: APIClient, film: Movie) -> None:
    body = {"movie_id": film.pk, "interaction_type": "view"}
    first, again = (post(client, body, HTTP_IDEMPOTENCY_KEY="key-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = post(client, {**body, "interaction_type": "select"}, HTTP_IDEMPOTENCY_KEY="key-1")
    assert_error(other, 409, "CONFLICT")
    assert Interaction.objects.count() == 1


def test_the_story_is_told_from_its_end_in_pages(viewer: User, client: APIClient) -> None:
    films = catalog.films(5)
    for hour, film in enumerate(films):
        now = NOW + timedelta(hours=hour)
        if hour % 2:
            library.rate(viewer, {film: 4}, now=now)
        else:
            services.record(user=viewer, movie_id=film.pk, type="view", now=now)
    seen = []
    path: str | None = f"{INTERACTIONS}?page_size=2"
    while path:
        answer = client.get(path)
        body = answer.json()
        assert body.keys() == {
            "interactions", "count", "page", "page_size", "total_pages", "next", "previous",
        }  # fmt: skip
        assert (body["count"], body["page_size"], body["total_pages"]) == (5, 2, 3)
        assert answer["X-Pagination-Page"] == str(body["page"])
        assert answer["X-Pagination-Limit"] == "2"
        assert answer["X-Pagination-Page-Count"] == "3"
        assert answer["X-Pagination-Item-Count"] == "5"
        assert answer["Cache-Control"] == "private, no-store"
        assert all(each.keys() == SHAPE for each in body["interactions"])
        seen += [each["movie_id"] for each in body["interactions"]]
        path = body["next"]
    assert seen == [film.pk for film in reversed(films)]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("type=view", 1),
        ("type=rate", 1),
        ("type=select", 0),
        ("since=2026-05-01T12:00:00Z", 2),
        ("since=2026-05-01T12:00:01Z", 1),
        ("since=2026-05-01T12:00:01", 1),
        ("since=2026-05-01T14:00:01%2B02:00", 1),
        ("since=2026-05-01", 2),
        ("since=2026-05-02", 0),
        ("since=9999-12-31T23:59:59Z", 0),
        ("since=0001-01-01", 2),
        ("type=view&since=2026-05-01T12:30:00Z", 0),
        ("type=rate&since=2026-05-01T12:30:00Z", 1),
    ],
)
def test_the_story_is_narrowed_by_type_and_time(
    viewer: User, client: APIClient, film: Movie, query: str, count: int
) -> None:
    services.record(user=viewer, movie_id=film.pk, type="view", now=NOW)
    library.rate(viewer, {film: 4}, now=NOW + timedelta(hours=1))
    told = client.get(f"{INTERACTIONS}?{query}").json()
    assert (told["count"], len(told["interactions"])) == (count, count)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        *((f"type={wrong}", "type") for wrong in ("", "like", "VIEW", "view,rate", "%00")),
        ("type=view&type=rate", "type"),
        ("since=2026-05-01&since=2026-05-02", "since"),
        ("until=2026-05-01", "until"),
        ("interaction_type=view", "interaction_type"),
        ("page=x", "page"),
        ("page_size=101", "page_size"),
        ("user_id=1", "user_id"),
    ],
)
def test_a_malformed_query_is_refused(client: APIClient, query: str, field: str) -> None:
    assert_error(client.get(f"{INTERACTIONS}?{query}"), 400, "VALIDATION_ERROR", field)


@pytest.mark.parametrize("since", NO_MOMENTS)
def test_what_is_no_moment_is_refused(client: APIClient, since: str) -> None:
    assert_error(client.get(f"{INTERACTIONS}?since={since}"), 400, "VALIDATION_ERROR", "since")


@pytest.mark.parametrize("page", [0, -1, 2, 2**62])
def test_a_page_out_of_range_is_not_found(client: APIClient, page: int) -> None:
    assert_error(client.get(f"{INTERACTIONS}?page={page}"), 404, "NOT_FOUND")


@pytest.mark.parametrize("query", ["", "&type=view", "&type=rate", "&since=2026-01-01"])
def test_a_page_of_the_story_takes_three_queries(
    viewer: User, client: APIClient, query: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for film in catalog.films(15):
        services.record(user=viewer, movie_id=film.pk, type="view", now=timezone.now())
        library.rate(viewer, {film: 4})
    with django_assert_num_queries(3):  # the token, the count, the page
        assert client.get(f"{INTERACTIONS}?page_size=30{query}").json()["count"] >= 15
