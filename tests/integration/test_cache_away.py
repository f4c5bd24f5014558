"""The whole site on a Redis that fails in every way it can, and many visitors at once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import redis
from django.db import connection
from rest_framework.test import APIClient

from moviverse.catalog import selectors
from moviverse.core import tallies
from moviverse.core.redis_cache import Breaker, OptionalRedisCache
from tests.factories import accounts, catalog
from tests.fakes import redis_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django import Settings

    from tests.fakes.redis_server import Mode

pytestmark = pytest.mark.django_db(transaction=True)

needs_redis = pytest.mark.skipif(not redis_server.PROGRAM, reason="there is no redis-server here")
REST_SECONDS = 0.3
BACK_SECONDS = 15.0


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    with redis_server.running() as path:
        yield path


@pytest.fixture
def line(
    server: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[redis_server.Line]:
    line = redis_server.Line(server)
    monkeypatch.setattr(OptionalRedisCache, "breaker", Breaker())
    monkeypatch.setattr("moviverse.core.redis_cache.REST_SECONDS", REST_SECONDS)
    settings.REDIS_URL = line.url
    settings.CACHES = {
        "default": {
            "BACKEND": "moviverse.core.redis_cache.OptionalRedisCache",
            "LOCATION": line.url,
            "OPTIONS": {"socket_connect_timeout": 0.25, "socket_timeout": 0.25},
        }
    }
    yield line
    line.close()


def visit(client: APIClient, film: int) -> list[int]:
    """Read and write what a visitor does; return the statuses."""
    answers: list[Any] = [
        client.get(path)
        for path in (
            "/api/movies/",
            "/api/movies/popular/",
            "/api/movies/trending/",
            "/api/movies/search/?q=heat",
            "/api/movies/suggest/?q=he",
            "/api/genres/",
            f"/api/movies/{film}/",
            "/api/user/ratings/",
            "/api/auth/me/",
            "/health/",
        )
    ]
    answers += [
        client.put(f"/api/user/ratings/{film}/", {"rating": 4.5}, format="json"),
        client.post("/api/user/favorites/", {"tmdb_id": film}, format="json"),
        client.post(f"/api/movies/{film}/track-view/", {"progress_seconds": 10}, format="json"),
        client.delete(f"/api/user/ratings/{film}/"),
    ]
    return [answer.status_code for answer in answers]


def are_good(statuses: list[int]) -> bool:
    return {status // 100 for status in statuses} == {2}


def is_back(client: APIClient) -> bool:
    return bool(client.get("/health/").json()["checks"]["cache"] == "ok")


@needs_redis
@pytest.mark.parametrize("mode", ["refused", "silent", "slow", "reset", "garbage"])
def test_without_redis_every_read_and_write_succeeds_and_it_comes_back(
    line: redis_server.Line, mode: Mode
) -> None:
    film = catalog.film(title="Heat", genres=("Crime",)).pk
    client = accounts.client_of(accounts.member())
    assert are_good(visit(client, film))
    assert is_back(client)
    line.mode = mode
    for _ in range(2):
        assert are_good(visit(client, film))
    assert not is_back(client)
    line.mode = "ok"
    began = time.monotonic()
    while not is_back(client):
        assert time.monotonic() - began < BACK_SECONDS
        time.sleep(0.05)


@needs_redis
def test_with_a_full_or_emptied_redis_every_read_and_write_succeeds(
    line: redis_server.Line,  # noqa: ARG001 - the site's Redis
    server: Path,
) -> None:
    film = catalog.film(title="Heat", genres=("Crime",)).pk
    client = accounts.client_of(accounts.member())
    with redis.Redis(unix_socket_path=str(server)) as outside:
        outside.config_set("maxmemory", 1)
        try:
            full = visit(client, film)
        finally:
            outside.config_set("maxmemory", 0)
        visit(client, film)
        outside.flushall()
        emptied = visit(client, film)
    assert are_good(full)
    assert are_good(emptied)


@needs_redis
def test_an_edit_reaches_what_redis_keeps_at_once(line: redis_server.Line) -> None:  # noqa: ARG001 - the site's Redis
    catalog.film(title="Heat")
    client = APIClient()
    assert [client.get("/api/movies/")["X-Cache"] for _ in range(2)] == ["miss", "hit"]
    catalog.film(title="Ronin")
    answer = client.get("/api/movies/")
    assert (answer["X-Cache"], answer.json()["count"]) == ("miss", 2)


def test_two_hundred_visitors_who_miss_together_are_answered_from_one_reading(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    catalog.films(3)
    readings = []
    listed = selectors.listed

    def counted(*given: Any) -> Any:
        readings.append(given)
        time.sleep(0.2)
        return listed(*given)

    monkeypatch.setattr(selectors, "listed", counted)
    turnstile = threading.Semaphore(20)  # as many connections as the tests' PostgreSQL can spare

    def visit_once(_: int) -> tuple[int, int, str]:
        with turnstile:
            try:
                answer = APIClient().get("/api/movies/")
                return answer.status_code, answer.json()["count"], answer["X-Cache"]
            finally:
                connection.close()

    with ThreadPoolExecutor(200) as pool:
        found = list(pool.map(visit_once, range(200)))
    assert len(readings) <= 2
    assert {(status, count) for status, count, _ in found} == {(200, 3)}
    assert tallies.totals("cache")["lists", "hit"] >= 198
