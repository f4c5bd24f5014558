"""Many who ask for one film, from several processes, and an import that is under way."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from django.utils import timezone

from moviverse import tmdb as client
from moviverse.catalog import fetching, selectors, services, upserting
from moviverse.catalog.errors import MovieNotFound
from moviverse.catalog.models import Movie, TmdbSync
from moviverse.core import flights
from tests.factories import tmdb
from tests.factories.jobs import run_pending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.factories.tmdb import Told

pytestmark = pytest.mark.django_db(transaction=True)

ASKERS = 8
join = flights.join


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Have TMDb tell of Heat, slowly, and each thread be a process of its own."""
    made = tmdb.connected(monkeypatch, films={949: tmdb.HEAT})
    at_once = made.film

    def slowly(tmdb_id: int) -> client.Film:
        time.sleep(0.2)
        return at_once(tmdb_id)

    monkeypatch.setattr(made, "film", slowly)
    monkeypatch.setattr(fetching, "FETCHERS", threading.BoundedSemaphore(ASKERS))
    monkeypatch.setattr(flights, "join", _alone)
    return made


def _alone(key: str) -> tuple[flights.Flight, bool]:
    """Begin a flight that nobody else of this process hears of."""
    return join(f"{key} {threading.get_ident()}")


def asked(tmdb_id: int = 949) -> str:
    try:
        services.fetch_movie(tmdb_id=tmdb_id, asker="192.0.2.1", now=timezone.now())
    except (MovieNotFound, client.TmdbError) as error:
        return type(error).__name__
    else:
        return "held"
    finally:
        connection.close()


def at_once(ask: Callable[[int], str], tmdb_id: int) -> set[str]:
    with ThreadPoolExecutor(ASKERS) as pool:
        return set(pool.map(ask, [tmdb_id] * ASKERS))


def test_of_several_processes_one_fetches_a_film(told: Told) -> None:
    assert at_once(asked, 949) <= {"held", "Unavailable"}
    assert told.asked == {"film 949": 1}
    assert Movie.objects.count() == 1


def test_of_several_processes_one_learns_that_there_is_no_such_film(told: Told) -> None:
    assert at_once(asked, 5) <= {"MovieNotFound", "Unavailable"}
    assert told.asked == {"film 5": 1}
    assert TmdbSync.objects.get().gone_at is not None


def test_of_several_processes_one_learns_that_tmdb_is_away(told: Told) -> None:
    told.error = tmdb.AWAY
    assert at_once(asked, 949) == {"Unavailable"}
    assert told.asked == {"film 949": 1}
    assert TmdbSync.objects.get().attempts == 1


@contextmanager
def an_import_under_way() -> Iterator[None]:
    """Hold what an importer holds while it writes a batch, on a connection of its own."""
    begun, over = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            upserting.line_up()
            begun.set()
            over.wait(20)
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    assert begun.wait(20)
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.usefixtures("told")
def test_nobody_waits_for_an_import() -> None:
    with an_import_under_way():
        began = time.monotonic()
        assert asked() == "Unavailable"
        assert time.monotonic() - began < 6
    assert not Movie.objects.exists()
    assert asked() == "held"


def test_a_list_is_named_while_an_import_is_under_way_and_its_films_come_later(told: Told) -> None:
    told.lists = {"trending week": [949]}
    with an_import_under_way():
        began = time.monotonic()
        assert list(selectors.tmdb_trending(window="week")) == [949]
        assert time.monotonic() - began < 4
    assert not Movie.objects.exists()
    assert [job.state for job in run_pending()] == ["done"]
    assert Movie.objects.get().title == "Heat"
