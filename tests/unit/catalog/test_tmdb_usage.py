from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection, transaction

from moviverse import tmdb
from moviverse.catalog import tmdb_lists, tmdb_usage
from moviverse.catalog.models import TmdbUsage
from moviverse.catalog.tmdb_usage import Recorder

if TYPE_CHECKING:
    from tests.fakes.tmdb_server import Server

NOW = datetime(2026, 11, 21, 20, 40, tzinfo=UTC)


@pytest.fixture
def recorder() -> Recorder:
    """Return one that writes when it is told to."""
    return Recorder(flush_seconds=600)


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_calls_of_an_hour_are_summed_by_endpoint(
    recorder: Recorder, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    recorder.called("film", 20, "ok")
    recorder.called("film", 40, "not found")
    recorder.called("film", 900, "away")
    recorder.called("popular", 5, "limited")
    recorder.saved("popular")
    recorder.flush()
    recorder.called("film", 40, "ok")
    with django_assert_num_queries(1):  # type: ignore[operator]
        recorder.flush()
    film, popular = tmdb_usage.usage(hours=1, now=NOW)
    assert (film.endpoint, film.calls, film.errors, film.saved) == ("film", 4, 1, 0)
    assert (film.mean_milliseconds, film.longest_milliseconds) == (250, 900)
    assert (popular.calls, popular.errors, popular.saved) == (1, 1, 1)
    assert TmdbUsage.objects.count() == 2
    recorder.forget()


@pytest.mark.django_db
def test_only_the_hours_that_are_asked_for_count() -> None:
    for hours_ago in (0, 1, 2):
        hour = NOW.replace(minute=0) - timedelta(hours=hours_ago)
        TmdbUsage.objects.create(hour=hour, endpoint="film", calls=10**hours_ago)
    assert [tmdb_usage.usage(hours=hours, now=NOW)[0].calls for hours in (1, 2, 3, 99)] == [
        1, 11, 111, 111,
    ]  # fmt: skip


@pytest.mark.django_db
def test_an_endpoint_that_was_only_saved_has_no_mean(recorder: Recorder) -> None:
    recorder.saved("trending")
    recorder.flush()
    (usage,) = tmdb_usage.usage(hours=2, now=datetime.now(UTC))
    assert (usage.calls, usage.saved, usage.mean_milliseconds) == (0, 1, None)
    recorder.forget()


@pytest.mark.django_db
def test_what_is_older_than_ninety_days_goes(recorder: Recorder) -> None:
    now = datetime.now(UTC)
    for days in (89, 91):
        TmdbUsage.objects.create(hour=now - timedelta(days=days), endpoint="film")
    recorder.called("search", 1, "ok")
    recorder.flush()
    assert sorted(TmdbUsage.objects.values_list("endpoint", flat=True)) == ["film", "search"]
    recorder.forget()


@pytest.mark.django_db(transaction=True)
def test_processes_that_count_the_same_hour_lose_nothing() -> None:
    recorders = [Recorder(flush_seconds=600) for _ in range(20)]
    start = threading.Barrier(20)

    def count(recorder: Recorder) -> None:
        for endpoint in ("film", "popular", "search"):
            recorder.called(endpoint, 10, "ok")
        start.wait()
        recorder.flush()
        recorder.forget()
        connection.close()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(count, recorders))
    assert list(TmdbUsage.objects.values_list("calls", flat=True)) == [20, 20, 20]


@pytest.mark.django_db(transaction=True)
def test_calls_are_written_within_seconds_whatever_becomes_of_the_callers_transaction() -> None:
    recorder = Recorder()
    with transaction.atomic():
        recorder.called("film", 10, "ok")
        transaction.set_rollback(True)
    deadline = time.monotonic() + 10
    while not TmdbUsage.objects.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert TmdbUsage.objects.get().calls == 1


def test_what_cannot_be_written_is_kept_for_the_next_time(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []

    def refuse(_counts: object) -> None:
        raise OSError

    def write(counts: dict[object, tmdb_usage._Count]) -> None:
        written.extend(count.calls for count in counts.values())

    monkeypatch.setattr(Recorder, "_sweep", lambda _self, _hour: None)
    monkeypatch.setattr(tmdb_usage, "_write", refuse)
    recorder.called("film", 1, "ok")
    recorder.flush()
    monkeypatch.setattr(tmdb_usage, "_write", write)
    recorder.called("film", 1, "ok")
    recorder.flush()
    recorder.flush()
    assert written == [2]
    recorder.forget()


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_tmdb")
def test_the_sites_client_is_counted() -> None:
    tmdb.client().film(949)
    with pytest.raises(tmdb.NotFound):
        tmdb.client().film(1)
    tmdb.saved("film")
    tmdb_usage.recorder.flush()
    (film,) = tmdb_usage.usage(hours=2, now=datetime.now(UTC))
    assert (film.endpoint, film.calls, film.errors, film.saved) == ("film", 2, 0, 1)
    assert film.mean_milliseconds is not None
    assert 0 < film.mean_milliseconds <= film.longest_milliseconds


@pytest.mark.django_db
def test_a_list_that_is_remembered_is_a_call_saved(fake_tmdb: Server) -> None:
    for _ in range(3):
        tmdb_lists.chart_page("top_rated", 1)
    tmdb_lists.trending(window="day")
    assert fake_tmdb.count() == 2
    tmdb_usage.recorder.flush()
    found = {each.endpoint: each for each in tmdb_usage.usage(hours=2, now=datetime.now(UTC))}
    assert (found["top_rated"].calls, found["top_rated"].saved) == (1, 2)
    assert (found["trending"].calls, found["trending"].saved) == (1, 0)
