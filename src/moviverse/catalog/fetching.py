"""A film that somebody asks for and the catalogue does not hold: fetched from TMDb while they wait.

Of many who ask for one film at once, one fetches it: the others of its process wait for it, and
those of other processes for a lock in PostgreSQL. That TMDb does not know a film is remembered for
some minutes, that it does not answer for some seconds. Only a few threads of a process wait for
TMDb at a time, so that the rest of them can go on showing what we hold. And whoever asks for one
unknown film after the other has only a part of what TMDb lets us ask, and of our disk.
"""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError, transaction
from psycopg.errors import LockNotAvailable

from moviverse import tmdb
from moviverse.catalog import syncing
from moviverse.catalog.errors import MovieNotFound
from moviverse.catalog.models import FIRST_LOCAL_ID, Movie, TmdbSync
from moviverse.core import errors, flights, pace, statements

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

Value = TypeVar("Value")

GONE_FOR = timedelta(minutes=10)
AWAY_SECONDS = 5
ONE_FILM = 7_460_002  # any number: with a film's id, names the lock that one fetcher holds
FETCHERS = threading.BoundedSemaphore(2)  # of this process
PLACE_SECONDS = 1.0  # that a request waits to become one of them
LOCK_SECONDS = 3.2  # that it waits for somebody else who fetches the same film
FETCH_SECONDS = 3.0  # that TMDb may take
WRITE_SECONDS = 1.0  # that it waits for an importer
BUDGET_SECONDS = 5.0  # for everything together
TOO_MANY = "You have asked for many films that are not held here. Try again in a minute."
LOCK = "select pg_advisory_xact_lock(%s, %s)"
SET_LOCK_TIMEOUT = "select set_config('lock_timeout', %s, true)"


def with_film(act: Callable[[], Value], *, tmdb_id: int, asker: str, now: datetime) -> Value:
    """Return what `act` returns; when it misses the film, fetch that and try again.

    Args:
        act: What is to be done with the film.
        tmdb_id: Which film.
        asker: The address of whoever asks, as `clients.address` tells it.
        now: The time.

    Raises:
        MovieNotFound: neither we nor TMDb know the film, or TMDb is not to be asked.
        RateLimited: `asker` has had TMDb asked too often in this minute.
        TmdbError: we do not hold it, and TMDb does not tell.
    """
    try:
        return act()
    except MovieNotFound:
        fetch_movie(tmdb_id=tmdb_id, asker=asker, now=now)
    return act()


def fetch_movie(*, tmdb_id: int, asker: str, now: datetime) -> None:
    """Have a film in the catalogue: at once if we hold it, else from TMDb.

    Raises:
        MovieNotFound, RateLimited, TmdbError: as of `with_film`.
    """
    if not 0 < tmdb_id < FIRST_LOCAL_ID or not tmdb.is_configured():
        if Movie.objects.filter(pk=tmdb_id).exists():
            return
        raise MovieNotFound
    deadline = time.monotonic() + BUDGET_SECONDS
    flight, is_ours = flights.join(f"film {tmdb_id}")
    if not is_ours:
        flight.awaited()
        if Movie.objects.filter(pk=tmdb_id).exists():
            return
        # Whoever fetched it has not committed it yet: wait for the lock.
        _fetch_in_turn(tmdb_id, asker=asker, deadline=deadline, now=now)
        return
    with flight:
        _fetch_in_turn(tmdb_id, asker=asker, deadline=deadline, now=now)


def _fetch_in_turn(tmdb_id: int, *, asker: str, deadline: float, now: datetime) -> None:
    _refuse_what_is_known(tmdb_id, now=now)
    count, seconds_left = pace.counted(f"fetch:{asker}")
    if count > settings.THROTTLE_RATES["fetch"]:
        raise errors.RateLimited(TOO_MANY, retry_after_seconds=seconds_left)
    if not FETCHERS.acquire(timeout=PLACE_SECONDS):
        raise _busy()
    try:
        _fetch(tmdb_id, deadline=deadline, now=now)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise _busy() from error
    finally:
        FETCHERS.release()


def _fetch(tmdb_id: int, *, deadline: float, now: datetime) -> None:
    refusal: MovieNotFound | tmdb.TmdbError | None = None
    with transaction.atomic():
        wait_at_most(max(0.1, min(LOCK_SECONDS, deadline - WRITE_SECONDS - time.monotonic())))
        statements.fetched(LOCK, [ONE_FILM, tmdb_id])
        if Movie.objects.filter(pk=tmdb_id).exists():
            return
        _refuse_what_is_known(tmdb_id, now=now)
        left = deadline - WRITE_SECONDS - time.monotonic()
        if left < WRITE_SECONDS:
            raise _busy()
        try:
            told = tmdb.client().within(min(FETCH_SECONDS, left)).film(tmdb_id)
        except tmdb.NotFound:
            syncing.note_gone(tmdb_id, now=now)
            refusal = MovieNotFound()
        except tmdb.TmdbError as error:
            syncing.note_failed(tmdb_id, error=error, now=now)
            cache.set(_away(tmdb_id), error.message, AWAY_SECONDS)
            refusal = error
        else:
            wait_at_most(WRITE_SECONDS)
            syncing.store(told, tmdb_id=tmdb_id, now=now)
    if refusal is not None:  # out of the block, so that what was noted is kept
        raise refusal


def _refuse_what_is_known(tmdb_id: int, *, now: datetime) -> None:
    known = TmdbSync.objects.filter(pk=tmdb_id).first()
    if known is not None:
        if known.withdrawn_at is not None:
            raise MovieNotFound
        if known.gone_at is not None and known.gone_at > now - GONE_FOR:
            raise MovieNotFound
    said = cache.get(_away(tmdb_id))
    if said is not None:
        raise tmdb.Unavailable(said, retry_after_seconds=AWAY_SECONDS)


def _away(tmdb_id: int) -> str:
    return f"tmdb:movie:{tmdb_id}:away"


def wait_at_most(seconds: float) -> None:
    """Give up a lock that is not had after `seconds`, in this transaction."""
    statements.fetched(SET_LOCK_TIMEOUT, [str(round(1_000 * seconds))])


def _busy() -> tmdb.Unavailable:
    return tmdb.Unavailable("The film is being fetched. Try again shortly.", retry_after_seconds=2)
