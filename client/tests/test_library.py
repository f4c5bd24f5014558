"""Lists, history, reviews and feedback, against the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moviverse_client import Client, Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from moviverse_client import User
    from tests.factories.recommendations import Site

HEAT = 949


@pytest.fixture(autouse=True)
def _furnished(site: Site, ann: User) -> None:
    """Let every test have films, models and a session."""


def test_a_favorite_is_kept_once_and_let_go(client: Client) -> None:
    first, again = client.library.add_favorite(HEAT), client.library.add_favorite(HEAT)
    assert first == again
    assert (first.tmdb_id, first.title, first.in_catalog) == (HEAT, "Heat", True)
    assert [each.movie.title for each in client.library.favorites()] == ["Heat"]
    client.library.remove_favorite(first.id)
    assert client.library.favorites().count == 0
    with pytest.raises(NotFound):
        client.library.remove_favorite(HEAT)


def test_a_film_that_the_site_lacks_is_kept_by_its_title(client: Client) -> None:
    kept = client.library.add_favorite(1_234_567, title="A film to come")
    assert (kept.title, kept.in_catalog) == ("A film to come", False)


def test_a_watchlist_is_kept(client: Client) -> None:
    client.library.add_to_watchlist(HEAT)
    assert [each.tmdb_id for each in client.library.watchlist().all()] == [HEAT]
    client.library.remove_from_watchlist(HEAT)
    assert client.library.watchlist().count == 0


def test_a_history_is_kept_and_carried_on(client: Client) -> None:
    begun = client.library.watch(HEAT, progress_seconds=600)
    assert (begun.progress_seconds, begun.watched) == (600, False)
    assert [each.id for each in client.library.continue_watching()] == [begun.id]
    corrected = client.library.correct_viewing(begun.id, progress_seconds=900)
    assert client.library.history()[0] == corrected
    client.library.forget_viewing(begun.id)
    assert client.library.history().count == 0
    client.movies.track_view(HEAT, progress_seconds=60)
    assert client.library.history()[0].progress_seconds == 60


def test_a_review_is_written_once_edited_and_read_by_others(
    client: Client, connect: Callable[..., Client]
) -> None:
    written = client.library.review(HEAT, rating=4.5, text="A city at night.")
    assert client.library.rating(HEAT).rating == 4.5
    with pytest.raises(Conflict):
        client.library.review(HEAT, rating=4.0, text="Again.")
    edited = client.library.edit_review(written.id, text="A city, at night.")
    assert (edited.text, edited.rating) == ("A city, at night.", 4.5)
    (read,) = connect().movies.reviews(HEAT, sort="newest")
    assert read.author is not None
    assert (read.text, read.author.username) == ("A city, at night.", "ann")
    assert [each.id for each in client.library.reviews()] == [written.id]
    client.library.delete_review(written.id)
    assert client.movies.reviews(HEAT).count == 0


def test_what_a_film_is_to_oneself_is_told_with_it(client: Client) -> None:
    client.library.add_favorite(HEAT)
    mine = client.movies.get(HEAT).me
    assert mine is not None
    assert (mine.favorite, mine.in_watchlist) == (True, False)


def test_a_list_is_carried_on_without_a_film_twice(client: Client, site: Site) -> None:
    client.library.rate(site.ids[0], 5)
    first = client.recommendations.mine(limit=5)
    more = client.recommendations.more(first)
    assert more is not None
    shown = [each.movie.tmdb_id for answer in (first, more) for each in answer]
    assert len(shown) == len(set(shown)) == 10


def test_a_film_that_is_dismissed_is_not_shown_again(client: Client, site: Site) -> None:
    client.library.rate(site.ids[0], 5)
    answer = client.recommendations.mine(limit=5)
    film = answer[0].movie.tmdb_id
    client.recommendations.feedback(film, "dismiss", request_id=answer.request_id)
    assert film not in [each.movie.tmdb_id for each in client.recommendations.mine(limit=50)]
    client.recommendations.feedback(film, "undo")
    assert film in [each.movie.tmdb_id for each in client.recommendations.mine(limit=50)]


def test_the_charts_of_the_house_are_listed(client: Client) -> None:
    assert client.movies.popular(page_size=3)[0].title
    assert client.movies.top_rated().page == 1
    assert client.movies.upcoming().page == 1
    trends = client.movies.trending(time_range="day", limit=4)
    assert (len(trends), trends.time_range) == (4, "day")
