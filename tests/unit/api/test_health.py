from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError

from moviverse import tmdb
from moviverse.core import health
from moviverse.core.redis_cache import Breaker, OptionalRedisCache

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import Settings

    from tests.fakes.tmdb_server import Server


@pytest.mark.django_db
def test_health_names_everything_that_the_service_stands_on(client: Client) -> None:
    response = client.get("/health/")
    assert response.status_code == 200
    body = response.json()
    assert body["status"] == "ok"
    assert list(body["checks"]) == ["database", "cache", "broker", "model", "tmdb"]
    assert body["checks"]["database"] == "ok"
    assert body["checks"]["broker"] == "embedded"


@pytest.mark.django_db
def test_health_says_how_tmdb_does_without_asking_it(client: Client, fake_tmdb: Server) -> None:
    def told() -> str:
        return str(client.get("/health/").json()["checks"]["tmdb"])

    assert told() == "ok"
    assert fake_tmdb.count() == 0
    fake_tmdb.switch("500")
    for _ in range(3):
        with pytest.raises(tmdb.Unavailable):
            tmdb.client().configuration()
    calls = fake_tmdb.count()
    assert told() == "away"
    assert client.get("/health/").status_code == 200  # the site works without
    assert fake_tmdb.count() == calls


@pytest.mark.django_db
def test_without_a_key_tmdb_is_not_configured(client: Client, settings: Settings) -> None:
    settings.TMDB_API_KEY = ""
    assert client.get("/health/").json()["checks"]["tmdb"] == "not configured"


@pytest.mark.django_db
def test_the_service_is_ready_when_its_database_answers(client: Client) -> None:
    response = client.get("/health/ready/")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_a_process_is_alive_whatever_becomes_of_its_database(client: Client) -> None:
    # Without the mark `django_db` the test runner refuses every query.
    assert client.get("/health/live/").json() == {"status": "ok"}


def test_a_database_that_refuses_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        def cursor(self) -> None:
            raise OperationalError

    monkeypatch.setattr(health, "connection", Refusing())
    assert health.database() == "away"


@pytest.mark.parametrize("path", ["/health/", "/health/ready/"])
def test_a_probe_says_when_to_ask_again(
    client: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(health, "database", lambda: "away")
    response = client.get(path)
    assert response.status_code == 503
    assert response.json()["status"] == "unavailable"
    assert response["Retry-After"] == "5"


def test_the_apis_own_check_has_the_answer_that_its_clients_know(client: Client) -> None:
    for path in ("/api/health/", "/api/health", "/api/v1/health/"):
        assert client.get(path).json() == {"status": "healthy", "service": "recommendation-api"}


def test_what_is_not_under_health_is_404_in_json(client: Client) -> None:
    response = client.get("/health/nothing")
    assert (response.status_code, response.json()["error"]) == (404, "NOT_FOUND")


def test_the_cache_is_in_process_unless_a_redis_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = ""
    assert health.cache_state() == "in process"
    monkeypatch.setattr(OptionalRedisCache, "breaker", Breaker())
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.CACHES = {
        "default": {
            "BACKEND": "moviverse.core.redis_cache.OptionalRedisCache",
            "LOCATION": settings.REDIS_URL,
        }
    }
    assert health.cache_state() == "away"
