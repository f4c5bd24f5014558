from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from moviverse.catalog import services
from moviverse.catalog.models import Movie
from moviverse.transfer import demo

if TYPE_CHECKING:
    from pathlib import Path

    from moviverse.transfer.demo import DemoFilm, Viewings

HEAT: dict[str, Any] = {
    "tmdb_id": 949,
    "title": "Heat",
    "original_title": "Heat",
    "released_on": "1995-12-15",
    "runtime": 170,
    "language": "en",
    "countries": ["US"],
    "genres": ["Crime", "Drama"],
    "directors": ["Michael Mann"],
    "cast": [["Al Pacino", "Vincent Hanna"]],
    "keywords": ["heist"],
    "overview": "A thief and a detective.",
    "fame": 4,
    "acclaim": 5,
}
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def films() -> list[DemoFilm]:
    return list(demo.films())


@pytest.fixture(scope="module")
def viewings(films: list[DemoFilm]) -> Viewings:
    return demo.viewers(films, rng=np.random.default_rng(7))


def write(folder: Path, *lines: Any, name: str = "films.jsonl") -> Path:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_the_demo_has_over_400_films_of_all_decades_genres_and_continents(
    films: list[DemoFilm],
) -> None:
    assert len(films) >= 400
    decades = {film.released_on.year // 10 for film in films if film.released_on}
    assert decades >= set(range(191, 203))
    genres = Counter(genre for film in films for genre in film.genres)
    assert min(genres[name] for name in ("Documentary", "Western", "Music", "Animation")) >= 10
    assert sum(film.language != "en" for film in films) >= 0.35 * len(films)
    countries = {country for film in films for country in film.countries}
    assert {"SN", "BR", "IN", "JP", "IR", "AU", "FR", "US"} <= countries


def test_every_film_of_the_demo_says_something_of_its_own(films: list[DemoFilm]) -> None:
    assert len({film.overview for film in films}) == len(films)
    assert all(40 <= len(film.overview) <= 250 for film in films)
    assert all(len(film.keywords) >= 3 for film in films)


@pytest.mark.django_db
def test_the_demo_fits_the_catalogue_and_a_second_time_changes_nothing(
    films: list[DemoFilm],
) -> None:
    assert services.upsert_movies(films, now=NOW).created == len(films)
    assert services.upsert_movies(films, now=NOW).unchanged == len(films)
    heat = Movie.objects.get(pk=949)
    assert [job.person.name for job in heat.crew.all()] == ["Michael Mann"]
    assert heat.source_ids.get().source == demo.SOURCE


def test_a_line_becomes_a_film(tmp_path: Path) -> None:
    (film,) = demo.films(write(tmp_path, HEAT))
    assert (film.tmdb_id, film.title, film.fame, film.acclaim) == (949, "Heat", 4, 5)
    assert (film.crew[0].job, film.cast[0].character) == ("Director", "Vincent Hanna")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"genres": ["Sci-Fi"]}, "genres cannot be"),
        ({"released_on": "1995-13-01"}, "released_on cannot be"),
        ({"released_on": 1995}, "released_on cannot be"),
        ({"released_on": "19951215"}, "released_on cannot be"),
        ({"fame": 6}, "fame cannot be"),
        ({"tmdb_id": True}, "tmdb_id cannot be"),
        ({"runtime": 0}, "runtime cannot be"),
        ({"cast": [["Al Pacino"]]}, "cast cannot be"),
        ({"cast": [["", "Vincent"]]}, "cast cannot be"),
        ({"directors": []}, "directors cannot be"),
        ({"title": " ", "language": "eng"}, "title, language cannot be"),
        ({"countries": ["USA"]}, "countries cannot be"),
        ({"more": 1}, "the fields are not"),
    ],
)
def test_a_wrong_line_is_refused_by_file_line_and_field(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    folder = write(tmp_path, HEAT, {**HEAT, "tmdb_id": 950, **change})
    with pytest.raises(demo.DemoDamaged, match=f"films.jsonl, line 2: {said}"):
        list(demo.films(folder))


@pytest.mark.parametrize("line", ["{", "[]", '"Heat"', ""])
def test_a_line_that_is_no_object_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(demo.DemoDamaged, match="line 1"):
        list(demo.films(write(tmp_path, line, HEAT)))


def test_a_film_told_twice_is_refused(tmp_path: Path) -> None:
    write(tmp_path, HEAT, name="a.jsonl")
    folder = write(tmp_path, HEAT, name="b.jsonl")
    with pytest.raises(demo.DemoDamaged, match=r"b\.jsonl, line 1: .* a\.jsonl, line 1"):
        list(demo.films(folder))


def test_a_seed_gives_the_same_viewers_again(films: list[DemoFilm], viewings: Viewings) -> None:
    again = demo.viewers(films, rng=np.random.default_rng(7))
    assert all(np.array_equal(first, second) for first, second in zip(viewings, again, strict=True))
    other = demo.viewers(films, rng=np.random.default_rng(8))
    assert not np.array_equal(viewings.movie_ids, other.movie_ids)


def test_600_viewers_rate_30_to_150_films_each_and_none_twice(viewings: Viewings) -> None:
    counts = np.bincount(viewings.user_ids)[1:]
    assert len(counts) == 600
    assert counts.min() >= 30
    assert counts.max() <= 150
    pairs = set(zip(viewings.user_ids.tolist(), viewings.movie_ids.tolist(), strict=True))
    assert len(pairs) == len(viewings.ratings)


def test_ratings_use_the_whole_scale_in_half_steps(viewings: Viewings) -> None:
    assert set(np.unique(viewings.ratings)) == {step / 2 for step in range(1, 11)}
    assert 3.2 < viewings.ratings.mean() < 3.9


def test_ratings_lie_in_the_two_years_before_a_date(films: list[DemoFilm]) -> None:
    timestamps = demo.viewers(films, before=NOW, rng=np.random.default_rng(1)).timestamps
    assert timestamps.max() < NOW.timestamp()
    assert timestamps.min() >= (NOW - timedelta(days=730)).timestamp()


def test_a_few_famous_films_draw_most_of_the_viewers(viewings: Viewings) -> None:
    counts = np.sort(np.unique(viewings.movie_ids, return_counts=True)[1])[::-1]
    assert counts[: len(counts) // 5].sum() > 0.35 * counts.sum()


def test_tastes_differ_in_genre(films: list[DemoFilm], viewings: Viewings) -> None:
    """Those who watch much horror like it better than family films, and the other way round."""
    genre = {film.tmdb_id: set(film.genres) for film in films}
    horror = np.array(["Horror" in genre[id_] for id_ in viewings.movie_ids.tolist()])
    family = np.array(["Family" in genre[id_] for id_ in viewings.movie_ids.tolist()])
    seen = np.bincount(viewings.user_ids)
    share = np.bincount(viewings.user_ids, weights=horror) / np.maximum(seen, 1)
    fans = share[viewings.user_ids] >= np.quantile(share[1:], 0.9)
    ratings = viewings.ratings
    assert ratings[fans & horror].mean() > ratings[fans & family].mean() + 0.3
    assert ratings[~fans & horror].mean() < ratings[fans & horror].mean() - 0.3


def test_a_small_shelf_gives_small_histories(tmp_path: Path) -> None:
    lines = [{**HEAT, "tmdb_id": number} for number in range(1, 11)]
    shelf = list(demo.films(write(tmp_path, *lines)))
    counts = np.bincount(demo.viewers(shelf, count=5, rng=np.random.default_rng(1)).user_ids)
    assert counts[1:].max() == 6
