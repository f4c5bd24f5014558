"""Favourites and the watchlist as the contract has them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from rest_framework.test import APIClient

from moviverse.catalog.models import Movie
from moviverse.core import jobs
from moviverse.core.models import Job
from moviverse.library import services
from moviverse.library.models import Favorite, WatchlistItem
from moviverse.library.services import saved
from tests.contracts.account_client import assert_error
from tests.factories import accounts, catalog

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries, Settings

    from moviverse.accounts.models import User

pytestmark = pytest.mark.django_db

FAVORITES, WATCHLIST = "/api/user/favorites/", "/api/user/watchlist/"
LISTS = pytest.mark.parametrize("path", [FAVORITES, WATCHLIST])
SHAPE = {"id", "tmdb_id", "title", "poster_url", "in_catalog", "added_at", "movie"}
CARD = {
    "tmdb_id", "title", "release_date", "release_year", "genres", "runtime", "vote_average",
    "poster_url",
}  # fmt: skip
UNKNOWN = 603  # TMDb knows it, and these tests' catalogue does not
NOBODYS = "5d2f1c1e-9a53-4d6e-8a6e-1f0c7a3b9d42"
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
NO_IDS: list[Any] = [0, -1, 1.5, True, None, "", "x", [], {}, "9223372036854775808", "9" * 5_000]
NO_TEXTS: list[Any] = [1, True, [], {}, "x" * 301]
NO_POSTERS: list[Any] = [
    *(1, [], {}, "x", "javascript:alert(1)", "data:image/png;base64,", "//evil.example/x.png"),
    *("https://x.example/ y", "https://x.example/é", "https://" + "x" * 500),
]


@pytest.fixture
def viewer() -> User:
    return accounts.member()


@pytest.fixture
def client(viewer: User) -> APIClient:
    return accounts.client_of(viewer)


@pytest.fixture
def film() -> Movie:
    return catalog.film(title="Heat", genres=("Crime",))


def post(client: APIClient, path: str, body: Any, **headers: Any) -> Any:
    return client.post(path, body, format="json", **headers)


def rows() -> int:
    return Favorite.objects.count() + WatchlistItem.objects.count()


@LISTS
def test_a_film_is_saved_once_and_answered_with_the_same_row(
    client: APIClient, film: Movie, path: str
) -> None:
    first, again = (post(client, path, {"tmdb_id": film.pk}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    body = first.json()
    assert body.keys() == SHAPE
    assert body["movie"].keys() == CARD
    assert (body["tmdb_id"], body["title"], body["in_catalog"]) == (film.pk, "Heat", True)
    assert body["movie"]["genres"] == ["Crime"]
    assert client.get(path).json()["results"] == [body]


@pytest.mark.parametrize(
    "path",
    [
        *(FAVORITES, "/api/users/favorites/", "/api/v1/user/favorites/", "/api/user/favorites"),
        *(WATCHLIST, "/api/users/watchlist/", "/api/watchlist/", "/api/watchlist", "/api/v1/watchlist"),
    ],
)  # fmt: skip
def test_every_spelling_of_the_paths_is_the_same_place(
    client: APIClient, film: Movie, path: str
) -> None:
    home = FAVORITES if "favorites" in path else WATCHLIST
    row = post(client, path, {"tmdb_id": film.pk}).json()
    assert client.get(path).json()["results"] == client.get(home).json()["results"] == [row]
    assert client.delete(f"{path.rstrip('/')}/{film.pk}").status_code == 204
    assert client.get(home).json()["count"] == 0


def test_the_two_lists_are_not_the_same(client: APIClient, film: Movie) -> None:
    post(client, FAVORITES, {"tmdb_id": film.pk})
    assert client.get(WATCHLIST).json()["count"] == 0


def test_the_watchlist_takes_a_film_by_its_address(client: APIClient, film: Movie) -> None:
    path = f"/api/watchlist/{film.pk}/"
    assert [post(client, path, {}).status_code for _ in range(2)] == [201, 200]
    (row,) = client.get("/api/watchlist/").json()["results"]
    assert row["tmdb_id"] == film.pk
    again = post(client, f"/api/watchlist/{row['id']}/", {})
    assert (again.status_code, again.json()["id"]) == (200, row["id"])
    assert_error(post(client, path, {"tmdb_id": 5}), 400, "VALIDATION_ERROR", "tmdb_id")
    assert_error(post(client, f"/api/watchlist/{uuid4()}/", {}), 404, "NOT_FOUND")
    assert_error(post(client, "/api/watchlist/heat/", {}), 404, "NOT_FOUND")
    assert_error(post(client, "/api/watchlist/0/", {}), 404, "NOT_FOUND")


@LISTS
@pytest.mark.parametrize("by", ["id", "tmdb_id"])
def test_a_film_is_taken_off_by_either_id_once(
    client: APIClient, film: Movie, path: str, by: str
) -> None:
    row = post(client, path, {"tmdb_id": film.pk}).json()
    gone = client.delete(f"{path}{row[by]}/")
    assert (gone.status_code, gone.content) == (204, b"")
    assert_error(client.delete(f"{path}{row[by]}/"), 404, "NOT_FOUND")
    assert not rows()


@LISTS
@pytest.mark.parametrize("names", [("tmdb_id", "title"), ("movie_id", "movie_title")])
def test_a_film_that_we_do_not_hold_is_kept_as_it_was_sent_and_not_in_the_catalogue(
    client: APIClient, path: str, names: tuple[str, str]
) -> None:
    poster = "https://image.example/matrix.jpg"
    answer = post(client, path, {names[0]: UNKNOWN, names[1]: "The Matrix", "poster_url": poster})
    assert answer.status_code == 201
    body = answer.json()
    assert (body["tmdb_id"], body["title"], body["poster_url"], body["in_catalog"]) == (
        UNKNOWN, "The Matrix", poster, False,
    )  # fmt: skip
    assert body["movie"].keys() == CARD
    assert client.get(path).json()["results"] == [body]
    assert not Movie.objects.exists()
    assert_error(client.get(f"/api/movies/{UNKNOWN}/"), 404, "NOT_FOUND")
    assert client.get("/api/movies/search/?q=matrix").json()["count"] == 0
    assert client.delete(f"{path}{UNKNOWN}/").status_code == 204


@LISTS
def test_a_film_that_arrives_is_shown_as_the_catalogue_has_it(client: APIClient, path: str) -> None:
    post(client, path, {"tmdb_id": UNKNOWN, "title": "matrix??"})
    catalog.film(tmdb_id=UNKNOWN, title="The Matrix", release_year=1999)
    (row,) = client.get(path).json()["results"]
    assert (row["title"], row["in_catalog"]) == ("The Matrix", True)
    assert row["movie"]["release_year"] == 1999


@LISTS
def test_what_is_sent_with_a_film_that_we_hold_changes_nothing(
    client: APIClient, film: Movie, path: str
) -> None:
    body = post(client, path, {"tmdb_id": film.pk, "title": "<b>", "poster_url": "/x.jpg"}).json()
    assert (body["title"], body["poster_url"]) == ("Heat", f"/posters/{film.pk}.svg")


@LISTS
def test_a_saved_film_survives_its_leaving_the_catalogue(
    client: APIClient, film: Movie, path: str
) -> None:
    post(client, path, {"tmdb_id": film.pk})
    film.delete()
    (row,) = client.get(path).json()["results"]
    assert (row["title"], row["in_catalog"]) == ("Heat", False)


@LISTS
def test_an_unknown_film_is_asked_for_once_where_a_key_is_set(
    client: APIClient, path: str, settings: Settings
) -> None:
    post(client, path, {"tmdb_id": 7})
    assert not Job.objects.exists()
    settings.TMDB_API_KEY = "a key"
    for _ in range(2):
        post(client, path, {"tmdb_id": UNKNOWN})
        post(accounts.client_of(accounts.member()), path, {"tmdb_id": UNKNOWN})
    post(client, path, {"tmdb_id": catalog.film().pk})
    job = Job.objects.get()
    assert (job.name, job.arguments) == (jobs.FETCH_MOVIE, {"tmdb_id": UNKNOWN})


@LISTS
@pytest.mark.parametrize("movie_id", [2_000_000_000, 2**63 - 1])
def test_only_an_id_of_tmdbs_may_be_unknown(client: APIClient, path: str, movie_id: int) -> None:
    assert_error(post(client, path, {"tmdb_id": movie_id}), 404, "NOT_FOUND")
    assert not rows()


@LISTS
def test_a_list_is_not_without_bound(
    client: APIClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved, "MOST_UNKNOWN", 2)
    monkeypatch.setattr(saved, "LONGEST_LIST", 3)
    one, two = catalog.films(2)
    assert [post(client, path, {"tmdb_id": i}).status_code for i in (1, 2, 3)] == [201, 201, 409]
    assert [post(client, path, {"tmdb_id": i.pk}).status_code for i in (one, two)] == [201, 409]
    assert_error(post(client, path, {"tmdb_id": two.pk}), 409, "CONFLICT")
    assert post(client, path, {"tmdb_id": 1}).status_code == 200  # it is there already


@LISTS
@pytest.mark.parametrize(
    ("body", "field"),
    [
        *(({"tmdb_id": each}, "tmdb_id") for each in NO_IDS),
        *(({"movie_id": each}, "movie_id") for each in NO_IDS),
        *(({"tmdb_id": 7, "title": each}, "title") for each in NO_TEXTS),
        *(({"tmdb_id": 7, "movie_title": each}, "movie_title") for each in NO_TEXTS),
        *(({"tmdb_id": 7, "poster_url": each}, "poster_url") for each in NO_POSTERS),
        ({}, "tmdb_id"),
        ({"title": "Heat"}, "tmdb_id"),
        ({"tmdb_id": 7, "movie_id": 8}, "movie_id"),
        ({"tmdb_id": 7, "title": "a", "movie_title": "b"}, "movie_title"),
        ({"tmdb_id": 7, "user": "somebody"}, "user"),
        ({"tmdb_id": 7, "added_at": "2020-01-01"}, "added_at"),
    ],
)
def test_what_is_no_film_to_save_is_refused(
    client: APIClient, path: str, body: dict[str, Any], field: str
) -> None:
    answer = post(client, path, body)
    assert_error(answer, 400, "VALIDATION_ERROR", field)
    assert len(answer.content) < 1_000  # what was sent is not sent back
    assert not rows()


@LISTS
@pytest.mark.parametrize(
    "body",
    [
        *(
            b"[]",
            b"null",
            b'{"tmdb_id": 7, "title": "\\u0000"}',
            b'{"tmdb_id": NaN}',
            b'{"tmdb_id": 1e400}',
            b'{"tmdb_id": 7',
        ),
        b'{"tmdb_id": 9223372036854775808}',
        b'{"tmdb_id": ' + b"[" * 100_000,
    ],
)
def test_what_is_no_json_object_is_refused(client: APIClient, path: str, body: bytes) -> None:
    answer = client.post(path, body, content_type="application/json")
    assert_error(answer, 400, "VALIDATION_ERROR")


@LISTS
@pytest.mark.parametrize(
    "named",
    ["0", "-1", "1.5", "heat", "%00", str(2**63), "9" * 5_000, "٣", NOBODYS, f"{NOBODYS}x"],
)
def test_what_is_not_on_the_list_is_not_found(client: APIClient, path: str, named: str) -> None:
    assert_error(client.delete(f"{path}{named}/"), 404, "NOT_FOUND")


@LISTS
def test_nobody_saves_without_signing_in(path: str) -> None:
    assert_error(post(APIClient(), path, {"wrong": 1}), 401, "NOT_AUTHENTICATED")
    assert_error(APIClient().get(f"{path}?wrong=1"), 401, "NOT_AUTHENTICATED")
    assert_error(APIClient().delete(f"{path}7/"), 401, "NOT_AUTHENTICATED")
    assert_error(post(APIClient(), "/api/watchlist/7/", {}), 401, "NOT_AUTHENTICATED")


@LISTS
def test_nobody_sees_or_changes_the_list_of_another(
    client: APIClient, film: Movie, path: str
) -> None:
    row = post(client, path, {"tmdb_id": film.pk}).json()
    other = accounts.client_of(accounts.administrator())
    assert other.get(path).json()["count"] == 0
    for named in (row["id"], film.pk):
        assert_error(other.delete(f"{path}{named}/"), 404, "NOT_FOUND")
    assert post(other, path, {"tmdb_id": film.pk}).json()["id"] != row["id"]
    assert client.get(path).json()["results"] == [row]


@LISTS
def test_a_key_makes_two_requests_one(client: APIClient, film: Movie, path: str) -> None:
    body = {"tmdb_id": film.pk}
    first, again = (post(client, path, body, HTTP_IDEMPOTENCY_KEY="key-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = post(client, path, {"tmdb_id": 7}, HTTP_IDEMPOTENCY_KEY="key-1")
    assert_error(other, 409, "CONFLICT")


@LISTS
def test_a_list_comes_in_its_order_and_in_pages(viewer: User, client: APIClient, path: str) -> None:
    add = services.add_favorite if path == FAVORITES else services.add_to_watchlist
    for hour in range(5):
        add(user=viewer, movie_id=hour + 1, now=NOW + timedelta(hours=hour))
    seen = []
    following: str | None = f"{path}?page_size=2"
    while following:
        answer = client.get(following)
        assert answer["X-Pagination-Item-Count"] == "5"
        assert answer["Cache-Control"] == "private, no-store"
        seen += [row["tmdb_id"] for row in answer.json()["results"]]
        following = answer.json()["next"]
    assert seen == [5, 4, 3, 2, 1]
    oldest = client.get(f"{path}?sort=added_asc").json()["results"]
    assert [row["tmdb_id"] for row in oldest] == [1, 2, 3, 4, 5]


@LISTS
@pytest.mark.parametrize(
    ("query", "field"),
    [
        *((f"sort={wrong}", "sort") for wrong in ("", "magic", "%00")),
        ("page=two", "page"),
        ("page_size=101", "page_size"),
        ("user=somebody", "user"),
    ],
)
def test_a_malformed_query_is_refused(client: APIClient, path: str, query: str, field: str) -> None:
    assert_error(client.get(f"{path}?{query}"), 400, "VALIDATION_ERROR", field)


@LISTS
def test_a_page_takes_four_queries(
    viewer: User, client: APIClient, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    add = services.add_favorite if path == FAVORITES else services.add_to_watchlist
    for film in catalog.films(20, genres=("Crime", "Drama")):
        add(user=viewer, movie_id=film.pk, now=NOW)
    with django_assert_num_queries(4):  # the token, the count, the page, its films
        assert len(client.get(path).json()["results"]) == 20


@LISTS
@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_requests_save_a_film_once(viewer: User, film: Movie, path: str) -> None:
    def save(_: int) -> tuple[int, str]:
        try:
            answer = post(accounts.client_of(viewer), path, {"tmdb_id": film.pk})
            return answer.status_code, answer.json()["id"]
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(save, range(20)))
    assert sorted(status for status, _ in answers) == [200] * 19 + [201]
    assert len({id_ for _, id_ in answers}) == rows() == 1
