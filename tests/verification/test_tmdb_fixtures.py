"""The client and the fake against answers that were recorded from the real TMDb.

They are not part of this repository, whose licence they do not share: `tmdb-fixtures` of the
data sets beside it, or where MOVIVERSE_DATASETS says.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from moviverse.tmdb import bodies, films, lists
from moviverse.tmdb.errors import BadAnswer
from tests.fakes import tmdb_catalogue, tmdb_faults

DATASETS = Path(
    os.environ.get("MOVIVERSE_DATASETS", Path(__file__).parents[3] / "shared" / "datasets")
)
RECORDED = DATASETS / "tmdb-fixtures"
FILM = "movie-details-append-response.json"
LISTS = {
    "movie_popular.get.200.json": "/movie/popular",
    "movie_top_rated.get.200.json": "/movie/top_rated",
    "movie_upcoming.get.200.json": "/movie/upcoming",
    "movie_movie_id_similar.get.200.json": "/movie/550/similar",
    "trending_movie_time_window.get.200.json": "/trending/movie/week",
}
ALL = {
    **LISTS,
    "configuration.get.200.json": "/configuration",
    "genre_movie_list.get.200.json": "/genre/movie/list",
    "movie_changes.get.200.json": "/movie/changes",
    "find_external_id.get.200.json": "/find/tt0000550",
}
# What the recorded film has besides what we ask for, and what its own recording lacks.
NOT_ASKED = {
    "alternative_titles", "changes", "external_ids", "lists", "recommendations", "release_dates",
    "reviews", "similar", "translations", "watch/providers",
}  # fmt: skip

pytestmark = [
    pytest.mark.verification,
    pytest.mark.skipif(
        not RECORDED.is_dir(), reason=f"there are no recorded answers in {RECORDED}"
    ),
]


def recorded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RECORDED / name).read_text())
    return found


def shape(value: Any, path: str = "") -> dict[str, set[str]]:
    """Return the types that stand at each path; the entries of a list share one."""
    if isinstance(value, dict):
        found = {path: {"object"}}
        for name, each in value.items():
            found |= shape(each, f"{path}.{name}")
        return found
    if isinstance(value, list):
        found = {path: {"list"}}
        for each in value:
            for inner, types in shape(each, f"{path}[]").items():
                found.setdefault(inner, set()).update(types)
        return found
    names = {bool: "yes or no", int: "number", float: "number", str: "text", type(None): "nothing"}
    return {path: {names[type(value)]}}


def differences(fake: Any, real: Any) -> dict[str, tuple[set[str], set[str]]]:
    """Return the paths at which the fake says what the real one never does."""
    ours, theirs = shape(fake), shape(real)
    empty = {path for path in theirs if f"{path}[]" not in theirs and theirs[path] == {"list"}}
    unknown = {path for path in theirs if theirs[path] == {"nothing"}} | empty
    return {
        path: (types, theirs.get(path, set()))
        for path, types in ours.items()
        if not any(path.startswith(each) for each in unknown)
        and not types - {"nothing"} <= theirs.get(path, set())
    }


@pytest.mark.parametrize("name", LISTS)
def test_a_recorded_list_is_read_whole(name: str) -> None:
    real = recorded(name)
    page = lists.cards(real, page=1)
    assert len(page.results) == len({row["id"] for row in real["results"]})
    assert page.total_results == real["total_results"]
    assert page.total_pages == min(real["total_pages"], 500)
    for card, row in zip(page.results, real["results"], strict=True):
        assert (card.tmdb_id, card.title) == (row["id"], row["title"])
        assert card.poster_path == (row["poster_path"] or "")
        assert card.backdrop_path == (row["backdrop_path"] or "")
        assert card.genre_ids == tuple(row["genre_ids"])
        assert (card.released_on.isoformat() if card.released_on else "") == row["release_date"]
        assert (card.vote_average, card.vote_count) == (row["vote_average"], row["vote_count"])
        assert card.popularity == row["popularity"]
        assert card.original_language == row["original_language"]


def test_a_recorded_film_is_read_whole() -> None:
    real = recorded(FILM)
    film = films.film(real, tmdb_id=real["id"])
    assert (film.title, film.imdb_id) == (real["title"], real["imdb_id"])
    assert (film.budget, film.revenue) == (real["budget"], real["revenue"])
    assert film.runtime_minutes == real["runtime"]
    assert len(film.cast) == len(real["credits"]["cast"])
    assert len(film.crew) == len(real["credits"]["crew"])
    assert len(film.keywords) == len(real["keywords"]["keywords"])
    assert len(film.videos) == len(real["videos"]["results"])
    assert {image.path for image in film.images} == {
        each["file_path"] for kind in ("backdrops", "logos", "posters") for each in real["images"][kind]
    }  # fmt: skip


def test_recorded_details_and_full_credits_are_read() -> None:
    real = recorded("movie_movie_id.get.200.json")
    real["credits"] = recorded("movie_movie_id_credits.get.200.json")
    real["images"] = recorded("movie_movie_id_images.get.200.json")
    real["videos"] = recorded("movie_movie_id_videos.get.200.json")
    real["keywords"] = recorded("movie_movie_id_keywords.get.200.json")
    film = films.film(real, tmdb_id=real["id"])
    assert film.homepage == real["homepage"]
    assert film.collection is not None
    assert film.collection.name == real["belongs_to_collection"]["name"]
    assert film.countries == ("US",)
    assert [each.name for each in film.cast] == [
        each["name"] for each in sorted(real["credits"]["cast"], key=lambda each: each["order"])
    ]
    assert {(each.tmdb_id, each.job) for each in film.crew} == {
        (each["id"], each["job"]) for each in real["credits"]["crew"]
    }
    assert len(film.keywords) == len(real["keywords"]["keywords"])
    assert all(video.published_at for video in film.videos)


def test_other_recorded_answers_are_read() -> None:
    genres = recorded("genre_movie_list.get.200.json")
    assert {(each.tmdb_id, each.name) for each in lists.genres(genres)} == {
        (each["id"], each["name"]) for each in genres["genres"]
    }
    images = recorded("configuration.get.200.json")["images"]
    configuration = lists.configuration(recorded("configuration.get.200.json"))
    assert configuration.image_url == images["secure_base_url"]
    assert configuration.poster_sizes == tuple(images["poster_sizes"])
    changes = recorded("movie_changes.get.200.json")
    assert lists.changes(changes, page=3).tmdb_ids == tuple(
        dict.fromkeys(each["id"] for each in changes["results"])
    )
    found = recorded("find_external_id.get.200.json")["movie_results"][0]
    card = lists.found_film(recorded("find_external_id.get.200.json"))
    assert card is not None
    assert card.title == found["title"]
    searched = recorded("search_multi.get.200.json")
    films_found = lists.search_results(searched, page=1).films
    assert [card.tmdb_id for card in films_found] == [
        row["id"] for row in searched["results"] if row["media_type"] == "movie"
    ]


def test_a_recorded_answer_that_is_empty_is_a_bad_one() -> None:
    with pytest.raises(BadAnswer):
        lists.cards(recorded("movie_movie_id_recommendations.get.200.json"), page=1)


@pytest.mark.parametrize("name", ALL)
def test_the_fakes_answers_have_the_shape_of_recorded_ones(name: str) -> None:
    fake, real = tmdb_catalogue.answer(ALL[name], {}), recorded(name)
    assert fake is not None
    assert differences(fake, real) == {}
    assert set(fake) == set(real)
    if isinstance(real.get("results"), list):
        assert set(fake["results"][0]) == set(real["results"][0])


def test_the_fakes_film_has_the_shape_of_a_recorded_one() -> None:
    real = recorded(FILM) | {
        name: value
        for name, value in recorded("movie_movie_id.get.200.json").items()
        if value not in (None, [])
    }
    fake = tmdb_catalogue.film(549_999)  # a part of a collection
    assert fake["belongs_to_collection"]
    assert differences(fake, real) == {}
    assert set(fake) == set(real) - NOT_ASKED
    for part in ("cast", "crew"):
        assert set(fake["credits"][part][0]) == set(real["credits"][part][0])
    assert set(fake["videos"]["results"][0]) == set(real["videos"]["results"][0])
    assert set(fake["images"]["posters"][0]) == set(real["images"]["posters"][0])


def test_the_fakes_search_has_the_shape_of_a_recorded_one() -> None:
    real = recorded("search_multi.get.200.json")
    real["results"] = [row for row in real["results"] if row["media_type"] == "movie"]
    fake = tmdb_catalogue.answer("/search/multi", {"query": "the godfather"})
    assert fake is not None
    assert differences(fake, real) == {}
    assert set(fake["results"][0]) == set(real["results"][0])


@pytest.mark.parametrize(
    ("status", "name"),
    [(401, "401_code7"), (404, "404_code34"), (429, "429_code25_composed")],
)
def test_the_fakes_errors_are_recorded_ones(status: int, name: str) -> None:
    said = bodies.parsed(tmdb_faults.own_words(status))
    assert said == recorded(f"{name}.json")
