"""The client of this process, as the settings say."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Literal, NamedTuple

import redis
from django.conf import settings
from django.utils.module_loading import import_string

from moviverse.tmdb import errors, sign
from moviverse.tmdb.bucket import LocalBucket, SharedBucket
from moviverse.tmdb.client import REQUEST_SECONDS, Client
from moviverse.tmdb.line import Bucket, Line

if TYPE_CHECKING:
    from moviverse.tmdb.recorder import Recorder

# Of the whole site, together below the 40 a second that TMDb asks to stay under.
PER_SECOND, BURST = 30.0, 8
REDIS_SECONDS = 0.25

State = Literal["ok", "not configured", "away"]


class _Wanted(NamedTuple):
    """What a line is made for."""

    process: int
    base_url: str
    key: str
    redis_url: str
    processes: int


_lines: dict[_Wanted, Line] = {}
_making = threading.Lock()


def is_configured() -> bool:
    """Say whether there is a key; without one nothing is ever asked."""
    return bool(settings.TMDB_API_KEY)


def client(*, seconds: float = REQUEST_SECONDS) -> Client:
    """Return the client of this process; those of other deadlines share its limits and its breaker.

    Args:
        seconds: How long a call may take: `REQUEST_SECONDS` while a person waits, `JOB_SECONDS` in
            a job.

    Raises:
        NotConfigured: there is no key.
    """
    if not is_configured():
        raise errors.NotConfigured
    return Client(_line_of_settings(), seconds)


def state() -> State:
    """Return how TMDb did when the site last asked it, without asking it again."""
    if not is_configured():
        return "not configured"
    return "away" if sign.is_up() else "ok"


def saved(endpoint: str) -> None:
    """Note that a call need not be made, since its answer was still known."""
    _recorder().saved(endpoint)


def forget() -> None:
    """Hang up, and forget what is known of TMDb's state."""
    with _making:
        for line in _lines.values():
            line.close()
        _lines.clear()
    sign.take_down()


def _line_of_settings() -> Line:
    processes = settings.WEB_WORKERS + 1  # that may call: the web's, and the worker's
    wanted = _Wanted(
        os.getpid(),  # a forked child must not speak on its parent's connections
        settings.TMDB_BASE_URL,
        settings.TMDB_API_KEY,
        settings.REDIS_URL,
        processes,
    )
    found = _lines.get(wanted)
    if found is not None:
        return found
    with _making:
        if wanted not in _lines:
            bucket = _bucket(settings.REDIS_URL, processes)
            _lines[wanted] = Line(
                base_url=wanted.base_url, key=wanted.key, bucket=bucket, recorder=_recorder()
            )
        return _lines[wanted]


def _recorder() -> Recorder:
    """Return who is told of calls: named in the settings, since this package knows no tables."""
    found: Recorder = import_string(settings.TMDB_RECORDER)
    return found


def _bucket(redis_url: str, processes: int) -> Bucket:
    """Return the allowance of the site where its processes share a Redis, else our part of it."""
    alone = LocalBucket(per_second=PER_SECOND / processes, burst=max(1, BURST // processes))
    if not redis_url:
        return alone
    shared = redis.Redis.from_url(
        redis_url, socket_connect_timeout=REDIS_SECONDS, socket_timeout=REDIS_SECONDS
    )
    return SharedBucket(redis=shared, per_second=PER_SECOND, burst=BURST, alone=alone)
