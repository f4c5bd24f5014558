"""What monitoring reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from rest_framework.test import APIClient

from moviverse import tmdb
from moviverse.catalog import tmdb_usage
from moviverse.core import jobs
from tests.factories import catalog

if TYPE_CHECKING:
    from django.http import HttpResponse
    from pytest_django import Settings

    from tests.fakes.tmdb_server import Server

pytestmark = pytest.mark.django_db

TOKEN = "a-token-that-is-long-enough"
ABROAD = {"REMOTE_ADDR": "8.8.8.8"}


def get(**environment: str) -> HttpResponse:
    return Client().get("/metrics", **environment)  # type: ignore[return-value,arg-type]  # the client's own type


def figures() -> dict[str, dict[tuple[str, ...], float]]:
    answer = get()
    assert answer.status_code == 200
    return {
        family.name: {
            (
                sample.name.removeprefix(family.name),
                *(sample.labels[name] for name in sorted(sample.labels)),
            ): sample.value
            for sample in family.samples
        }
        for family in text_string_to_metric_families(answer.content.decode())
    }


def test_requests_are_counted_by_method_and_status_with_their_durations() -> None:
    client = APIClient()
    for path in ("/api/health/", "/api/health/", "/api/nowhere/"):
        client.get(path)
    client.generic("BREW", "/api/health/")
    found = figures()
    requests = found["moviverse_http_requests"]
    assert requests["_total", "GET", "2xx"] == 2
    assert requests["_total", "GET", "4xx"] == 1
    assert requests["_total", "other", "4xx"] == 1
    durations = found["moviverse_http_request_duration_seconds"]
    assert durations["_count", "GET"] == durations["_bucket", "+Inf", "GET"] == 3
    assert durations["_sum", "GET"] > 0
    rising = [value for key, value in durations.items() if key[::2] == ("_bucket", "GET")]
    assert len(rising) == 12
    assert rising == sorted(rising)


def test_answers_from_the_cache_are_counted_by_kind() -> None:
    catalog.film()
    for _ in range(3):
        APIClient().get("/api/movies/")
    APIClient().get("/api/movies/?mood=sad")
    found = figures()
    answers = found["moviverse_cache_answers"]
    assert answers["_total", "lists", "miss"] == 1
    assert answers["_total", "lists", "hit"] == 2
    assert ("_total", "lists", "error") not in answers, "a wrong query is no failure of ours"
    assert found["moviverse_cache_computing_seconds"]["_total", "lists"] > 0


def test_jobs_are_told_by_name_and_state() -> None:
    jobs.enqueue(name="send_email", arguments={}, now=timezone.now())
    found = figures()
    assert found["moviverse_jobs"]["", "send_email", "queued"] == 1
    assert found["moviverse_job_wait_seconds"][("",)] > 0


def test_calls_to_tmdb_are_told_by_endpoint_and_outcome(fake_tmdb: Server) -> None:
    tmdb.client().film(949)
    fake_tmdb.switch("html")
    with pytest.raises(tmdb.BadAnswer):
        tmdb.client().film(949)
    tmdb.saved("popular")
    tmdb_usage.recorder.flush()
    found = figures()
    calls = found["moviverse_tmdb_calls"]
    assert (calls["_total", "film", "ok"], calls["_total", "film", "failed"]) == (1, 1)
    assert found["moviverse_tmdb_seconds"]["_total", "film"] > 0
    assert found["moviverse_tmdb_calls_saved"]["_total", "popular"] == 1


def test_who_asks_from_afar_shows_the_token(settings: Settings) -> None:
    assert get(**ABROAD).status_code == 401
    assert get(**ABROAD, HTTP_AUTHORIZATION="Bearer ").status_code == 401
    settings.METRICS_TOKEN = TOKEN
    for wrong in ("", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer \xff"):
        answer = get(**ABROAD, HTTP_AUTHORIZATION=wrong)
        assert answer.status_code == 401
        assert TOKEN not in answer.content.decode()
    answer = get(**ABROAD, HTTP_AUTHORIZATION=f"Bearer {TOKEN}")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "192.168.0.9", "::1", "fd00::1"])
def test_a_private_network_needs_no_token(address: str) -> None:
    assert get(REMOTE_ADDR=address).status_code == 200


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860::1", "", "nonsense"])
def test_other_networks_do(address: str) -> None:
    assert get(REMOTE_ADDR=address).status_code == 401


def test_the_address_of_an_unknown_proxy_opens_nothing(settings: Settings) -> None:
    near = {"REMOTE_ADDR": "10.0.0.1"}
    assert get(**near, HTTP_X_FORWARDED_FOR="8.8.8.8").status_code == 401
    assert get(**near, HTTP_X_FORWARDED_FOR="10.9.9.9").status_code == 401
    settings.TRUSTED_PROXIES = 1
    assert get(**near, HTTP_X_FORWARDED_FOR="8.8.8.8").status_code == 401
    assert get(**near, HTTP_X_FORWARDED_FOR="10.9.9.9").status_code == 200


def test_the_figures_are_only_read() -> None:
    assert Client().post("/metrics").status_code == 405
