"""What the health page says of TMDb, whichever web worker is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moviverse import tmdb
from moviverse.tmdb.bucket import LocalBucket
from moviverse.tmdb.client import Client
from moviverse.tmdb.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.tmdb_server import Server


@pytest.fixture
def workers(fake_tmdb: Server) -> Iterator[list[Client]]:
    """Return the clients of two processes, which share a cache, and neither of which is this one."""
    bucket = LocalBucket(per_second=1_000, burst=100)
    lines = [Line(base_url=fake_tmdb.url, key="of the tests", bucket=bucket) for _ in range(2)]
    yield [Client(line) for line in lines]
    for line in lines:
        line.close()


def failed(client: Client, times: int) -> None:
    for _ in range(times):
        with pytest.raises(tmdb.TmdbError):
            client.film(949)


def test_what_one_process_sees_is_told_by_all(workers: list[Client], fake_tmdb: Server) -> None:
    assert tmdb.state() == "ok"
    fake_tmdb.switch("401")
    failed(workers[0], 4)
    assert tmdb.state() == "ok"  # it may be a moment's
    failed(workers[0], 1)
    assert tmdb.state() == "away"
    fake_tmdb.switch("ok")
    assert workers[1].film(949).title == "Heat"
    assert tmdb.state() == "ok"


def test_a_tmdb_that_asks_to_be_left_alone_is_away_until_it_answers(
    workers: list[Client], fake_tmdb: Server
) -> None:
    fake_tmdb.switch("429", retry_after="30")
    failed(workers[0], 1)
    assert tmdb.state() == "away"
    fake_tmdb.switch("ok")
    with pytest.raises(tmdb.NotFound):
        workers[1].film(1)
    assert tmdb.state() == "ok"
