"""Reviews as the contract has them: everybody reads them, members write one a film."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from rest_framework.test import APIClient

from moviverse.library import services
from moviverse.library.models import Rating, Review
from tests.contracts.account_client import assert_error
from tests.factories import accounts, catalog, library

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from moviverse.accounts.models import User
    from moviverse.catalog.models import Movie

pytestmark = pytest.mark.django_db

MINE = "/api/user/reviews/"
SHAPE = {"id", "tmdb_id", "rating", "text", "author", "created_at", "updated_at"}
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
TEXT = "Two men who would rather talk, and cannot."
NO_TEXTS: list[Any] = [
    *("", " \n\t ", "x" * 10_001, "a\x07b", "\x1b[2J", "a\x85b", None, 1, True, [], {}),
]
NO_RATINGS: list[Any] = [0, 0.4, 4.25, 5.5, -1, 1e18, True, None, "4.5", "", [], {}]


@pytest.fixture
def viewer() -> User:
    return accounts.member(username="ada")


@pytest.fixture
def client(viewer: User) -> APIClient:
    return accounts.client_of(viewer)


@pytest.fixture
def film() -> Movie:
    return catalog.film(title="Heat")


def place(film: Movie | int) -> str:
    return f"/api/movies/{film if isinstance(film, int) else film.pk}/reviews/"


def post(client: APIClient, film: Movie | int, body: Any = None, **headers: Any) -> Any:
    body = {"rating": 4.5, "text": TEXT} if body is None else body
    return client.post(place(film), body, format="json", **headers)


def write(user: User, film: Movie, *, rating: float = 4, now: datetime = NOW) -> Review:
    services.write_review(user=user, movie_id=film.pk, rating=rating, text=TEXT, now=now)
    return Review.objects.get(user=user, movie=film)


def test_a_review_is_written_with_its_rating_and_read_by_anybody(
    viewer: User, client: APIClient, film: Movie
) -> None:
    answer = post(client, film)
    assert answer.status_code == 201
    body = answer.json()
    assert body.keys() == SHAPE
    assert (body["tmdb_id"], body["rating"], body["text"]) == (film.pk, 4.5, TEXT)
    assert body["author"] == {"id": str(viewer.pk), "username": "ada", "avatar_url": ""}
    assert client.get(f"/api/user/ratings/{film.pk}/").json()["rating"] == 4.5
    read = APIClient().get(place(film))
    assert read.json()["results"] == [body]
    assert viewer.email not in read.content.decode()
    (mine,) = client.get(MINE).json()["results"]
    assert mine.keys() == SHAPE - {"author"} | {"movie"}
    assert (mine["id"], mine["movie"]["title"]) == (body["id"], "Heat")


def test_a_text_is_kept_as_it_was_written(client: APIClient, film: Movie) -> None:
    text = "  <script>alert('x')</script> & \"so\"\r\n\tशाबाश 👩‍👩‍👧 "
    assert post(client, film, {"rating": 1, "text": text}).json()["text"] == text
    assert APIClient().get(place(film)).json()["results"][0]["text"] == text


@pytest.mark.parametrize("path", ["/api/movies/{}/reviews", "/api/v1/movies/{}/reviews/"])
def test_every_spelling_of_the_path_is_the_same_place(
    client: APIClient, film: Movie, path: str
) -> None:
    body = {"rating": 4, "text": TEXT}
    assert client.post(path.format(film.pk), body, format="json").status_code == 201
    assert client.get(path.format(film.pk)).json()["count"] == 1
    assert client.get("/api/users/reviews").json()["count"] == 1


def test_a_second_review_is_a_conflict_and_leaves_the_rating(
    client: APIClient, film: Movie
) -> None:
    post(client, film)
    assert_error(post(client, film, {"rating": 1, "text": "No."}), 409, "CONFLICT")
    (review,) = client.get(place(film)).json()["results"]
    assert (review["rating"], review["text"]) == (4.5, TEXT)


def test_a_review_shows_what_its_author_rates_the_film_now(
    viewer: User, client: APIClient, film: Movie
) -> None:
    post(client, film)
    library.rate(viewer, {film: 2})
    assert client.get(place(film)).json()["results"][0]["rating"] == 2
    client.delete(f"/api/user/ratings/{film.pk}/")
    assert client.get(place(film)).json()["results"][0]["rating"] is None


def test_an_earlier_rating_gives_way_to_the_reviews(
    viewer: User, client: APIClient, film: Movie
) -> None:
    library.rate(viewer, {film: 1})
    post(client, film)
    assert Rating.objects.get().value == 4.5


def test_a_review_is_edited_whole_or_in_part(client: APIClient, film: Movie) -> None:
    body = post(client, film).json()
    path = f"/api/reviews/{body['id']}/"
    whole = client.put(path, {"rating": 1, "text": "No."}, format="json").json()
    assert (whole["rating"], whole["text"], whole["id"]) == (1, "No.", body["id"])
    assert whole["created_at"] == body["created_at"] < whole["updated_at"]
    assert client.patch(path, {"rating": 3}, format="json").json()["rating"] == 3
    assert client.patch(path, {"text": "Well."}, format="json").json()["text"] == "Well."
    (kept,) = APIClient().get(place(film)).json()["results"]
    assert (kept["rating"], kept["text"]) == (3, "Well.")
    assert Rating.objects.get().value == 3
    unchanged = client.patch(path, {}, format="json").json()
    assert unchanged == kept
    for half in ({"rating": 2}, {"text": "No."}):
        missing = {"rating", "text"} - half.keys()
        assert_error(client.put(path, half, format="json"), 400, "VALIDATION_ERROR", *missing)


def test_a_deleted_review_leaves_the_rating_and_room_for_another(
    client: APIClient, film: Movie
) -> None:
    path = f"/api/reviews/{post(client, film).json()['id']}/"
    gone = client.delete(path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert_error(client.delete(path), 404, "NOT_FOUND")
    assert Rating.objects.get().value == 4.5
    assert post(client, film).status_code == 201


@pytest.mark.parametrize("role", ["moderator", "admin"])
def test_who_moderates_deletes_any_review_and_edits_none(film: Movie, role: str) -> None:
    review = write(accounts.member(), film)
    path = f"/api/reviews/{review.id}/"
    moderator = accounts.member()
    group, _ = Group.objects.get_or_create(name=role)
    moderator.groups.add(group)
    client = accounts.client_of(moderator)
    assert_error(client.patch(path, {"text": "No."}, format="json"), 404, "NOT_FOUND")
    assert client.delete(path).status_code == 204
    assert not Review.objects.exists()


@pytest.mark.parametrize("role", ["", "analyst"])
def test_nobody_else_changes_a_review(film: Movie, role: str) -> None:
    review = write(accounts.member(), film)
    path = f"/api/reviews/{review.id}/"
    other = accounts.member()
    if role:
        other.groups.add(Group.objects.get_or_create(name=role)[0])
    body = {"rating": 1, "text": "No."}
    for stranger, status, code in (
        (accounts.client_of(other), 404, "NOT_FOUND"),
        (APIClient(), 401, "NOT_AUTHENTICATED"),
    ):
        assert_error(stranger.put(path, body, format="json"), status, code)
        assert_error(stranger.patch(path, body, format="json"), status, code)
        assert_error(stranger.delete(path), status, code)
    review.refresh_from_db()
    assert review.text == TEXT
    assert Rating.objects.get().value == 4


def test_nobody_writes_or_lists_theirs_without_signing_in(film: Movie) -> None:
    assert_error(post(APIClient(), film, {"wrong": 1}), 401, "NOT_AUTHENTICATED")
    assert_error(APIClient().get(MINE), 401, "NOT_AUTHENTICATED")


@pytest.mark.parametrize("movie_id", [1, 0, 2**63 - 1, 2**63, 10**30])
def test_a_film_that_we_do_not_hold_is_not_found(client: APIClient, movie_id: int) -> None:
    assert_error(post(client, movie_id), 404, "NOT_FOUND")
    assert_error(client.get(place(movie_id)), 404, "NOT_FOUND")


@pytest.mark.parametrize("named", ["5d2f1c1e-9a53-4d6e-8a6e-1f0c7a3b9d42", "7", "x", "%00"])
def test_what_is_no_review_is_not_found(client: APIClient, named: str) -> None:
    path = f"/api/reviews/{named}/"
    assert_error(client.patch(path, {"text": "x"}, format="json"), 404, "NOT_FOUND")
    assert_error(client.delete(path), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("told", "field"),
    [
        *(({"text": each}, "text") for each in NO_TEXTS),
        *(({"rating": each}, "rating") for each in NO_RATINGS),
        ({"text": ...}, "text"),
        ({"rating": ...}, "rating"),
        ({"user": "somebody"}, "user"),
        ({"created_at": "2020-01-01"}, "created_at"),
    ],
)
def test_what_is_no_review_is_refused_when_written_and_edited(
    viewer: User, client: APIClient, film: Movie, told: dict[str, Any], field: str
) -> None:
    whole = {"rating": 4.5, "text": TEXT, **told}
    body = {name: value for name, value in whole.items() if value is not ...}
    refused = post(client, film, body)
    assert_error(refused, 400, "VALIDATION_ERROR", field)
    assert len(refused.content) < 1_000  # what was sent is not sent back
    assert not Review.objects.exists()
    assert not Rating.objects.exists()
    path = f"/api/reviews/{write(viewer, film, rating=2).id}/"
    assert_error(client.put(path, body, format="json"), 400, "VALIDATION_ERROR", field)
    assert Review.objects.get().text == TEXT
    assert Rating.objects.get().value == 2


@pytest.mark.parametrize("body", [b"[]", b"null", b'{"rating": NaN}', b'{"text": "\\u0000"}'])
def test_what_is_no_json_object_is_refused(client: APIClient, film: Movie, body: bytes) -> None:
    answer = client.post(place(film), body, content_type="application/json")
    assert_error(answer, 400, "VALIDATION_ERROR")


def test_a_key_makes_two_requests_one_review(client: APIClient, film: Movie) -> None:
    first, again = (post(client, film, HTTP_IDEMPOTENCY_KEY="key-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


@pytest.mark.parametrize(
    ("sort", "ratings"),
    [("", [None, 1, 5, 3]), ("sort=newest", [None, 1, 5, 3]), ("sort=highest", [5, 3, 1, None]),
     ("sort=lowest", [1, 3, 5, None]), ("sort=lowest&page=2&page_size=3", [None])],
)  # fmt: skip
def test_reviews_come_in_the_order_asked_for(
    film: Movie, sort: str, ratings: list[float | None]
) -> None:
    people = [accounts.member() for _ in range(4)]
    for hour, (user, rating) in enumerate(zip(people, [3, 5, 1, 2], strict=True)):
        write(user, film, rating=rating, now=NOW + timedelta(hours=hour))
    services.unrate(user=people[3], movie_id=film.pk)
    results = APIClient().get(f"{place(film)}?{sort}").json()["results"]
    assert [each["rating"] for each in results] == ratings


@pytest.mark.parametrize("path", [MINE, "film"])
@pytest.mark.parametrize("query", ["sort=magic", "sort=", "page=x", "page_size=101", "user=x"])
def test_a_malformed_query_is_refused(
    client: APIClient, film: Movie, path: str, query: str
) -> None:
    path = place(film) if path == "film" else path
    answer = client.get(f"{path}?{query}")
    assert_error(answer, 400, "VALIDATION_ERROR", query.partition("=")[0])


def test_a_page_of_a_films_reviews_takes_two_queries_and_may_be_asked_for_again(
    film: Movie, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(20):
        write(accounts.member(), film)
    with django_assert_num_queries(2):  # the film with the count, the page
        answer = APIClient().get(f"{place(film)}?sort=highest")
    assert len(answer.json()["results"]) == 20
    assert answer["Cache-Control"] == "public, max-age=0"
    again = APIClient().get(f"{place(film)}?sort=highest", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert again.status_code == 304


@pytest.mark.parametrize("sort", ["newest", "highest", "lowest"])
def test_pages_of_reviews_hold_each_once_in_the_order_of_the_whole(film: Movie, sort: str) -> None:
    for number in range(7):
        write(accounts.member(), film, rating=1 + number % 2)
    whole = APIClient().get(f"{place(film)}?sort={sort}").json()
    pages = [
        APIClient().get(f"{place(film)}?sort={sort}&page_size=3&page={page}").json()
        for page in (1, 2, 3)
    ]
    assert [each for page in pages for each in page["results"]] == whole["results"]
    assert {page["count"] for page in (whole, *pages)} == {7}


def test_a_page_of_mine_takes_four_queries(
    viewer: User, client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for film in catalog.films(20, genres=("Crime",)):
        write(viewer, film)
    with django_assert_num_queries(4):  # the token, the count, the page, its films
        answer = client.get(MINE)
    assert len(answer.json()["results"]) == 20
    assert answer["Cache-Control"] == "private, no-store"


def test_the_newest_reviews_are_joined_to_a_film(film: Movie) -> None:
    review = write(accounts.member(), film)
    path = f"/api/movies/{film.pk}/"
    assert "reviews" not in APIClient().get(path).json()
    (joined,) = APIClient().get(f"{path}?append=reviews").json()["reviews"]
    assert (joined["id"], joined["rating"]) == (str(review.id), 4)


def test_a_film_says_what_it_is_to_me(viewer: User, client: APIClient) -> None:
    film = catalog.film(runtime_minutes=100)
    path = f"/api/movies/{film.pk}/"
    nothing = client.get(path).json()["me"]
    assert nothing == {
        "rating": None, "predicted_rating": None, "favorite": False, "in_watchlist": False,
        "progress_seconds": None, "reasons": [],
    }  # fmt: skip
    services.add_favorite(user=viewer, movie_id=film.pk, now=NOW)
    services.add_to_watchlist(user=viewer, movie_id=film.pk, now=NOW)
    services.watch(user=viewer, movie_id=film.pk, progress_seconds=6_000, now=NOW)
    services.watch(user=viewer, movie_id=film.pk, progress_seconds=60, now=NOW + timedelta(days=1))
    write(viewer, film, rating=3.5)
    mine = client.get(path).json()["me"]
    assert (mine["favorite"], mine["in_watchlist"]) == (True, True)
    assert (mine["progress_seconds"], mine["rating"]) == (60, 3.5)
    assert "me" not in APIClient().get(path).json()


@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_reviews_of_one_film_are_one(viewer: User, film: Movie) -> None:
    def review(number: int) -> tuple[int, float]:
        rating = number % 10 / 2 + 0.5
        try:
            answer = post(accounts.client_of(viewer), film, {"rating": rating, "text": TEXT})
            return answer.status_code, rating
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(review, range(20)))
    assert sorted(status for status, _ in answers) == [201] + [409] * 19
    assert Review.objects.count() == 1
    assert {(201, float(Rating.objects.get().value))} <= set(answers)
