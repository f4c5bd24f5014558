"""The client against a real server that is well."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from moviverse import tmdb
from tests.fakes import tmdb_catalogue

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.fakes.tmdb_server import Server


@pytest.mark.usefixtures("fake_tmdb")
def test_a_film_comes_with_all_that_belongs_to_it() -> None:
    film = tmdb.client().film(949)
    assert (film.tmdb_id, film.title, film.imdb_id) == (949, "Heat", "tt0000949")
    assert film.released_on is not None
    assert film.released_on.year == 1995
    assert {genre.name for genre in film.genres} <= set(tmdb_catalogue.GENRES.values())
    assert [credit.position for credit in film.cast] == list(range(7))
    assert film.cast[0].character == "Role 1"
    assert film.crew[0].job == "Director"
    assert len(film.keywords) == 3
    assert (film.videos[0].site, film.videos[0].kind) == ("YouTube", "Trailer")
    assert {image.kind for image in film.images} == {"backdrop", "poster"}
    assert (film.spoken_languages, film.countries) == (("en",), ("US",))
    assert film.runtime_minutes is not None
    assert film.is_adult is False


def test_a_film_is_one_call(fake_tmdb: Server) -> None:
    tmdb.client().film(550)
    assert [call.path for call in fake_tmdb.calls] == ["/movie/550"]


def test_a_film_that_tmdb_does_not_have_is_not_found_at_once(fake_tmdb: Server) -> None:
    with pytest.raises(tmdb.NotFound):
        tmdb.client().film(1)
    assert fake_tmdb.count() == 1


@pytest.mark.parametrize("tmdb_id", [0, -1, 2_000_000_000, 2**63])
def test_an_id_that_is_none_of_tmdbs_is_not_asked_for(fake_tmdb: Server, tmdb_id: int) -> None:
    with pytest.raises(tmdb.NotFound):
        tmdb.client().film(tmdb_id)
    with pytest.raises(tmdb.NotFound):
        tmdb.client().similar(tmdb_id)
    assert fake_tmdb.count() == 0


@pytest.mark.usefixtures("fake_tmdb")
def test_lists_come_in_pages() -> None:
    client = tmdb.client()
    for page in (
        client.popular(),
        client.top_rated(),
        client.upcoming(),
        client.trending("day"),
        client.trending("week"),
        client.similar(949),
    ):
        assert page.page == 1
        assert page.total_results >= len(page.results) > 0
        assert all(card.title and card.poster_path for card in page.results)
    second = client.popular(2)
    assert second.page == 2
    assert second.total_pages == 4
    assert not {card.tmdb_id for card in client.popular().results} & {
        card.tmdb_id for card in second.results
    }


@pytest.mark.parametrize("page", [0, -1, 501])
def test_a_page_that_tmdb_cannot_have_is_not_asked_for(fake_tmdb: Server, page: int) -> None:
    for ask in (tmdb.client().popular, tmdb.client().top_rated, tmdb.client().upcoming):
        with pytest.raises(tmdb.NotFound, match="pages from 1 to 500"):
            ask(page)
    with pytest.raises(tmdb.NotFound):
        tmdb.client().search("heat", page)
    assert fake_tmdb.count() == 0


@pytest.mark.usefixtures("fake_tmdb")
def test_a_search_finds_films_and_people() -> None:
    found = tmdb.client().search("heat")
    assert [card.title for card in found.films] == ["Heat"]
    assert [person.name for person in tmdb.client().search("ada brandt").people] == ["Ada Brandt"]


def test_a_search_is_asked_without_what_cannot_be_sent(fake_tmdb: Server) -> None:
    assert tmdb.client().search("\0he\nat\ud800 ").films == ()
    assert tmdb.client().search("  \0 ").films == ()
    assert fake_tmdb.count("/search/multi") == 1


@pytest.mark.usefixtures("fake_tmdb")
def test_genres_configuration_and_changes_are_read() -> None:
    client = tmdb.client()
    assert {(each.tmdb_id, each.name) for each in client.genres()} == set(
        tmdb_catalogue.GENRES.items()
    )
    assert client.configuration().image_url == "https://images.example/t/p/"
    assert "w500" in client.configuration().poster_sizes
    changes = client.changes(date(2026, 11, 20), date(2026, 11, 21))
    assert len(changes.tmdb_ids) == 20
    assert changes.total_pages == 4


def test_a_film_is_found_by_its_imdb_id(fake_tmdb: Server) -> None:
    assert tmdb.client().find_by_imdb_id("tt0000949").tmdb_id == 949
    with pytest.raises(tmdb.NotFound):
        tmdb.client().find_by_imdb_id("tt9999999")
    assert fake_tmdb.count() == 2
    with pytest.raises(tmdb.NotFound):
        tmdb.client().find_by_imdb_id("../movie/949")
    assert fake_tmdb.count() == 2


def test_without_a_key_nothing_is_asked(settings: Settings) -> None:
    settings.TMDB_API_KEY = ""
    assert tmdb.is_configured() is False
    assert tmdb.state() == "not configured"
    with pytest.raises(tmdb.NotConfigured, match="TMDB_API_KEY is not set"):
        tmdb.client()


@pytest.mark.usefixtures("fake_tmdb")
def test_clients_of_other_deadlines_share_their_line() -> None:
    client = tmdb.client()
    patient = client.within(tmdb.JOB_SECONDS)
    assert patient.seconds == tmdb.JOB_SECONDS
    assert patient.line is client.line is tmdb.client(seconds=1).line
    assert tmdb.state() == "ok"
