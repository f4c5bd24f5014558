"""Every way in which TMDb can fail, through the real client and a real server."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from moviverse import tmdb
from moviverse.tmdb.breaker import Breaker
from moviverse.tmdb.bucket import LocalBucket
from moviverse.tmdb.client import Client
from moviverse.tmdb.line import Line
from tests.fakes import tmdb_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.tmdb_faults import Mode
    from tests.fakes.tmdb_server import Server

SECONDS = 1.5  # that a call may take in these tests
LATE = 0.5  # of a machine that is busy
AWAY, BAD = tmdb.Unavailable, tmdb.BadAnswer
# What a fault ends with, and how often TMDb was asked.
FAULTS: dict[Mode, tuple[type[tmdb.TmdbError], set[int]]] = {
    "500": (AWAY, {3}),
    "503": (AWAY, {3}),
    "429": (AWAY, {1, 2}),
    "401": (tmdb.Refused, {1}),
    "404": (tmdb.NotFound, {1}),
    "malformed": (BAD, {1}),
    "truncated": (AWAY, {3}),
    "html": (BAD, {1}),
    "wrong types": (BAD, {1}),
    "nulls": (BAD, {1}),
    "empty": (BAD, {1}),
    "redirect": (BAD, {1}),
    "reset": (AWAY, {3}),
    "slow": (AWAY, {1, 2}),
    "hang": (AWAY, {1, 2}),
    "drip": (AWAY, {1}),
    "drip headers": (AWAY, {1, 2}),
    "huge": (BAD, {1}),
    "bomb": (BAD, {1}),
}


@pytest.fixture
def line(fake_tmdb: Server) -> Iterator[Line]:
    """Return a line whose breaker opens late and for a short time."""
    made = Line(
        base_url=fake_tmdb.url,
        key="a key of the tests",
        bucket=LocalBucket(per_second=1_000, burst=100),
        breaker=Breaker(failures=100),
    )
    yield made
    made.close()


@pytest.fixture
def client(line: Line) -> Client:
    return Client(line, SECONDS)


def test_every_fault_of_the_fake_is_tried() -> None:
    assert set(FAULTS) | {"ok", "hostile"} == set(tmdb_faults.MODES)


@pytest.mark.parametrize("mode", FAULTS)
def test_a_fault_is_a_named_error_in_time_after_few_calls(
    client: Client, fake_tmdb: Server, mode: Mode
) -> None:
    expected, calls = FAULTS[mode]
    tmdb_faults.bomb()  # which takes its time to make
    fake_tmdb.switch(mode, seconds=10)
    begun = time.monotonic()
    with pytest.raises(tmdb.TmdbError) as raised:
        client.film(949)
    assert time.monotonic() - begun < SECONDS + LATE
    assert type(raised.value) is expected
    assert fake_tmdb.count() in calls


@pytest.mark.parametrize("mode", FAULTS)
def test_no_list_ends_with_anything_but_an_error_of_tmdb(
    client: Client, fake_tmdb: Server, mode: Mode
) -> None:
    fake_tmdb.switch(mode, seconds=10)
    for ask in (client.within(0.4).popular, lambda: client.within(0.4).search("heat")):
        with pytest.raises(tmdb.TmdbError) as raised:
            ask()
        # A list is always there: TMDb's "no such thing" would be our mistake, or a proxy's.
        assert not isinstance(raised.value, tmdb.NotFound)


@pytest.mark.parametrize("mode", FAULTS)
def test_after_a_fault_the_next_call_works(line: Line, fake_tmdb: Server, mode: Mode) -> None:
    fake_tmdb.switch(mode, seconds=10)
    with pytest.raises(tmdb.TmdbError):
        Client(line, 0.5).film(949)
    fake_tmdb.switch("ok")
    assert Client(line, 4).film(949).title == "Heat"


def test_an_answer_that_is_slow_but_in_time_is_an_answer(client: Client, fake_tmdb: Server) -> None:
    fake_tmdb.switch("slow", seconds=0.3)
    assert client.film(949).title == "Heat"
    assert fake_tmdb.count() == 1


def test_a_fault_that_passes_is_overcome_by_a_retry(line: Line, fake_tmdb: Server) -> None:
    fake_tmdb.switch("hang")
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(Client(line, 4).film, 949)
        while not fake_tmdb.count():
            time.sleep(0.01)
        fake_tmdb.switch("ok")
        assert asked.result().title == "Heat"
    assert fake_tmdb.count() == 2


def test_hostile_titles_arrive_clean_and_hostile_fields_not_at_all(
    client: Client, fake_tmdb: Server
) -> None:
    fake_tmdb.switch("hostile")
    film = client.film(949)
    assert film.title.startswith("Heat [31mHeat X-Forged: yesgnp.exe<script>")
    assert len(film.title) == 300
    texts = [film.title, film.original_title, film.tagline]
    texts += [credit.name for credit in film.cast] + [credit.character for credit in film.cast]
    texts += [genre.name for genre in film.genres] + [word.name for word in film.keywords]
    assert all(text.isprintable() and "\0" not in text for text in texts)
    assert "\0" not in film.overview
    assert (film.poster_path, film.backdrop_path, film.homepage, film.imdb_id) == ("", "", "", "")
    assert (film.vote_average, film.vote_count, film.runtime_minutes) == (None, None, None)
    assert (film.popularity, film.budget, film.released_on) == (None, None, None)
    assert film.original_language == ""
    assert [credit.profile_path for credit in film.cast] == [""] * 7
    assert all(len(card.title) <= 300 for card in client.popular().results)


@pytest.mark.parametrize(("said", "told"), [("30", 30), ("99999999", 3_600)])
@pytest.mark.parametrize("mode", ["429", "503"])
def test_how_long_to_wait_is_passed_on_when_it_is_longer_than_the_deadline(
    client: Client, fake_tmdb: Server, mode: Mode, said: str, told: int
) -> None:
    fake_tmdb.switch(mode, retry_after=said)
    with pytest.raises(tmdb.Unavailable) as raised:
        client.film(949)
    assert raised.value.retry_after_seconds == told
    with pytest.raises(tmdb.Unavailable) as again:
        client.film(550)
    assert again.value.retry_after_seconds == 30  # nobody is believed for longer
    assert fake_tmdb.count() == 1


@pytest.mark.parametrize("said", ["1", "Fri, 01 Jan 1999 00:00:00 GMT"])
def test_a_wait_within_the_deadline_is_waited(line: Line, fake_tmdb: Server, said: str) -> None:
    fake_tmdb.switch("429", path="/movie/949", retry_after=said)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(Client(line, 4).film, 949)
        while not fake_tmdb.count():
            time.sleep(0.01)
        fake_tmdb.switch("ok", path="/movie/949")
        assert asked.result().title == "Heat"
    first, second = (call.at for call in fake_tmdb.calls)
    assert second - first >= 0.99


def test_a_page_of_a_proxy_does_not_say_that_a_film_is_gone(
    client: Client, fake_tmdb: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tmdb_faults, "own_words", lambda _status: tmdb_faults.HTML)
    fake_tmdb.switch("404")
    with pytest.raises(tmdb.BadAnswer):
        client.film(949)


def test_when_nobody_listens_there_is_an_answer_at_once(line: Line) -> None:
    line.base_url = "http://127.0.0.1:1/3"
    begun = time.monotonic()
    with pytest.raises(tmdb.Unavailable):
        Client(line).film(949)
    assert time.monotonic() - begun < 2


def test_a_name_that_does_not_exist_is_unavailable(line: Line) -> None:
    line.base_url = "http://tmdb.invalid/3"
    with pytest.raises(tmdb.Unavailable):
        Client(line, SECONDS).film(949)


def test_only_a_few_threads_wait_for_tmdb_at_a_time(line: Line, fake_tmdb: Server) -> None:
    fake_tmdb.switch("hang")

    def ask(tmdb_id: int) -> float:
        begun = time.monotonic()
        with pytest.raises(tmdb.Unavailable):
            Client(line, 2.0).film(tmdb_id)
        return time.monotonic() - begun

    with ThreadPoolExecutor(12) as pool:
        took = sorted(pool.map(ask, range(1, 13)))
    assert len([each for each in took if each > 1.2]) == 3
    assert took[-1] < 2.0 + LATE
