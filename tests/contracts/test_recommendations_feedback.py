"""What a member says of a recommended film, and that the next list obeys."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from moviverse.library import services as library
from moviverse.recommendations import services
from moviverse.recommendations.models import Feedback
from tests.factories import accounts, catalog
from tests.factories.recommendations import HEAT

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from moviverse.accounts.models import User
    from tests.factories.recommendations import Site

PATH = "/api/user/recommendations/feedback/"
LIST = "/api/movies/recommendations/"
MODELS = ["Hybrid", "EASE", "ItemKNN", "Content", "iALS", "SVD", "Popularity"]


@pytest.fixture
def viewer(site: Site) -> User:
    user = accounts.member()
    for place, movie_id in enumerate(site.ids[:10]):
        library.rate(
            user=user, movie_id=movie_id, value=[5, 4, 3, 1.5][place % 4], now=timezone.now()
        )
    return user


@pytest.fixture
def client(viewer: User) -> APIClient:
    return accounts.client_of(viewer)


def say(client: APIClient, movie_id: int, action: str, **more: Any) -> Any:
    return client.post(PATH, {"movie_id": movie_id, "action": action, **more}, "json")


def scores(client: APIClient, model: str = "Hybrid") -> dict[int, float]:
    body = client.get(f"{LIST}?limit=100&model={model}").json()
    return {film["movie"]["tmdb_id"]: film["score"] for film in body["results"]}


def test_a_dismissed_film_is_gone_from_the_next_list(client: APIClient) -> None:
    shown = client.get(f"{LIST}?limit=3").json()
    film = shown["results"][0]["movie"]["tmdb_id"]
    response = say(client, film, "dismiss", request_id=shown["request_id"])
    assert response.status_code == 200
    body = response.json()
    assert body.keys() == {"tmdb_id", "action", "request_id", "given_at"}
    assert (body["tmdb_id"], body["action"]) == (film, "dismiss")
    assert body["request_id"] == shown["request_id"]
    after = scores(client)
    assert film not in after
    for other in list(after)[:5]:
        assert other in scores(client)
    assert film not in [
        each["movie"]["tmdb_id"]
        for each in client.get(f"{LIST}?limit=100&exclude_seen=false").json()["results"]
    ]


@pytest.mark.parametrize("model", MODELS)
def test_more_and_less_like_a_film_move_films_like_it(
    client: APIClient, site: Site, model: str
) -> None:
    before = scores(client, model)
    film = next(f.tmdb_id for f in site.films if f.tmdb_id in before and "Animation" in f.genres)
    alike = [
        f.tmdb_id
        for f in site.films
        if "Animation" in f.genres and f.tmdb_id in before and f.tmdb_id != film
    ]

    def standing(found: dict[int, float]) -> float:
        """Return the mean place of the films that are like the one."""
        order = list(found)
        return sum(order.index(each or 0) for each in alike) / len(alike)

    say(client, film or 0, "more_like_this")
    more = scores(client, model)
    say(client, film or 0, "less_like_this")
    less = scores(client, model)
    assert film not in more
    assert film not in less
    assert standing(more) < standing(less)
    say(client, film or 0, "undo")
    assert scores(client, model) == before


def test_the_reasons_say_what_was_asked_for(client: APIClient, site: Site) -> None:
    film = next(f for f in site.films[10:] if "Animation" in f.genres)
    say(client, film.tmdb_id or 0, "more_like_this")
    results = client.get(f"{LIST}?limit=50").json()["results"]
    texts = [why["text"] for each in results for why in each["reasons"]]
    assert f"Because you asked for more like “{film.title}”" in texts
    for each in results:
        assert sum(w["share"] for w in each["reasons"]) == pytest.approx(each["score"], abs=1e-5)


def test_a_wish_is_enough_to_begin_with(site: Site) -> None:
    client = accounts.client_of(accounts.member())
    assert client.get(LIST).json()["strategy"] == "popular"
    say(client, HEAT, "more_like_this")
    body = client.get(LIST).json()
    assert body["strategy"] == "hybrid"
    assert HEAT in site.ids
    assert HEAT not in [film["movie"]["tmdb_id"] for film in body["results"]]


def test_a_later_rating_takes_the_place_of_a_wish(client: APIClient, viewer: User) -> None:
    film = next(iter(scores(client)))
    say(client, film, "less_like_this")
    library.rate(user=viewer, movie_id=film, value=5, now=timezone.now())
    request_id = client.get(LIST).json()["request_id"]
    kept = client.get(f"/api/recommendations/{request_id}/").json()
    assert kept["history"][-1] == {"movie_id": film, "rating": 5.0, "kind": "rated"}


def test_undo_takes_back_what_was_said_and_may_be_repeated(client: APIClient) -> None:
    film = next(iter(scores(client)))
    say(client, film, "dismiss")
    for _ in range(2):
        response = say(client, film, "undo")
        assert response.status_code == 200
        assert response.json() == {
            "tmdb_id": film,
            "action": None,
            "request_id": None,
            "given_at": None,
        }
    assert film in scores(client)
    assert client.get(PATH).json()["count"] == 0


def test_what_was_said_is_listed_latest_first_with_its_films(
    client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one, two, three = list(scores(client))[:3]
    for film, action in ((one, "dismiss"), (two, "more_like_this"), (one, "less_like_this")):
        say(client, film, action)
    say(accounts.client_of(accounts.member()), three, "dismiss")
    with django_assert_num_queries(4):  # the token, the count, the page, the cards
        body = client.get(f"{PATH}?page_size=10").json()
    assert [(each["tmdb_id"], each["action"]) for each in body["results"]] == [
        (one, "less_like_this"),
        (two, "more_like_this"),
    ]
    assert body["results"][0]["movie"]["tmdb_id"] == one
    assert body["results"][0].keys() == {"tmdb_id", "action", "request_id", "given_at", "movie"}


def test_a_list_that_was_not_theirs_or_showed_another_film_is_refused(client: APIClient) -> None:
    other = accounts.client_of(accounts.member())
    foreign = other.get(f"{LIST}?limit=1").json()
    own = client.get(f"{LIST}?limit=1").json()
    film = foreign["results"][0]["movie"]["tmdb_id"]
    answers = [
        say(client, film, "dismiss", request_id=request_id)
        for request_id in (foreign["request_id"], str(uuid4()), own["request_id"])
        if film != own["results"][0]["movie"]["tmdb_id"] or request_id != own["request_id"]
    ]
    assert {answer.status_code for answer in answers} == {400}
    assert {tuple(a.json()["details"]["request_id"]) for a in answers} == {
        ("No list of yours with this id showed this film.",)
    }


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 400, "movie_id"),
        ({"movie_id": HEAT}, 400, "action"),
        ({"movie_id": HEAT, "action": "adore"}, 400, "action"),
        ({"movie_id": HEAT, "action": ["dismiss"]}, 400, "action"),
        ({"movie_id": HEAT, "action": "dismiss", "user": 1}, 400, "user"),
        ({"movie_id": HEAT, "action": "dismiss", "request_id": "x"}, 400, "request_id"),
        ({"movie_id": 2**64, "action": "dismiss"}, 400, None),
        ({"movie_id": True, "action": "dismiss"}, 400, "movie_id"),
        ({"movie_id": 77_777_777, "action": "dismiss"}, 404, None),
    ],
)
def test_a_wrong_body_is_refused(
    client: APIClient, body: dict[str, Any], status: int, field: str | None
) -> None:
    response = client.post(PATH, body, "json")
    assert response.status_code == status
    assert field is None or field in response.json()["details"]


@pytest.mark.usefixtures("site")
def test_nobody_says_anything_without_signing_in() -> None:
    assert say(APIClient(), HEAT, "dismiss").status_code == 401
    assert APIClient().get(PATH).status_code == 401


def test_the_same_key_gives_the_same_answer(client: APIClient) -> None:
    body = {"movie_id": HEAT, "action": "dismiss"}
    first, second = (client.post(PATH, body, "json", HTTP_IDEMPOTENCY_KEY="k") for _ in range(2))
    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_one_row_stays() -> None:
    user, film = accounts.member(), catalog.film()
    actions = ["dismiss", "less_like_this", "more_like_this", "dismiss"] * 5

    def give(action: str) -> None:
        try:
            services.give_feedback(user=user, movie_id=film.pk, action=action, now=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(give, actions))
    assert Feedback.objects.get(user=user).action in actions
