"""An OTT app on a television: short paths, no final slash, now and then without `/api`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.contracts.account_client import PROFILE
from tests.factories.accounts import PASSWORD, member

if TYPE_CHECKING:
    import httpx

    from tests.factories.recommendations import Site

HEAT = 949
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
def signed_in(app: httpx.Client) -> httpx.Client:
    member(username="ann", email="ann@example.org")
    said = app.post("/api/login", json={"email": "ann@example.org", "password": PASSWORD}).json()
    app.headers["Authorization"] = f"Bearer {said['token']}"
    return app


def titles(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200
    return [film["title"] for film in answer.json()["results"]]


def test_the_app_registers_and_signs_in(app: httpx.Client) -> None:
    told = {"email": "ann@example.org", "username": "ann", "password": PASSWORD}
    registered = app.post("/api/register", json=told)
    assert registered.status_code == 201
    said = registered.json()
    assert set(said) == {"message", "user", "token", "access", "refresh"}
    assert said["token"] == said["access"]

    signed_in = app.post("/api/login", json={"email": told["email"], "password": PASSWORD})
    assert signed_in.status_code == 200
    assert signed_in.json()["user"]["username"] == "ann"

    wrong = app.post("/api/login", json={"email": told["email"], "password": "no"})
    assert (wrong.status_code, wrong.json()["error"]) == (401, "AUTHENTICATION_FAILED")


def test_the_app_shows_and_edits_the_profile(signed_in: httpx.Client) -> None:
    assert signed_in.get("/api/profile").json()["user"]["profile"] == PROFILE
    edited = signed_in.patch("/api/profile", json={"name": "Ann", "age": 31})
    assert edited.json()["user"]["profile"] == {**PROFILE, "name": "Ann", "age": 31}
    refused = signed_in.patch("/api/profile", json={"is_staff": True})
    assert (refused.status_code, set(refused.json()["details"])) == (400, {"is_staff"})


def test_the_app_browses_by_genre_and_order(app: httpx.Client, site: Site) -> None:
    answer = app.get("/api/movies", params={"genre": "Crime", "sort": "year_desc"})
    said = answer.json()
    years = [film["release_year"] for film in said["results"]]
    assert years == sorted(years, reverse=True)
    assert all("Crime" in film["genres"] for film in said["results"])
    assert set(said["results"][0]) == CARD
    assert answer.headers["X-Pagination-Item-Count"] == str(said["count"])

    everything = app.get("/api/movies", params={"page_size": 100})
    assert len(titles(everything)) == len(site.films)
    by_title = titles(app.get("/api/movies", params={"sort": "title_asc", "page_size": 5}))
    assert by_title == sorted(by_title, key=str.casefold)


def test_the_app_searches(app: httpx.Client, site: Site) -> None:  # noqa: ARG001 - the films
    assert "Heat" in titles(app.get("/api/search", params={"q": "heat"}))
    empty = app.get("/api/search", params={"q": ""})
    assert (empty.status_code, set(empty.json()["details"])) == (400, {"q"})


def test_the_app_keeps_a_watchlist(signed_in: httpx.Client, site: Site) -> None:  # noqa: ARG001 - the films
    first = signed_in.post(f"/api/watchlist/{HEAT}")
    again = signed_in.post(f"/api/watchlist/{HEAT}")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]

    rows = signed_in.get("/api/watchlist").json()["results"]
    assert [row["tmdb_id"] for row in rows] == [HEAT]

    assert signed_in.delete(f"/api/watchlist/{HEAT}").status_code == 204
    gone = signed_in.delete(f"/api/watchlist/{HEAT}")
    assert (gone.status_code, gone.json()["error"]) == (404, "NOT_FOUND")


def test_the_app_recommends(signed_in: httpx.Client, site: Site) -> None:
    for movie_id in site.ids[:3]:
        signed_in.put(f"/api/user/ratings/{movie_id}", json={"rating": 5})
    said = signed_in.get("/api/recommendations", params={"limit": 4}).json()
    assert [row["rank"] for row in said["results"]] == [1, 2, 3, 4]
    for row in said["results"]:
        assert set(row["movie"]) == CARD
        assert row["reasons"]


@pytest.mark.parametrize("slash", ["", "/"])
def test_paths_without_api_lead_to_the_api(
    signed_in: httpx.Client,
    site: Site,  # noqa: ARG001 - the films
    slash: str,
) -> None:
    moved = signed_in.get(f"/search{slash}", params={"q": "heat"}, follow_redirects=False)
    assert moved.status_code == 308
    assert moved.headers["Location"].startswith("/api/search")
    assert "Heat" in titles(signed_in.get(f"/search{slash}", params={"q": "heat"}))
    assert titles(signed_in.get(f"/movies{slash}"))
    assert signed_in.get(f"/movies/{HEAT}{slash}").json()["title"] == "Heat"
    assert signed_in.get(f"/profile{slash}").json()["user"]["username"] == "ann"
    assert signed_in.post(f"/watchlist/{HEAT}{slash}").status_code == 201
    assert signed_in.get(f"/watchlist{slash}").json()["count"] == 1


def test_a_body_is_sent_along_to_where_a_path_leads(app: httpx.Client) -> None:
    told = {"email": "bob@example.org", "username": "bob", "password": PASSWORD}
    assert app.post("/register", json=told).status_code == 201
    said = app.post("/login", json={"username": "bob", "password": PASSWORD})
    assert said.json()["user"]["username"] == "bob"


def test_a_browser_is_not_sent_to_the_api(app: httpx.Client) -> None:
    page: dict[str, Any] = {"headers": {"Accept": "text/html,*/*"}, "follow_redirects": False}
    assert app.get("/login", **page).headers["Content-Type"].startswith("text/html")
