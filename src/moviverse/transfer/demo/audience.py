"""The viewers of the demo. They are synthetic: no rating here was given by anybody.

They exist so that a fresh installation has something to learn from. The model, all of it drawn
from one generator, so that a seed gives the same viewers again:

Groups. There are ten tastes (`GROUPS`), each a set of genres that it likes and dislikes. A viewer
is a mixture of them, weighted by a Dirichlet draw that usually has one strong and one or two weak
parts: groups overlap, and nobody is a pure type. On top comes a small liking or dislike of their
own for every genre.

Likings. A viewer follows a few keywords, directors and actors (and is tired of some keywords), has
a favourite era of some width, is more or less open to films in other languages and may favour one
of them, and is fond of, or wary of, what is famous and what is acclaimed. The sum, brought to
variance one, is the taste t(u, i).

Watching. A viewer watches between 30 and 150 films (log-normal, fewer in a small catalogue), drawn
without replacement with probability proportional to exp(pull * fame + 0.9 t): fame draws everybody
and taste decides the rest, which gives the long tail of real data. What draws most is watched
first.

Rating. mean(u) + width(u) * (quality(i) + 0.75 t(u, i) + noise), rounded to half steps from 0.5 to
5.0: some viewers are generous and some use the whole scale. quality(i) follows the acclaim of the
film, with an error of its own.

Time. Everybody joins at some moment of the two years before `before` and watches until some later
one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from moviverse.catalog.vocabulary import GENRES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from moviverse.transfer.demo.shelf import DemoFilm

    Floats: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    Integers: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
SPAN = timedelta(days=730)
FEWEST, USUAL, MOST = 30, 62, 150  # films a viewer has rated
LARGEST_PART = 0.6  # of the catalogue that one viewer has seen
GROUPS: dict[str, dict[str, float]] = {
    "thrills": {"Action": 1, "Adventure": 0.8, "Thriller": 0.6, "Romance": -0.7, "Music": -0.6},
    "other worlds": {"Science Fiction": 1.1, "Fantasy": 0.8, "Adventure": 0.4, "Western": -0.5},
    "family evenings": {"Family": 1.1, "Animation": 1, "Comedy": 0.4, "Horror": -1.2, "War": -0.6},
    "dark nights": {"Horror": 1.2, "Thriller": 0.7, "Mystery": 0.6, "Family": -0.9, "Music": -0.5},
    "crime desk": {"Crime": 1.1, "Mystery": 0.8, "Thriller": 0.6, "Fantasy": -0.7, "Family": -0.5},
    "hearts": {"Romance": 1.1, "Drama": 0.4, "Comedy": 0.5, "Action": -0.7, "Horror": -0.8},
    "laughs": {"Comedy": 1.2, "Animation": 0.3, "War": -0.8, "Horror": -0.4, "History": -0.4},
    "art house": {"Drama": 0.9, "Mystery": 0.3, "Action": -0.8, "Adventure": -0.6, "Comedy": -0.3},
    "past times": {"History": 1.1, "War": 0.9, "Western": 0.7, "Science Fiction": -0.7},
    "true and sung": {"Documentary": 1.3, "Music": 1.1, "History": 0.4, "Action": -0.6},
}


class Viewings(NamedTuple):
    """Ratings as four columns of one length; the viewers are numbered from 1."""

    user_ids: Integers
    movie_ids: Integers
    ratings: Floats
    timestamps: Integers  # seconds of the Unix epoch


def viewers(
    films: Sequence[DemoFilm],
    *,
    count: int = 600,
    before: datetime = BEFORE,
    rng: np.random.Generator,
) -> Viewings:
    """Make up what `count` synthetic viewers think of `films`.

    Args:
        films: What there is to watch.
        count: How many viewers.
        before: The end of the two years in which they watch.
        rng: All randomness.
    """
    fame = np.array([film.fame for film in films], dtype=float)
    acclaim = np.array([film.acclaim for film in films], dtype=float)
    taste = _taste(films, count, fame, acclaim, rng)
    pull = rng.normal(0.95, 0.2, size=(count, 1)).clip(0.3)
    # Gumbel's trick: the largest perturbed logits are a draw without replacement, in its order.
    draw = pull * fame + 0.9 * taste + rng.gumbel(size=taste.shape)
    order = np.argsort(-draw, axis=1)
    most = max(1, min(MOST, int(LARGEST_PART * len(films))))
    activity = np.exp(rng.normal(np.log(USUAL), 0.5, size=count))
    watched = activity.round().astype(int).clip(min(FEWEST, most), most)
    who, place = np.nonzero(np.arange(len(films)) < watched[:, None])
    what = order[who, place]
    ratings = _ratings(taste, acclaim, rng)[who, what]
    ids = np.array([film.tmdb_id for film in films], dtype=np.int64)
    return Viewings(
        user_ids=who + 1,
        movie_ids=ids[what],
        ratings=ratings,
        timestamps=_timestamps(who, count, before, rng),
    )


def _taste(
    films: Sequence[DemoFilm],
    count: int,
    fame: Floats,
    acclaim: Floats,
    rng: np.random.Generator,
) -> Floats:
    """Return how much each viewer likes each film: [count, films], mean 0 and variance 1 a row."""
    genres = _marks(films, lambda film: film.genres, list(GENRES))
    keywords = _marks(films, lambda film: film.keywords)
    people = _marks(films, _people)
    languages = _marks(films, lambda film: [film.language])
    years = np.array([film.released_on.year if film.released_on else 2000 for film in films])

    groups = np.array([[likes.get(name, 0.0) for name in GENRES] for likes in GROUPS.values()])
    mixture = rng.dirichlet(np.full(len(groups), 0.25), size=count)
    liking = 1.6 * mixture @ groups + rng.normal(0, 0.25, size=(count, len(GENRES)))
    of_genres = liking @ genres.T / np.sqrt(np.maximum(genres.sum(axis=1), 1))

    follows = _followed(keywords, count, 6, rng) - 0.8 * _followed(keywords, count, 2, rng)
    fans = _followed(people, count, 5, rng)
    centre = rng.choice(years, size=(count, 1)) + rng.normal(0, 4, size=(count, 1))
    width = rng.uniform(8, 30, size=(count, 1))
    era = rng.uniform(0.2, 1.0, size=(count, 1)) * np.exp(-(((years - centre) / width) ** 2) / 2)
    foreign = 1.0 - languages[:, :1].ravel()  # the first column is the commonest language
    openness = rng.normal(-0.15, 0.5, size=(count, 1)) * foreign
    at_home = 0.6 * _followed(languages[:, 1:], count, 1, rng)
    fond_of_fame = rng.normal(0, 0.2, size=(count, 1)) * (fame - fame.mean())
    fond_of_acclaim = rng.normal(0.15, 0.2, size=(count, 1)) * (acclaim - acclaim.mean())

    taste = (
        of_genres
        + 0.55 * follows
        + 0.8 * fans
        + era
        + openness
        + at_home
        + fond_of_fame
        + fond_of_acclaim
    )
    taste -= taste.mean(axis=1, keepdims=True)
    standardised: Floats = taste / np.maximum(taste.std(axis=1, keepdims=True), 1e-9)
    return standardised


def _marks(
    films: Sequence[DemoFilm],
    told: Callable[[DemoFilm], Sequence[str]],
    names: Sequence[str] = (),
) -> Floats:
    """Return which film has which name: [films, names], the commonest name first."""
    counted: dict[str, int] = {}
    for film in films:
        for name in told(film):
            counted[name] = counted.get(name, 0) + 1
    columns = names or sorted(counted, key=lambda name: (-counted[name], name))
    place = {name: column for column, name in enumerate(columns)}
    marks = np.zeros((len(films), len(columns)))
    for row, film in enumerate(films):
        marks[row, [place[name] for name in told(film) if name in place]] = 1.0
    return marks


def _people(film: DemoFilm) -> list[str]:
    return [*(each.name for each in film.crew), *(each.name for each in film.cast)]


def _followed(marks: Floats, count: int, many: int, rng: np.random.Generator) -> Floats:
    """Return how many of the names that each viewer follows are in each film: [count, films].

    A name is followed the more probably the more films it is in, and more than once in a while.
    """
    if not marks.shape[1]:
        return np.zeros((count, len(marks)))
    weight = marks.sum(axis=0) ** 1.2
    chosen = rng.choice(marks.shape[1], size=(count, many), p=weight / weight.sum())
    follows = np.zeros((count, marks.shape[1]))
    np.add.at(follows, (np.arange(count)[:, None], chosen), rng.uniform(0.5, 1.2, chosen.shape))
    return np.minimum(follows, 1.5) @ marks.T


def _ratings(taste: Floats, acclaim: Floats, rng: np.random.Generator) -> Floats:
    """Return what each viewer would give each film, in half steps of 0.5 to 5.0."""
    count, films = taste.shape
    quality = 0.38 * (acclaim - acclaim.mean()) + rng.normal(0, 0.2, size=films)
    mean = rng.normal(3.2, 0.3, size=(count, 1))
    width = np.exp(rng.normal(np.log(0.8), 0.22, size=(count, 1)))
    noise = rng.normal(0, 0.6, size=taste.shape)
    exact = mean + width * (quality + 0.75 * taste + noise)
    halves: Floats = np.clip(np.round(exact * 2) / 2, 0.5, 5.0)
    return halves


def _timestamps(who: Integers, count: int, before: datetime, rng: np.random.Generator) -> Integers:
    """Return when: `who` is in the order of viewers, and within one of watching."""
    seconds = SPAN.total_seconds()
    joined = rng.uniform(0, 0.85, size=count) * seconds
    left = joined + rng.uniform(0.15, 1.0, size=count) * (seconds - joined)
    times = joined[who] + rng.uniform(size=len(who)) * (left - joined)[who]
    times = times[np.lexsort((times, who))]  # ascending within each viewer
    begin = before.timestamp() - seconds
    return (begin + times).astype(np.int64)
