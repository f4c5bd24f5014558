"""Filling the cache before anybody waits for it: after a start, an update, a change of the films.

It asks this site for what most visitors ask for, within the process, in the way that a visitor
does: so it keeps what they will look for, and nothing else.
"""

from __future__ import annotations

import io
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from moviverse.catalog import selectors as catalog
from moviverse.core import clients

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FILMS = 100
LONGEST_SECONDS = 90.0  # less than a job may take; the next one finds what this one has made
REST_SECONDS = 2.0
LISTS = (
    "/api/genres/",
    "/api/movies/",
    "/api/movies/popular/",
    "/api/movies/top-rated/",
    "/api/movies/upcoming/",
    "/api/movies/trending/",
    "/api/movies/trending/?time_range=week",
)
OK = 200

log = structlog.get_logger(__name__)


def warm_shared(report: Callable[[float, str], None]) -> None:
    """Fill the cache that all processes share, if there is one."""
    if settings.REDIS_URL:
        warm(report)


def warm_own() -> None:
    """Fill the cache of this process, if it has one of its own, without keeping anybody waiting."""
    if not settings.REDIS_URL:
        threading.Thread(target=_warm_own, name="warming", daemon=True).start()


def _warm_own() -> None:
    time.sleep(REST_SECONDS)  # until whoever waited for the start has been answered
    try:
        warm(lambda *_: None)
    except Exception:
        log.exception("cache_not_warmed")
    finally:
        connection.close()


def warm(report: Callable[[float, str], None]) -> int:
    """Ask for the lists and the most popular films; return how many answers are kept.

    What does not answer now is left to its first visitor, and so is what is not made within
    `LONGEST_SECONDS`: what most people ask for comes first, and most of it is a hit the next time.
    """
    deadline = time.monotonic() + LONGEST_SECONDS
    asks = WSGIHandler()
    paths = list(_paths())
    kept = 0
    for number, path in enumerate(paths):
        if time.monotonic() >= deadline:
            break
        report(number / len(paths), path)
        kept += _status(asks, path) == OK
    report(1.0, f"{kept} of {len(paths)} answers are kept")
    log.info("cache_warmed", answers=kept, of=len(paths))
    return kept


def _paths() -> Iterator[str]:
    yield from LISTS
    for film in catalog.popular().films[:FILMS]:
        yield f"/api/movies/{film.tmdb_id}/"


def _status(asks: WSGIHandler, path: str) -> int:
    site = urlsplit(settings.PUBLIC_URL)
    address, _, query = path.partition("?")
    environment = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address,
        "QUERY_STRING": query,
        "SERVER_NAME": site.hostname or "localhost",
        "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": site.netloc,
        "REMOTE_ADDR": "127.0.0.1",
        clients.OURSELVES: True,
        "wsgi.url_scheme": site.scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    }
    response = asks(environment, _begin)
    response.close()
    return int(response.status_code)


def _begin(*_: object) -> Callable[[bytes], object]:
    """Take the head of an answer, as a web server does; nobody reads it."""
    return io.BytesIO().write
