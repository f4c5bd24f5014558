from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from rest_framework.test import APIClient
from structlog.testing import capture_logs

from moviverse.api import counts
from moviverse.core import jobs, tallies
from moviverse.worker import tasks, warming
from tests.factories import catalog
from tests.factories.jobs import run_pending

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(settings: Settings) -> APIClient:
    settings.PUBLIC_URL = "http://films.example.org:8000"
    settings.ALLOWED_HOSTS = ["films.example.org"]
    return APIClient(HTTP_HOST=urlsplit(settings.PUBLIC_URL).netloc)


@pytest.mark.django_db(transaction=True)  # a request ends its connection
def test_after_warming_a_visitor_finds_everything(visitor: APIClient) -> None:
    films = catalog.films(3)
    told: list[float] = []
    kept = warming.warm(lambda fraction, _: told.append(fraction))
    assert kept == len(warming.LISTS) + len(films)
    assert told == sorted(told)
    for path in (*warming.LISTS, f"/api/movies/{films[0].pk}/"):
        assert visitor.get(path)["X-Cache"] == "hit", path


@pytest.mark.django_db(transaction=True)
def test_what_we_ask_ourselves_is_no_visit(visitor: APIClient) -> None:
    catalog.films(3)
    with capture_logs() as logs:
        warming.warm(lambda *_: None)
        visitor.get("/api/genres/")
    told = [(each["path"], each["log_level"]) for each in logs if each["event"] == "request"]
    assert [path for path, level in told if level == "info"] == ["/api/genres/"]
    tallies.flush()
    assert tallies.totals(counts.REQUESTS) == {("GET", "2xx"): 1}


@pytest.mark.django_db(transaction=True)
def test_warming_that_takes_long_ends_well_with_what_it_has_made(
    monkeypatch: pytest.MonkeyPatch, visitor: APIClient, settings: Settings
) -> None:
    clock = itertools.count(step=30)  # each look at it is half a minute later
    settings.REDIS_URL = "redis://localhost"
    monkeypatch.setattr(warming, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    catalog.films(3)
    jobs.enqueue(name=jobs.WARM_CACHE, arguments={}, now=timezone.now())
    (done,) = run_pending()
    assert (done.state, done.error, done.attempts) == ("done", "", 1)
    assert done.message == f"2 of {len(warming.LISTS) + 3} answers are kept"
    monkeypatch.undo()
    assert visitor.get(warming.LISTS[1])["X-Cache"] == "hit"
    assert visitor.get(warming.LISTS[2])["X-Cache"] == "miss"


def test_a_job_that_warms_ends_by_itself_before_it_is_ended() -> None:
    assert jobs.WARM_CACHE not in tasks.LIMIT_SECONDS
    assert warming.LONGEST_SECONDS < tasks.USUAL_LIMIT_SECONDS


@pytest.mark.django_db(transaction=True)
def test_what_does_not_answer_is_left_out(settings: Settings) -> None:
    settings.PUBLIC_URL = "http://nobody.example.org"
    settings.ALLOWED_HOSTS = ["films.example.org"]
    assert warming.warm(lambda *_: None) == 0


def test_only_a_cache_that_is_shared_is_filled_by_a_job(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled: list[str] = []
    monkeypatch.setattr(warming, "warm", lambda _: filled.append("filled"))
    settings.REDIS_URL = ""
    warming.warm_shared(lambda *_: None)
    assert filled == []
    settings.REDIS_URL = "redis://localhost"
    warming.warm_shared(lambda *_: None)
    assert filled == ["filled"]
