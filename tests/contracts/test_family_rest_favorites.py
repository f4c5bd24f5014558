"""A REST client of an older film site: `/api/users/...`, favourites with titles, `auth/refresh`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories.accounts import PASSWORD, member

if TYPE_CHECKING:
    import httpx

    from tests.factories.recommendations import Site

FAVORITES = "/api/users/favorites/"
HEAT = 949


@pytest.fixture
def signed_in(app: httpx.Client, site: Site) -> httpx.Client:  # noqa: ARG001 - the films
    member(username="ann")
    said = app.post("/api/auth/login/", json={"username": "ann", "password": PASSWORD}).json()
    app.headers["Authorization"] = f"Bearer {said['access']}"
    app.params = {}
    return app


def test_a_favorite_is_kept_once(signed_in: httpx.Client) -> None:
    told = {"movie_id": HEAT, "movie_title": "Heat", "poster_url": "/heat.jpg"}
    first, again = (signed_in.post(FAVORITES, json=told) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert first.json()["tmdb_id"] == HEAT

    said = signed_in.get(FAVORITES).json()
    assert set(said) == {
        "count",
        "page",
        "page_size",
        "total_pages",
        "next",
        "previous",
        "results",
    }
    assert [row["tmdb_id"] for row in said["results"]] == [HEAT]


def test_a_favorite_is_let_go_by_its_row_or_by_its_film(signed_in: httpx.Client) -> None:
    row = signed_in.post(FAVORITES, json={"tmdb_id": HEAT}).json()["id"]
    assert signed_in.delete(f"{FAVORITES}{row}/").status_code == 204
    signed_in.post(FAVORITES, json={"tmdb_id": HEAT})
    assert signed_in.delete(f"{FAVORITES}{HEAT}/").status_code == 204
    assert signed_in.delete(f"{FAVORITES}{HEAT}/").status_code == 404
    assert signed_in.get(FAVORITES).json()["count"] == 0


def test_a_film_that_the_site_does_not_hold_is_kept_with_what_was_sent(
    signed_in: httpx.Client,
) -> None:
    made = signed_in.post(FAVORITES, json={"tmdb_id": 1_234_567, "title": "A film to come"})
    assert made.status_code == 201
    (row,) = signed_in.get(FAVORITES).json()["results"]
    assert (row["tmdb_id"], row["title"]) == (1_234_567, "A film to come")
    assert signed_in.get("/api/movies/", params={"page_size": 100}).json()["count"] < 100


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"tmdb_id": 0},
        {"tmdb_id": "x"},
        {"tmdb_id": -1},
        {"tmdb_id": HEAT, "movie_id": 603},
        {"tmdb_id": HEAT, "owner": "bob"},
        {"tmdb_id": HEAT, "title": "x" * 10_000},
    ],
)
def test_what_is_no_favorite_is_refused(signed_in: httpx.Client, told: dict[str, object]) -> None:
    refused = signed_in.post(FAVORITES, json=told)
    assert (refused.status_code, refused.json()["error"]) == (400, "VALIDATION_ERROR")
    assert refused.json()["details"]


def test_nobody_elses_favorites_are_seen_or_touched(signed_in: httpx.Client) -> None:
    row = signed_in.post(FAVORITES, json={"tmdb_id": HEAT}).json()["id"]
    member(username="bob")
    said = signed_in.post("/api/auth/login/", json={"username": "bob", "password": PASSWORD})
    bob = {"Authorization": f"Bearer {said.json()['access']}"}
    assert signed_in.get(FAVORITES, headers=bob).json()["count"] == 0
    assert signed_in.delete(f"{FAVORITES}{row}/", headers=bob).status_code == 404
    assert signed_in.get(FAVORITES).json()["count"] == 1


def test_both_old_names_of_recommendations_answer(signed_in: httpx.Client) -> None:
    signed_in.post(FAVORITES, json={"tmdb_id": HEAT})
    for path in ("/api/users/recommendations/", "/api/movies/recommended/"):
        said = signed_in.get(path, params={"limit": 5}).json()
        assert len(said["results"]) == 5
        assert said["request_id"]


def test_the_old_name_of_the_refresh_answers(app: httpx.Client) -> None:
    member(username="ann")
    pair = app.post("/api/auth/login/", json={"username": "ann", "password": PASSWORD}).json()
    renewed = app.post("/api/auth/refresh/", json={"refresh": pair["refresh"]})
    assert renewed.status_code == 200
    assert set(renewed.json()) >= {"access", "refresh"}
    used = app.post("/api/auth/refresh/", json={"refresh": pair["refresh"]})
    assert (used.status_code, used.json()["error"]) == (401, "AUTHENTICATION_FAILED")
