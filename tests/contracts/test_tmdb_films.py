"""Films and lists of TMDb over HTTP, with a real server in TMDb's place."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.db import connection
from rest_framework.test import APIClient

from moviverse import tmdb as client_of_tmdb
from moviverse.catalog import selectors
from moviverse.catalog.models import Movie, TmdbSync
from moviverse.core.models import Job
from tests.contracts.account_client import assert_error
from tests.factories import accounts, catalog
from tests.factories.jobs import run_pending
from tests.fakes import tmdb_catalogue, tmdb_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoAssertNumQueries, Settings

    from tests.fakes.tmdb_server import Server

pytestmark = pytest.mark.django_db

MATRIX, NOBODYS = 603, 604
DETAIL = f"/api/movies/{MATRIX}/"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with tmdb_server.running() as running:
        yield running


@pytest.fixture(autouse=True)
def upstream(server: Server, settings: Settings) -> Server:
    settings.TMDB_BASE_URL, settings.TMDB_API_KEY = server.url, "0123456789abcdef0123456789abcdef"
    client_of_tmdb.forget()
    server.forget()
    return server


def get(path: str, **query: Any) -> Any:
    return APIClient().get(path, query)


def ids(answer: Any) -> list[int]:
    return [each["tmdb_id"] for each in answer.json()["results"]]


def test_a_film_that_we_do_not_hold_is_fetched_and_then_held(upstream: Server) -> None:
    first, again = get(DETAIL), get(DETAIL)
    assert (first.status_code, again.status_code) == (200, 200)
    body = first.json()
    assert (body["tmdb_id"], body["title"], body["release_year"]) == (MATRIX, "The Matrix", 1999)
    assert body["genres"]
    assert len(body["cast"]) == 7
    assert {each["job"] for each in body["crew"]} >= {"Director", "Screenplay"}
    assert [each["type"] for each in body["videos"]] == ["Trailer"]
    assert body["images"]["posters"][0].endswith(f"/poster{MATRIX}.jpg")
    assert body["images"]["backdrops"][0].endswith(f"/backdrop{MATRIX}.jpg")
    assert again["X-Cache"] == "hit"
    assert upstream.count(f"/movie/{MATRIX}") == 1
    assert ids(get("/api/movies/search/", q="matrix")) == [MATRIX]


def test_the_page_of_a_film_that_we_do_not_hold_shows_it() -> None:
    page = APIClient().get(f"/movies/{MATRIX}", HTTP_ACCEPT="text/html")
    assert page.status_code == 200
    assert "The Matrix" in page.content.decode()
    assert f'href="https://www.youtube.com/watch?v=fake_{MATRIX}"' in page.content.decode()


def test_the_page_of_a_film_says_so_while_tmdb_is_away(upstream: Server) -> None:
    upstream.switch("500")
    page = APIClient().get(f"/movies/{MATRIX}", HTTP_ACCEPT="text/html")
    assert (page.status_code, "Retry-After" in page) == (503, True)
    assert "text/html" in page["Content-Type"]


def test_what_tmdb_does_not_know_is_not_found_and_asked_for_once(upstream: Server) -> None:
    for _ in range(3):
        assert_error(get(f"/api/movies/{NOBODYS}/"), 404, "NOT_FOUND")
    assert upstream.count(f"/movie/{NOBODYS}") == 1
    for held_by_nobody in (2_000_000_001, 2**63 - 1):
        assert get(f"/api/movies/{held_by_nobody}/").status_code == 404
    assert upstream.count() == 1


def test_who_asks_for_one_unknown_film_after_the_other_is_told_to_wait(
    upstream: Server, settings: Settings
) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "fetch": 2}
    for unknown in range(100, 102):
        assert_error(get(f"/api/movies/{unknown}/"), 404, "NOT_FOUND")
    refused = get(DETAIL)
    assert_error(refused, 429, "RATE_LIMITED")
    assert 0 < int(refused["Retry-After"]) <= 60
    page = APIClient().get(f"/movies/{MATRIX}", HTTP_ACCEPT="text/html")
    assert (page.status_code, "Retry-After" in page) == (429, True)
    assert upstream.count() == 2
    elsewhere = APIClient(REMOTE_ADDR="192.0.2.9")
    assert elsewhere.get(DETAIL).status_code == 200
    assert get(DETAIL).status_code == 200  # it is held now


def test_without_a_key_nothing_is_asked(upstream: Server, settings: Settings) -> None:
    settings.TMDB_API_KEY = ""
    assert_error(get(DETAIL), 404, "NOT_FOUND")
    assert get("/api/movies/popular/").json()["source"] == "local"
    assert selectors.tmdb_trending(window="day") == ()
    assert upstream.count() == 0


@pytest.mark.parametrize("mode", ["500", "malformed", "401"])
def test_while_tmdb_fails_a_film_that_we_do_not_hold_is_away_and_others_are_there(
    upstream: Server, mode: Any
) -> None:
    held = catalog.film(title="Heat")
    upstream.switch(mode)
    answer = get(DETAIL)
    assert_error(answer, answer.status_code, "API_ERROR")
    assert answer.status_code in {502, 503}
    calls = upstream.count()
    again = get(DETAIL)
    assert_error(again, 503, "API_ERROR")
    assert int(again["Retry-After"]) > 0
    assert upstream.count() == calls
    assert get(f"/api/movies/{held.pk}/").status_code == 200
    assert "0123456789abcdef" not in answer.content.decode() + TmdbSync.objects.get().last_error


@pytest.mark.parametrize("path", ["favorites", "watchlist"])
def test_a_film_that_is_saved_is_completed_in_the_background(upstream: Server, path: str) -> None:
    viewer = accounts.client_of(accounts.member())
    sent = {"tmdb_id": MATRIX, "title": "the matrix?", "poster_url": "https://x.example/m.jpg"}
    saved = viewer.post(f"/api/user/{path}/", sent, format="json").json()
    assert (saved["title"], saved["in_catalog"]) == ("the matrix?", False)
    assert upstream.count() == 0
    assert [job.state for job in run_pending()] == ["done"]
    (row,) = viewer.get(f"/api/user/{path}/").json()["results"]
    assert (row["title"], row["in_catalog"], row["id"]) == ("The Matrix", True, saved["id"])


def test_a_film_that_we_do_not_hold_can_be_rated_watched_and_reviewed() -> None:
    viewer = accounts.client_of(accounts.member())
    key: dict[str, Any] = {"HTTP_IDEMPOTENCY_KEY": "watching-a-new-film"}
    rated = viewer.put("/api/user/ratings/11/", {"rating": 4.5}, format="json")
    watched = [
        viewer.post("/api/user/history/", {"tmdb_id": 13}, format="json", **key) for _ in range(2)
    ]
    sent = {"rating": 4, "text": "Good."}
    reviewed = viewer.post("/api/movies/78/reviews/", sent, format="json")
    chosen = {"movie_id": 103, "interaction_type": "select"}
    noted = viewer.post("/api/interactions/", chosen, format="json")
    statuses = [rated.status_code, watched[0].status_code, reviewed.status_code, noted.status_code]
    assert statuses == [200, 201, 201, 201]
    assert watched[1]["Idempotency-Replayed"] == "true"
    assert set(Movie.objects.values_list("pk", flat=True)) == {11, 13, 78, 103}
    refused = viewer.put(f"/api/user/ratings/{NOBODYS}/", {"rating": 4.5}, format="json")
    assert_error(refused, 404, "NOT_FOUND")


@pytest.mark.parametrize("chart", ["popular", "top-rated", "upcoming"])
def test_a_chart_is_tmdbs_with_films_that_we_do_not_hold(upstream: Server, chart: str) -> None:
    # The first brings films, so that the second is made from another catalogue.
    first, _, again = (get(f"/api/movies/{chart}/") for _ in range(3))
    body = first.json()
    path = f"/movie/{chart.replace('-', '_')}"
    told = [each["id"] for each in _fake_page(path)]
    assert (body["source"], ids(first)) == ("tmdb", told)
    assert (first["X-Cache"], again["X-Cache"]) == ("miss", "hit")
    assert upstream.count(path) == 1
    assert all(each["poster_url"] and each["title"] for each in body["results"])
    assert {job.name for job in run_pending()} == {"sync_tmdb_movie"}
    assert TmdbSync.objects.filter(last_synced_at__isnull=False).count() == len(told)
    assert ids(get(f"/api/movies/{chart}/")) == told


def _fake_page(path: str, number: int = 1) -> list[dict[str, Any]]:
    answer = tmdb_catalogue.answer(path, {"page": str(number)})
    assert answer is not None
    rows: list[dict[str, Any]] = answer["results"]
    return rows


def test_a_chart_that_is_known_costs_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(2):
        get("/api/movies/popular/")
    with django_assert_num_queries(1):
        assert get("/api/movies/popular/")["X-Cache"] == "hit"
    with django_assert_num_queries(3):  # the version, the cards, what adults alone may see
        get("/api/movies/popular/", page_size=10)


def test_pages_of_any_size_are_cut_from_tmdbs() -> None:
    every = [each["id"] for n in (1, 2, 3, 4) for each in _fake_page("/movie/popular", n)]
    answer = get("/api/movies/popular/", page=3, page_size=15)
    assert ids(answer) == every[30:45]
    assert answer.json()["count"] == len(every)
    assert ids(get("/api/movies/popular/", page_size=100)) == every
    assert_error(get("/api/movies/popular/", page=6), 404, "NOT_FOUND")
    assert_error(get("/api/movies/popular/", page="9" * 18), 404, "NOT_FOUND")
    assert_error(get("/api/movies/popular/", page=0), 404, "NOT_FOUND")
    assert_error(get("/api/movies/popular/", page="x"), 400, "VALIDATION_ERROR", "page")


def test_a_chart_is_our_own_until_tmdb_was_reached_and_then_stale_while_it_is_away(
    upstream: Server, settings: Settings
) -> None:
    held = catalog.film(title="Heat")
    upstream.switch("500")
    assert get("/api/movies/popular/").json()["source"] == "local"
    assert ids(get("/api/movies/popular/")) == [held.pk]
    calls = upstream.count()
    assert calls <= 3
    upstream.switch("ok")
    client_of_tmdb.forget()
    cache.clear()
    settings.CACHE_TTL_LISTS = 1
    told = ids(get("/api/movies/popular/"))
    upstream.switch("500")
    cache.set("tmdb:popular:1", _expired("tmdb:popular:1"))
    answer = get("/api/movies/popular/")
    assert (answer.json()["source"], answer["X-Cache"], ids(answer)) == ("tmdb", "stale", told)


def _expired(key: str) -> Any:
    entry = cache.get(key)
    object.__setattr__(entry, "fresh_until", 0.0)
    return entry


def test_a_film_that_an_administrator_took_out_comes_back_with_no_list() -> None:
    TmdbSync.objects.create(
        tmdb_id=_fake_page("/movie/popular")[0]["id"], withdrawn_at="2026-01-01T00:00Z"
    )
    told = [each["id"] for each in _fake_page("/movie/popular")]
    assert ids(get("/api/movies/popular/")) == told[1:]
    assert not Job.objects.filter(arguments={"tmdb_id": told[0]}).exists()


def test_what_tmdb_trends_is_named_and_held_and_never_an_error(upstream: Server) -> None:
    told = [each["id"] for each in _fake_page("/trending/movie/week")]
    assert list(selectors.tmdb_trending(window="week")) == told
    assert list(selectors.tmdb_trending(window="week")) == told
    assert upstream.count("/trending/movie/week") == 1
    assert Movie.objects.filter(pk__in=told).count() == len(told)
    upstream.switch("500")
    assert list(selectors.tmdb_trending(window="day")) == []
    assert list(selectors.tmdb_trending(window="week")) == told


@pytest.mark.django_db(transaction=True)
def test_forty_who_ask_for_one_missing_film_at_once_make_few_calls(upstream: Server) -> None:
    upstream.switch("slow", path=f"/movie/{MATRIX}", seconds=0.3)

    def ask(_: int) -> int:
        try:
            return int(get(DETAIL).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(40) as pool:
        statuses = list(pool.map(ask, range(40)))
    assert (
        upstream.count(f"/movie/{MATRIX}") <= 3
    )  # a call that is not answered in time is repeated
    assert set(statuses) <= {200, 503}
    assert statuses.count(200) >= 2
    assert get(DETAIL).status_code == 200
    assert Movie.objects.count() == 1
