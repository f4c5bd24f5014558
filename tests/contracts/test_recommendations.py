"""A member's recommendations as the contract has them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from rest_framework.test import APIClient

from moviverse.api.docs.views import document
from moviverse.library import services as library
from moviverse.recommendations import newcomers, services
from tests.factories import accounts, catalog
from tests.factories.recommendations import HEAT, quiet

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import DjangoAssertNumQueries, Settings

    from moviverse.accounts.models import User
    from tests.factories.recommendations import Site

PATHS = [
    "/api/movies/recommendations/",
    "/api/movies/recommended/",
    "/api/users/recommendations/",
    "/api/recommendations/",
    "/api/recommendations",
    "/api/v1/movies/recommendations",
]
PATH = PATHS[0]
CARD = {
    "tmdb_id",
    "title",
    "release_date",
    "release_year",
    "genres",
    "runtime",
    "vote_average",
    "poster_url",
}


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


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_has_the_fields_of_the_contract(client: APIClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    body = response.json()
    assert body.keys() == {
        "request_id",
        "model",
        "model_version",
        "strategy",
        "generated_at",
        "results",
        "next",
    }
    assert (body["model"], body["strategy"], len(body["results"])) == ("Hybrid", "hybrid", 20)
    for rank, film in enumerate(body["results"], start=1):
        assert film.keys() == {"rank", "score", "predicted_rating", "movie", "reasons"}
        assert film["rank"] == rank
        assert film["movie"].keys() == CARD
        for why in film["reasons"]:
            about = set[str]() if why["type"] == "other" else {why["type"]}
            assert why.keys() == {"type", "share", "text"} | about
            if why["type"] == "movie":
                assert why["movie"].keys() == {"tmdb_id", "title"}
                assert why["movie"]["title"] in why["text"]
        shares = sum(why["share"] for why in film["reasons"])
        assert shares == pytest.approx(film["score"], abs=1e-5)


@pytest.mark.usefixtures("site")
def test_nobody_gets_a_list_without_signing_in() -> None:
    response = APIClient().get(PATH)
    assert response.status_code == 401
    assert response.json()["error"] == "NOT_AUTHENTICATED"


def test_an_answer_takes_four_queries(
    client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(PATH)
    with django_assert_num_queries(4):  # the token, the history, the cards, the receipt
        client.get(PATH)


def test_a_rating_over_the_api_counts_in_the_next_answer(client: APIClient) -> None:
    first = client.get(PATH).json()["results"][0]["movie"]["tmdb_id"]
    assert client.put(f"/api/user/ratings/{first}/", {"rating": 1}, "json").status_code in {
        200,
        201,
    }
    assert first not in [film["movie"]["tmdb_id"] for film in client.get(PATH).json()["results"]]


@pytest.mark.parametrize(
    ("query", "strategy", "model"),
    [
        ("strategy=content", "content", "Content"),
        ("strategy=collab", "collab", "EASE"),
        ("model=itemKNN", "collab", "ItemKNN"),
        ("model=Popularity", "popular", "Popularity"),
        ("model=hybrid&strategy=hybrid", "hybrid", "Hybrid"),
    ],
)
def test_strategy_and_model_are_chosen(
    client: APIClient, query: str, strategy: str, model: str
) -> None:
    body = client.get(f"{PATH}?{query}").json()
    assert (body["strategy"], body["model"]) == (strategy, model)


def test_filters_and_limits_hold(client: APIClient, site: Site) -> None:
    def results(query: str) -> list[dict[str, Any]]:
        body = client.get(f"{PATH}?{query}").json()
        return [film["movie"] for film in body["results"]]

    assert len(results("limit=100&exclude_seen=false")) == len(site.films)
    assert len(results("limit=1")) == 1
    either = results("genre=Crime&genre=Animation&limit=100")
    assert all({"Crime", "Animation"} & set(film["genres"]) for film in either)
    both = results("genre=crime,DRAMA&limit=100")
    assert both
    assert all({"Crime", "Drama"} <= set(film["genres"]) for film in both)
    assert all(1990 <= f["release_year"] <= 1999 for f in results("year_from=1990&year_to=1999"))
    assert HEAT not in [film["tmdb_id"] for film in results("limit=100")]
    assert results("diversity=1&limit=10") != results("diversity=0&limit=10")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("limit=", "limit"),
        ("limit=99999999999999999999999", "limit"),
        ("strategy=magic", "strategy"),
        ("diversity=1.1", "diversity"),
        ("diversity=-0.1", "diversity"),
        ("diversity=nan", "diversity"),
        ("diversity=inf", "diversity"),
        ("genre=Zither", "genre"),
        ("genre=", "genre"),
        ("genre=Crime,,Drama", "genre"),
        ("year_from=0", "year_from"),
        ("year_to=10000", "year_to"),
        ("year_from=2000&year_to=1999", "year_to"),
        ("exclude_seen=perhaps", "exclude_seen"),
        ("page=2", "page"),
        ("limit=1&limit=2", "limit"),
        ("model=Content&strategy=collab", "model"),
    ],
)
def test_a_malformed_query_is_refused_by_name(client: APIClient, query: str, field: str) -> None:
    response = client.get(f"{PATH}?{query}")
    assert response.status_code == 400
    body = response.json()
    assert body["error"] == "VALIDATION_ERROR"
    assert field in body["details"]


def test_an_unknown_model_is_told_from_one_that_is_not_there(client: APIClient) -> None:
    unknown = client.get(f"{PATH}?model=Oracle")
    assert (unknown.status_code, unknown.json()["error"]) == (400, "INVALID_MODEL")
    assert "Hybrid, EASE, ItemKNN" in unknown.json()["message"]
    absent = client.get(f"{PATH}?model=DeepFM")
    assert (absent.status_code, absent.json()["error"]) == (503, "MODEL_NOT_FOUND")
    assert absent["Retry-After"]


def test_a_list_made_ahead_stands_in_for_a_model_that_is_away(
    client: APIClient,
    settings: Settings,
    tmp_path: Path,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    live = client.get(PATH).json()
    made_at = timezone.now()
    services.generate_recommendations(now=made_at, progress=quiet)
    settings.MODELS_DIR = tmp_path
    client.get(PATH)
    with django_assert_num_queries(5):  # token, history, list, cards, receipt
        response = client.get(PATH)
    body = response.json()
    assert response.status_code == 200
    assert (body["strategy"], body["next"]) == ("prepared", None)
    assert parse_datetime(body["generated_at"]) == made_at
    ids = [each["movie"]["tmdb_id"] for each in live["results"]]
    assert [each["movie"]["tmdb_id"] for each in body["results"]] == ids
    for each in body["results"]:
        assert [why["share"] for why in each["reasons"]] == [each["score"]]
    receipt = client.get(f"/api/recommendations/{body['request_id']}/").json()
    assert (receipt["strategy"], len(receipt["results"])) == ("prepared", len(ids))
    past = client.get("/api/user/recommendations/history/?strategy=prepared").json()
    assert body["request_id"] in [each["request_id"] for each in past["results"]]


def test_without_models_the_answer_says_how_to_train(
    client: APIClient, settings: Settings, tmp_path: Path
) -> None:
    settings.MODELS_DIR = tmp_path
    response = client.get(PATH)
    assert (response.status_code, response.json()["error"]) == (503, "MODEL_NOT_FOUND")
    assert "moviverse train" in response.json()["message"]


def test_a_receipt_belongs_to_its_owner(client: APIClient) -> None:
    shown = client.get(f"{PATH}?limit=2").json()
    path = f"/api/recommendations/{shown['request_id']}/"
    kept = client.get(path).json()
    assert kept.keys() == {
        "request_id",
        "model",
        "model_version",
        "strategy",
        "generated_at",
        "first_request_id",
        "parameters",
        "history",
        "results",
    }
    assert kept["generated_at"] == shown["generated_at"]
    assert len(kept["history"]) == 10
    assert [(f["rank"], f["tmdb_id"], f["score"], f["reasons"]) for f in kept["results"]] == [
        (f["rank"], f["movie"]["tmdb_id"], f["score"], f["reasons"]) for f in shown["results"]
    ]
    for other in (
        accounts.client_of(accounts.member()),
        accounts.client_of(accounts.administrator()),
    ):
        assert other.get(path).status_code == 404
    assert APIClient().get(path).status_code == 401
    assert client.get(f"/api/recommendations/{uuid4()}/").status_code == 404
    assert client.get("/api/recommendations/17/").status_code == 404


def test_past_lists_are_paged_newest_first(
    client: APIClient, viewer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    path = "/api/user/recommendations/history/"
    assert client.get(path).json()["results"] == []
    shown = [client.get(f"{PATH}?limit=3").json() for _ in range(3)]
    first = shown[0]["results"][0]["movie"]["tmdb_id"]
    library.rate(user=viewer, movie_id=first, value=3.5, now=timezone.now())
    with django_assert_num_queries(5):  # token, count, page, interactions, ratings
        body = client.get(f"{path}?page_size=2").json()
    assert (body["count"], body["total_pages"]) == (3, 2)
    assert [each["request_id"] for each in body["results"]] == [
        shown[2]["request_id"],
        shown[1]["request_id"],
    ]
    film = body["results"][0]["results"][0]
    described = json.loads(document())["components"]["schemas"]["PastFilm"]
    assert film.keys() == described["properties"].keys()
    assert (film["tmdb_id"], film["outcome"]["action"], film["outcome"]["rating"]) == (
        first,
        "rate",
        3.5,
    )
    assert body["results"][0]["results"][1]["outcome"] is None
    assert accounts.client_of(accounts.member()).get(path).json()["count"] == 0
    assert client.get(f"{path}?page=9").status_code == 404


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", 3),
        ("model=hybrid", 2),
        ("model=Content", 1),
        ("strategy=content", 1),
        ("strategy=collab", 0),
        ("model=EASE&strategy=content", 0),
        ("since=2000-01-01", 3),
        ("until=2000-01-01T00:00:00Z", 0),
        ("since=2000-01-01&until=2001-01-01", 0),
    ],
)
def test_past_lists_are_chosen_by_model_strategy_and_time(
    client: APIClient, query: str, shown: int
) -> None:
    for asked in ("limit=1", "limit=2", "limit=1&strategy=content"):
        client.get(f"{PATH}?{asked}")
    body = client.get(f"/api/user/recommendations/history/?{query}").json()
    assert (body["count"], len(body["results"])) == (shown, shown)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("model=Oracle", "INVALID_MODEL"),
        ("strategy=magic", "VALIDATION_ERROR"),
        ("since=yesterday", "VALIDATION_ERROR"),
        ("since=2001-01-01&until=2000-01-01", "VALIDATION_ERROR"),
        ("mood=sad", "VALIDATION_ERROR"),
    ],
)
def test_a_malformed_choice_of_past_lists_is_refused(
    client: APIClient, query: str, code: str
) -> None:
    response = client.get(f"/api/user/recommendations/history/?{query}")
    assert (response.status_code, response.json()["error"]) == (400, code)


def test_a_film_that_came_after_the_training_is_found_by_what_it_is_about(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newcomers, "RENEWED_AFTER_SECONDS", 0.0)
    new = catalog.film(title="Colder", genres=("Crime", "Drama", "Thriller"))
    body = client.get(f"{PATH}?strategy=content&limit=100").json()
    (film,) = [each for each in body["results"] if each["movie"]["tmdb_id"] == new.pk]
    assert film["predicted_rating"] is None
    assert sum(why["share"] for why in film["reasons"]) == pytest.approx(film["score"], abs=1e-5)


def test_whoever_has_seen_everything_gets_an_empty_list(site: Site) -> None:
    user = accounts.member()
    for movie_id in site.ids:
        library.rate(user=user, movie_id=movie_id, value=4, now=timezone.now())
    body = accounts.client_of(user).get(PATH).json()
    assert (body["results"], body["next"]) == ([], None)


def test_a_beginner_is_shown_what_people_turn_to_now(site: Site) -> None:
    watched = site.ids[-1]
    for _ in range(3):
        viewer = accounts.member()
        library.record(user=viewer, movie_id=watched, type="view", now=timezone.now())
    body = accounts.client_of(accounts.member()).get(PATH).json()
    assert body["strategy"] == "trending"
    (film,) = [each for each in body["results"] if each["movie"]["tmdb_id"] == watched]
    assert "People here turn to it now" in [why["text"] for why in film["reasons"]]
    assert sum(why["share"] for why in film["reasons"]) == pytest.approx(film["score"], abs=1e-5)
