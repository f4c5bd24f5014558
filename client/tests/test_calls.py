"""Every group of calls, against the service with trained models."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from moviverse_client import Client, Invalid, NotAuthenticated, NotFound

if TYPE_CHECKING:
    from moviverse_client import User
    from tests.factories.recommendations import Site

pytestmark = pytest.mark.django_db

HEAT = 949


def test_the_catalogue_is_listed_and_turned_page_by_page(client: Client, site: Site) -> None:
    page = client.movies.list(sort="title_asc", page_size=25)
    assert (page.count, page.page, page.total_pages, len(page)) == (len(site.films), 1, 3, 25)
    titles = [film.title for film in page.all()]
    assert len(titles) == len(site.films)
    following = page.next()
    assert following is not None
    assert following[0].title == titles[25]
    assert client.movies.list(page=3, page_size=25).next() is None


def test_the_catalogue_is_filtered(client: Client, site: Site) -> None:  # noqa: ARG001 - the films
    nineties = client.movies.list(genre="Crime", year_from=1990, year_to=1999)
    assert nineties.count
    for film in nineties:
        assert "Crime" in film.genres
        assert film.release_date is not None
        assert 1990 <= film.release_date.year <= 1999
    both = client.movies.list(genre="Crime,Thriller")
    either = client.movies.list(genre=["Crime", "Thriller"])
    assert 0 < both.count < either.count


def test_a_film_is_found_and_read(client: Client, site: Site) -> None:  # noqa: ARG001 - the films
    heat = client.movies.search("heta")[0]
    assert heat.tmdb_id == HEAT
    detail = client.movies.get(HEAT, append=["similar", "recommendations"])
    assert detail.title == heat.title
    assert detail.me is None
    assert detail.similar
    assert detail.recommendations[0].movie.title
    assert client.movies.person(detail.cast[0].id).name == detail.cast[0].name


def test_what_is_typed_is_completed(client: Client, site: Site) -> None:  # noqa: ARG001 - the films
    found = client.movies.suggest("hea")
    assert HEAT in [film.tmdb_id for film in found.movies]


def test_films_have_neighbours_and_genres(client: Client, site: Site) -> None:  # noqa: ARG001 - the films
    assert client.movies.similar(HEAT, page_size=3)[0].reasons
    assert client.movies.also_liked(HEAT, page_size=3)[0].movie.title
    assert "Crime" in [genre.name for genre in client.movies.genres()]


def test_a_film_that_is_not_there_says_so(client: Client, site: Site) -> None:  # noqa: ARG001 - the films
    with pytest.raises(NotFound) as refused:
        client.movies.get(1_999_999_999)
    assert (refused.value.status, refused.value.code) == (404, "NOT_FOUND")


def test_a_library_keeps_ratings(client: Client, site: Site, ann: User) -> None:  # noqa: ARG001 - the films and the session
    assert client.library.rate(HEAT, 4.5).rating == 4.5
    assert client.library.rate(HEAT, 3).rating == 3.0
    assert client.library.rating(HEAT).tmdb_id == HEAT
    assert [each.tmdb_id for each in client.library.ratings().all()] == [HEAT]
    mine = client.movies.get(HEAT).me
    assert mine is not None
    assert mine.rating == 3.0
    client.library.unrate(HEAT)
    with pytest.raises(NotFound):
        client.library.rating(HEAT)


def test_a_library_refuses_what_is_no_rating(client: Client, site: Site, ann: User) -> None:  # noqa: ARG001 - the films and the session
    with pytest.raises(Invalid) as refused:
        client.library.rate(HEAT, 4.7)
    assert set(refused.value.details) == {"rating"}


def test_interactions_are_recorded_and_listed(client: Client, site: Site, ann: User) -> None:  # noqa: ARG001 - the session
    first, second = site.ids[:2]
    viewed = client.library.record(first, "view")
    rated, selected = client.library.record_many(
        [
            {"movie_id": second, "interaction_type": "rate", "rating": 4},
            {"movie_id": second, "interaction_type": "select"},
        ]
    )
    assert rated.rating == 4.0
    story = client.library.interactions()
    assert {each.id for each in story} == {viewed.id, rated.id, selected.id}
    since = selected.happened_at + timedelta(seconds=1)
    assert client.library.interactions(since=since).count == 0
    assert [each.id for each in client.library.interactions(type="select")] == [selected.id]


def test_recommendations_follow_what_was_rated(client: Client, site: Site, ann: User) -> None:  # noqa: ARG001 - the session
    before = client.recommendations.mine(limit=5)
    for movie_id in site.ids[:4]:
        client.library.rate(movie_id, 5)
    after = client.recommendations.mine(limit=5, exclude_seen=True, diversity=0.2)
    assert len(after) == 5
    assert [each.movie for each in after] != [each.movie for each in before]
    assert after[0].reasons[0].text
    receipt = client.recommendations.receipt(after.request_id)
    assert [each.tmdb_id for each in receipt.results] == [each.movie.tmdb_id for each in after]
    assert client.recommendations.history()[0].request_id == after.request_id


def test_nobody_else_has_ones_receipts(client: Client, site: Site, ann: User) -> None:  # noqa: ARG001 - the films and the session
    with pytest.raises(NotFound):
        client.recommendations.receipt(uuid4())


def test_films_go_with_films_without_an_account(client: Client, site: Site) -> None:
    answer = client.recommendations.for_movies(site.ids[:3], model="EASE", limit=4)
    assert (answer.model, len(answer), answer.unknown) == ("EASE", 4, ())
    rated = client.recommendations.for_movies({HEAT: 5.0}, filters={"year_from": 1990})
    assert all((each.movie.release_year or 0) >= 1990 for each in rated)
    like = client.recommendations.like("heat", limit=3)
    assert like.understood is not None
    assert like.understood.tmdb_id == HEAT
    assert {model.name for model in client.recommendations.models()} >= {"EASE", "Hybrid"}


def test_many_contexts_are_answered_in_their_order(client: Client, site: Site, ann: User) -> None:  # noqa: ARG001 - the session
    first, second = client.recommendations.for_many([site.ids[:2], {HEAT: 4.0}], limit=2)
    assert len(first) == len(second) == 2


def test_an_unknown_model_is_refused_by_name(client: Client, site: Site) -> None:
    with pytest.raises(Invalid) as refused:
        client.recommendations.for_movies(site.ids[:1], model="Oracle")
    assert refused.value.code == "INVALID_MODEL"


def test_what_is_personal_needs_a_session(client: Client, site: Site) -> None:  # noqa: ARG001 - the films
    with pytest.raises(NotAuthenticated) as refused:
        client.recommendations.mine()
    assert refused.value.code == "NOT_AUTHENTICATED"
