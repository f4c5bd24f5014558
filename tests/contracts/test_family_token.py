"""A program with a token: it registers, tells interactions, and asks models for recommendations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.accounts import PASSWORD

if TYPE_CHECKING:
    import httpx

    from tests.factories.recommendations import Site

HEAT = 949
ANN = {
    "email": "ann@example.org",
    "username": "ann",
    "password": PASSWORD,
    "age": 31,
    "gender": "f",
}


@pytest.fixture
def signed_in(app: httpx.Client, site: Site) -> httpx.Client:  # noqa: ARG001 - films and models
    said = app.post("/api/auth/register", json={**ANN, "preferred_genres": ["Crime"]}).json()
    app.headers["Authorization"] = f"Bearer {said['token']}"
    return app


def refused(answer: httpx.Response) -> tuple[int, str]:
    said = answer.json()
    assert set(said) - {"details"} == {"error", "message", "request_id"}
    assert said["request_id"] == answer.headers["X-Request-ID"]
    return answer.status_code, said["error"]


def test_the_program_registers_and_reads_its_account(signed_in: httpx.Client) -> None:
    user = signed_in.get("/api/auth/user").json()["user"]
    assert set(user) == {
        "id",
        "username",
        "email",
        "date_joined",
        "is_staff",
        "roles",
        "profile",
    }
    assert (user["profile"]["age"], user["profile"]["preferred_genres"]) == (31, ["Crime"])


@pytest.mark.parametrize("field", ["email", "username"])
def test_a_name_that_is_taken_is_named(signed_in: httpx.Client, field: str) -> None:
    other = {**ANN, "email": "bob@example.org", "username": "bob", field: str(ANN[field]).upper()}
    answer = signed_in.post("/api/auth/register", json=other)
    assert refused(answer) == (400, "VALIDATION_ERROR")
    assert set(answer.json()["details"]) == {field}


def test_without_a_token_nothing_personal_is_told(app: httpx.Client) -> None:
    assert refused(app.get("/api/auth/user")) == (401, "NOT_AUTHENTICATED")
    app.headers["Authorization"] = "Bearer made.up.token"
    assert refused(app.get("/api/auth/user")) == (401, "AUTHENTICATION_FAILED")


def test_the_program_tells_interactions(signed_in: httpx.Client, site: Site) -> None:
    first, second = site.ids[:2]
    for told in (
        {"movie_id": first, "interaction_type": "view"},
        {"movie_id": first, "interaction_type": "select"},
        {"movie_id": second, "interaction_type": "recommend"},
        {"movie_id": second, "interaction_type": "rate", "rating": 4.5},
    ):
        assert signed_in.post("/api/interactions", json=told).status_code == 201
    said = signed_in.get("/api/interactions").json()
    assert said["count"] == len(said["interactions"]) == 4
    assert signed_in.get(f"/api/user/ratings/{second}").json()["rating"] == 4.5
    of_type = signed_in.get("/api/interactions", params={"type": "view"}).json()
    assert [each["movie_id"] for each in of_type["interactions"]] == [first]


def test_a_rate_needs_a_rating_and_a_batch_is_all_or_nothing(
    signed_in: httpx.Client, site: Site
) -> None:
    wrong = {"movie_id": site.ids[0], "interaction_type": "rate"}
    assert refused(signed_in.post("/api/interactions", json=wrong)) == (400, "VALIDATION_ERROR")
    right = {"movie_id": site.ids[0], "interaction_type": "view"}
    batch = signed_in.post("/api/interactions/batch", json={"interactions": [right, wrong]})
    assert refused(batch) == (400, "VALIDATION_ERROR")
    assert any(name.startswith("interactions.1") for name in batch.json()["details"])
    assert signed_in.get("/api/interactions").json()["count"] == 0


def test_a_key_makes_a_repeated_interaction_one(signed_in: httpx.Client, site: Site) -> None:
    told = {"movie_id": site.ids[0], "interaction_type": "view"}
    key = {"Idempotency-Key": "interaction-1"}
    first, again = (signed_in.post("/api/interactions", json=told, headers=key) for _ in range(2))
    assert first.json() == again.json()
    assert signed_in.get("/api/interactions").json()["count"] == 1
    other = signed_in.post("/api/interactions", json={**told, "movie_id": site.ids[1]}, headers=key)
    assert refused(other) == (409, "CONFLICT")


def test_a_model_recommends_for_a_context(app: httpx.Client, site: Site) -> None:
    said = app.post("/api/recommend", json={"context": site.ids[:3], "model": "EASE", "limit": 5})
    body = said.json()
    assert (said.status_code, body["model"], len(body["results"])) == (200, "EASE", 5)
    assert set(body) >= {
        "request_id",
        "model",
        "model_version",
        "strategy",
        "generated_at",
        "results",
    }
    assert not {row["movie"]["tmdb_id"] for row in body["results"]} & set(site.ids[:3])


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({}, "MISSING_DATA"),
        ({"model": "EASE"}, "MISSING_CONTEXT"),
        ({"model": "EASE", "context": []}, "MISSING_CONTEXT"),
        ({"context": [HEAT]}, "MISSING_MODEL"),
        ({"context": "Heat", "model": "EASE"}, "INVALID_CONTEXT"),
        ({"context": [{"film": 1}], "model": "EASE"}, "INVALID_CONTEXT"),
        ({"context": [HEAT], "model": "Oracle"}, "INVALID_MODEL"),
        ({"context": [HEAT], "model": "EASE", "limit": 101}, "VALIDATION_ERROR"),
    ],
)
def test_what_is_wrong_with_a_context_has_its_code(
    app: httpx.Client,
    site: Site,  # noqa: ARG001 - models
    told: dict[str, Any],
    code: str,
) -> None:
    assert refused(app.post("/api/recommend", json=told)) == (400, code)


def test_films_that_a_model_does_not_know_are_listed(app: httpx.Client, site: Site) -> None:
    told = {"context": [site.ids[0], 1_999_999_999], "model": "EASE"}
    assert app.post("/api/recommend", json=told).json()["unknown"] == [1_999_999_999]
    nothing_known = {"context": [1_999_999_999], "model": "EASE"}
    assert refused(app.post("/api/recommend", json=nothing_known)) == (400, "INVALID_CONTEXT")


def test_every_model_is_listed_with_its_type(app: httpx.Client, site: Site) -> None:  # noqa: ARG001 - models
    models = {model["name"]: model for model in app.get("/api/models").json()["models"]}
    named = {"EASE", "ItemKNN", "SVD", "iALS", "NeuralMF", "DeepFM", "Content", "Popularity"}
    assert set(models) >= {*named, "Hybrid"}
    assert models["NeuralMF"]["type"] == models["DeepFM"]["type"] == "neural"
    assert models["EASE"]["type"] == "non-neural"
    for model in models.values():
        assert set(model) == {
            "name",
            "type",
            "description",
            "status",
            "version",
            "trained_at",
            "metrics",
        }


def test_a_model_that_is_not_trained_says_how_to_train_it(app: httpx.Client, site: Site) -> None:
    told = {"context": site.ids[:2], "model": "NeuralMF"}
    answer = app.post("/api/recommend", json=told)
    assert refused(answer) == (503, "MODEL_NOT_FOUND")
    assert "moviverse train NeuralMF" in answer.text


def test_the_health_check_answers_as_its_first_clients_know_it(app: httpx.Client) -> None:
    assert app.get("/api/health").json() == {"status": "healthy", "service": "recommendation-api"}


def test_what_is_not_there_or_not_allowed_is_told_in_json(app: httpx.Client) -> None:
    assert refused(app.get("/api/no/such/path")) == (404, "NOT_FOUND")
    answer = app.delete("/api/models")
    assert refused(answer) == (405, "METHOD_NOT_ALLOWED")
    assert "GET" in answer.headers["Allow"]
    form = app.post("/api/auth/login", data={"email": "ann@example.org"})
    assert refused(form) == (415, "UNSUPPORTED_MEDIA_TYPE")
