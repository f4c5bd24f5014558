"""Recommendations for a set of films or a title, which need no account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from moviverse.catalog.selectors import word_index
from moviverse.library import services as library
from tests.factories import accounts, catalog
from tests.factories.recommendations import HEAT

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from tests.factories.recommendations import Site

PATH = "/api/recommend/"
BATCH = "/api/recommend/batch/"
pytestmark = pytest.mark.usefixtures("site")


def post(body: Any, path: str = PATH, client: APIClient | None = None) -> Any:
    return (client or APIClient()).post(path, body, "json")


def test_films_go_with_a_context() -> None:
    response = post(
        {"context": [HEAT, {"movie_id": 680, "rating": 4.5}], "model": "ease", "limit": 5}
    )
    assert response.status_code == 200
    body = response.json()
    assert body.keys() == {
        "request_id",
        "model",
        "model_version",
        "strategy",
        "generated_at",
        "results",
        "unknown",
    }
    assert (body["model"], len(body["results"]), body["unknown"]) == ("EASE", 5, [])
    assert not {HEAT, 680} & {film["movie"]["tmdb_id"] for film in body["results"]}
    for film in body["results"]:
        shares = sum(why["share"] for why in film["reasons"])
        assert shares == pytest.approx(film["score"], abs=1e-5)


def test_a_context_takes_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    body = {"context": [HEAT], "model": "Hybrid"}
    post(body)
    with django_assert_num_queries(1):
        post(body)


def test_filters_hold_for_a_context(site: Site) -> None:
    filters = {"genre": ["Crime,Drama", "Animation"], "year_from": 1980, "exclude": [680]}
    body = {"context": [HEAT], "model": "Hybrid", "limit": 100, "filters": filters}
    films = [film["movie"] for film in post(body).json()["results"]]
    assert films
    for film in films:
        assert {"Crime", "Drama"} <= set(film["genres"]) or "Animation" in film["genres"]
        assert film["release_year"] >= 1980
        assert film["tmdb_id"] != 680
    assert 680 in site.ids
    one = post({"context": [HEAT], "model": "Hybrid", "filters": {"genre": "Animation"}}).json()
    assert all("Animation" in film["movie"]["genres"] for film in one["results"])


def test_films_that_the_model_does_not_know_are_listed() -> None:
    body = post({"context": [HEAT, 77_777_777, 2**63 - 1], "model": "EASE"}).json()
    assert sorted(body["unknown"]) == [77_777_777, 2**63 - 1]


def test_a_context_of_new_films_goes_by_content() -> None:
    new = catalog.film(title="Colder", genres=("Crime", "Thriller"))
    body = post({"context": [new.pk], "model": "EASE", "limit": 3}).json()
    assert (body["model"], body["strategy"], len(body["results"])) == ("Content", "content", 3)


def test_the_last_word_on_a_film_counts() -> None:
    twice = {"context": [{"movie_id": HEAT, "rating": 1}, {"movie_id": HEAT, "rating": 5}]}
    once = {"context": [{"movie_id": HEAT, "rating": 5}]}
    assert (
        post({**twice, "model": "Hybrid"}).json()["results"]
        == post({**once, "model": "Hybrid"}).json()["results"]
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "MISSING_DATA"),
        ({"model": "EASE"}, "MISSING_CONTEXT"),
        ({"context": None, "model": "EASE"}, "MISSING_CONTEXT"),
        ({"context": [], "model": "EASE"}, "MISSING_CONTEXT"),
        ({"context": [HEAT]}, "MISSING_MODEL"),
        ({"context": [HEAT], "model": ""}, "MISSING_MODEL"),
        ({"context": [HEAT], "model": None}, "MISSING_MODEL"),
        ({"context": [HEAT], "model": "Oracle"}, "INVALID_MODEL"),
        ({"context": [HEAT], "model": 7}, "INVALID_MODEL"),
        ({"context": [HEAT], "model": ["EASE"]}, "INVALID_MODEL"),
        ({"context": HEAT, "model": "EASE"}, "INVALID_CONTEXT"),
        ({"context": str(HEAT), "model": "EASE"}, "INVALID_CONTEXT"),
        ({"context": {"movie_id": HEAT}, "model": "EASE"}, "INVALID_CONTEXT"),
        ({"context": [str(HEAT)], "model": "EASE"}, "INVALID_CONTEXT"),
        ({"context": [True], "model": "EASE"}, "INVALID_CONTEXT"),
        ({"context": [None], "model": "EASE"}, "INVALID_CONTEXT"),
        ({"context": [949.0], "model": "EASE"}, "INVALID_CONTEXT"),
        ({"context": [0], "model": "EASE"}, "INVALID_CONTEXT"),
        ({"context": [-1], "model": "EASE"}, "INVALID_CONTEXT"),
        ({"context": [[HEAT]], "model": "EASE"}, "INVALID_CONTEXT"),
        ({"context": [{"movie_id": HEAT, "rating": 9}], "model": "EASE"}, "INVALID_CONTEXT"),
        ({"context": [{"movie_id": HEAT, "rating": "4"}], "model": "EASE"}, "INVALID_CONTEXT"),
        ({"context": [{"movie_id": HEAT, "rating": 4.2}], "model": "EASE"}, "INVALID_CONTEXT"),
        ({"context": [{"movie_id": HEAT, "rating": True}], "model": "EASE"}, "INVALID_CONTEXT"),
        ({"context": [{"movie_id": HEAT, "mood": 1}], "model": "EASE"}, "INVALID_CONTEXT"),
        ({"context": [{"rating": 4}], "model": "EASE"}, "INVALID_CONTEXT"),
        ({"context": [HEAT] * 1001, "model": "EASE"}, "INVALID_CONTEXT"),
        ({"context": [77_777_777], "model": "EASE"}, "INVALID_CONTEXT"),
        ({"context": [HEAT], "model": "EASE", "limit": 101}, "VALIDATION_ERROR"),
        ({"context": [HEAT], "model": "EASE", "limit": "5"}, "VALIDATION_ERROR"),
        ({"context": [HEAT], "model": "EASE", "limit": True}, "VALIDATION_ERROR"),
        ({"context": [HEAT], "model": "EASE", "mood": "sad"}, "VALIDATION_ERROR"),
        ({"context": [HEAT], "model": "EASE", "filters": []}, "VALIDATION_ERROR"),
        ({"context": [HEAT], "model": "EASE", "filters": {"mood": 1}}, "VALIDATION_ERROR"),
        ({"context": [HEAT], "model": "EASE", "filters": {"genre": [7]}}, "VALIDATION_ERROR"),
        ({"context": [HEAT], "model": "EASE", "filters": {"genre": "Zither"}}, "VALIDATION_ERROR"),
        ({"context": [HEAT], "model": "EASE", "filters": {"exclude": [2**64]}}, "VALIDATION_ERROR"),
        ({"context": [HEAT], "model": "EASE", "diversity": True}, "VALIDATION_ERROR"),
    ],
)
def test_a_wrong_body_has_its_own_error(body: dict[str, Any], code: str) -> None:
    response = post(body)
    assert response.status_code == 400
    assert response.json()["error"] == code
    assert response.json()["message"]


def test_a_number_beyond_64_bits_is_refused() -> None:
    for number in (2**63, 2**64, 10**400):
        raw = f'{{"context": [{number}], "model": "EASE"}}'
        response = APIClient().post(PATH, raw, content_type="application/json")
        assert response.status_code == 400


def test_a_model_that_is_not_there_is_a_503() -> None:
    response = post({"context": [HEAT], "model": "DeepFM"})
    assert (response.status_code, response.json()["error"]) == (503, "MODEL_NOT_FOUND")


def test_the_largest_context_is_answered(site: Site) -> None:
    many = [*site.ids[:30], *range(10_000_000, 10_000_970)]
    body = post({"context": many, "model": "Hybrid", "limit": 100}).json()
    assert len(body["unknown"]) == 970
    assert len(body["results"]) == len(site.ids) - 30


def test_a_title_is_understood() -> None:
    body = APIClient().get(f"{PATH}?title=heat&limit=3").json()
    assert body["understood"]["tmdb_id"] == HEAT
    assert isinstance(body["candidates"], list)
    assert len(body["results"]) == 3
    assert HEAT not in [film["movie"]["tmdb_id"] for film in body["results"]]


@pytest.mark.parametrize("query", ["", "?title=", "?title=heat&limit=0", "?title=heat&page=1"])
def test_a_wrong_question_for_a_title_is_refused(query: str) -> None:
    response = APIClient().get(f"{PATH}{query}")
    assert (response.status_code, response.json()["error"]) == (400, "VALIDATION_ERROR")


def test_a_title_like_nothing_is_not_found() -> None:
    response = APIClient().get(f"{PATH}?title=qqqqzzzzxxxx")
    assert (response.status_code, response.json()["error"]) == (404, "NOT_FOUND")


def test_a_title_of_which_nothing_else_is_known_is_understood_and_goes_with_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(word_index, "FREE_SECONDS", 1e9)  # the index is built anew at once
    film = catalog.film(title="Zyxwvut")
    body = APIClient().get(f"{PATH}?title=zyxwvut").json()
    assert body["understood"]["tmdb_id"] == film.pk
    assert (body["results"], body["unknown"]) == ([], [film.pk])


@pytest.fixture
def member() -> APIClient:
    return accounts.client_of(accounts.member())


def test_many_contexts_are_answered_in_order(
    member: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    body = {"contexts": [[HEAT], [680, {"movie_id": 13, "rating": 5}]], "model": "EASE", "limit": 4}
    post(body, BATCH, member)
    with django_assert_num_queries(2):  # the token and all cards
        answer = post(body, BATCH, member).json()
    assert answer["count"] == 2
    alone = post({"context": [HEAT], "model": "EASE", "limit": 4}).json()
    assert answer["results"][0]["results"] == alone["results"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "MISSING_DATA"),
        ({"model": "EASE"}, "VALIDATION_ERROR"),
        ({"contexts": []}, "VALIDATION_ERROR"),
        ({"contexts": [[HEAT]] * 1001}, "VALIDATION_ERROR"),
        ({"contexts": [[HEAT]] * 1000, "limit": 21}, "VALIDATION_ERROR"),
        ({"contexts": [[HEAT]] * 201, "limit": 100}, "VALIDATION_ERROR"),
        ({"contexts": [[HEAT], "x"]}, "INVALID_CONTEXT"),
        ({"contexts": [[HEAT], []]}, "INVALID_CONTEXT"),
        ({"contexts": [[HEAT], [77_777_777]]}, "INVALID_CONTEXT"),
        ({"contexts": [[HEAT]], "model": "Oracle"}, "INVALID_MODEL"),
        ({"contexts": [[HEAT]], "mood": "sad"}, "VALIDATION_ERROR"),
    ],
)
def test_a_wrong_batch_is_refused_whole(member: APIClient, body: dict[str, Any], code: str) -> None:
    response = post(body, BATCH, member)
    assert (response.status_code, response.json()["error"]) == (400, code)


def test_what_is_wrong_in_a_batch_is_named_by_its_place(member: APIClient) -> None:
    contexts = [[HEAT], [HEAT, "x"], [], [{"movie_id": HEAT, "rating": 9}]]
    refused = post({"contexts": contexts}, BATCH, member).json()
    assert refused["error"] == "INVALID_CONTEXT"
    assert refused["details"].keys() == {"1.1", "2", "3.0"}


def test_only_an_administrator_asks_for_other_people(member: APIClient) -> None:
    viewer = accounts.member()
    library.rate(user=viewer, movie_id=HEAT, value=5, now=timezone.now())
    body = {"user_ids": [str(viewer.pk)], "limit": 3}
    assert post(body, BATCH).status_code == 401
    refused = post(body, BATCH, member)
    assert (refused.status_code, refused.json()["error"]) == (403, "PERMISSION_DENIED")
    allowed = post(body, BATCH, accounts.client_of(accounts.administrator()))
    assert allowed.status_code == 200
    assert len(allowed.json()["results"][0]["results"]) == 3


def test_many_members_take_few_queries_beginners_too(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    viewers = [accounts.member() for _ in range(4)]
    for viewer in viewers[:2]:
        library.rate(user=viewer, movie_id=HEAT, value=5, now=timezone.now())
    client = accounts.client_of(accounts.administrator())
    body = {"user_ids": [str(each.pk) for each in viewers], "limit": 3}
    post(body, BATCH, client)
    # The token, the members, what they said, genres, which trends are kept and their films, the cards.
    with django_assert_num_queries(7):
        answer = post(body, BATCH, client).json()
    assert [each["strategy"] for each in answer["results"]] == [
        *("hybrid", "hybrid"),
        *("trending", "trending"),
    ]


def test_an_administrator_is_told_who_does_not_exist() -> None:
    client = accounts.client_of(accounts.administrator())
    response = post({"user_ids": [str(uuid4())]}, BATCH, client)
    assert (response.status_code, response.json()["details"]) == (
        400,
        {"0": ["There is no such user."]},
    )
    for wrong in ([1], ["me"], []):
        assert post({"user_ids": wrong}, BATCH, client).status_code == 400
    both = {"user_ids": [str(uuid4())], "contexts": [[HEAT]]}
    assert post(both, BATCH, client).status_code == 400
