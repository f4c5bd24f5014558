"""The key is told to TMDb and to nobody else."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

import pytest

from moviverse import tmdb
from moviverse.tmdb.bucket import LocalBucket
from moviverse.tmdb.client import Client
from moviverse.tmdb.line import Line

if TYPE_CHECKING:
    from tests.fakes.tmdb_faults import Mode
    from tests.fakes.tmdb_server import Server

V3 = "5ecre7a1b2c3d4e5f60718293a4b5c6d"
V4 = "eyJ5ecre7.eyJhdWQiOiI1ZWNyZTciLCJzY29wZXMiOlsiYXBpX3JlYWQiXX0.c2lnbmF0dXJl"
LOUD = ("httpx", "httpcore", "httpcore.http11", "httpcore.connection", "moviverse.tmdb", "")


def failure(client: Client) -> str:
    """Return all that can be told of the error that a call ends with, the frames' variables too."""
    try:
        client.film(949)
    except tmdb.TmdbError as error:
        whole = traceback.TracebackException.from_exception(error, capture_locals=True)
        return f"{error} {error!r} {''.join(whole.format())}"
    return ""


@pytest.mark.parametrize("key", [V3, V4])
@pytest.mark.parametrize("mode", ["ok", "500", "401", "404", "reset", "truncated", "html", "drip"])
def test_the_key_is_in_no_log_no_error_and_no_frame_of_its_traceback(
    fake_tmdb: Server, caplog: pytest.LogCaptureFixture, key: str, mode: Mode
) -> None:
    for name in LOUD:
        caplog.set_level(logging.DEBUG, logger=name)
    line = Line(base_url=fake_tmdb.url, key=key, bucket=LocalBucket(per_second=99, burst=9))
    fake_tmdb.switch(mode)
    told = [repr(line), repr(Client(line))]
    told.append(failure(Client(line, 0.8)))
    line.close()
    assert fake_tmdb.count()
    told += [caplog.text, *(str(vars(record)) for record in caplog.records)]
    assert "GET" in caplog.text  # the libraries were as loud as they can be
    assert key not in "".join(told)


def test_a_v3_key_goes_into_the_query_and_a_v4_token_into_a_header(
    fake_tmdb: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, str | None]] = []
    handler = fake_tmdb.RequestHandlerClass
    answer = handler.do_GET  # type: ignore[attr-defined]

    def look(self: object) -> None:
        seen.append((self.path, self.headers.get("Authorization")))  # type: ignore[attr-defined]
        answer(self)

    monkeypatch.setattr(handler, "do_GET", look)
    for key in (V3, V4):
        line = Line(base_url=fake_tmdb.url, key=key, bucket=LocalBucket(per_second=99, burst=9))
        Client(line).configuration()
        line.close()
    assert seen == [
        (f"/3/configuration?api_key={V3}", None),
        ("/3/configuration", f"Bearer {V4}"),
    ]
