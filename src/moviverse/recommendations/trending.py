"""What people turn to now: our own trends, from what happens on this site.

The score of a film is its attention times its quality,

    T(f) = A(f) * B(f) / C        B(f) = (m C + sum_i w_i r_i) / (m + sum_i w_i)

where A is the number of its viewers, each once a day, and w_i weighs its ratings r_i; both fade by
half every half-life (`activity`, `rollup`). B is the Bayesian average of its recent ratings: as if m more
people had given it C, the average of all recent ratings. One enthusiast moves it little, and a
film that disappoints those who come to see it falls behind.

Where TMDb is asked, its list is mixed in by reciprocal rank (Cormack, Clarke and Buettcher 2009):
a film counts w / (K + its rank) in each of the two lists, with w = `OUR_WEIGHT` in ours. So our own
trends come first, films that trend in both rise, and TMDb's follow where ours end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import structlog
from django.conf import settings

from moviverse.catalog import selectors as catalog
from moviverse.core import versions
from moviverse.core.caching import get_or_compute, key_of
from moviverse.recommendations import activity, rollup

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from moviverse.catalog.selectors import MovieCard
    from moviverse.core.caching import Source as Cached
    from moviverse.recommendations.activity import Activity

Range = Literal["day", "week"]
Source = Literal["activity", "popularity", "both", "mixed", "tmdb"]
Genres = tuple[tuple[str, ...], ...]

SCOPE = "trending"  # what the cache is emptied by

log = structlog.get_logger(__name__)

# A window is four half-lives long: what leaves it counts a sixteenth, and no film drops suddenly.
HALF_LIVES: dict[Range, timedelta] = {"day": timedelta(hours=6), "week": timedelta(hours=42)}
HALF_LIVES_A_WINDOW = 4
PRIOR_RATINGS = 5.0  # m
MIDDLE_RATING = 3.0  # C while nobody rates
LONGEST = 100
KEPT = 5_000  # films, from which those of a genre are taken without counting anew
OUR_WEIGHT, K = 2.0, 60  # of the mixture with TMDb's list
BLOCK = 1_000  # films looked up at once in search of those of a genre


@dataclass(frozen=True, slots=True)
class Trend:
    """A film's place.

    Attributes:
        movie_id: the film.
        score: T; none where the film is no trend of ours.
        views: in the range.
        viewers: in the range.
        is_tmdbs: it is in TMDb's list, so that it does not merely fill ours up.
    """

    movie_id: int
    score: float | None = None
    views: int = 0
    viewers: int = 0
    is_tmdbs: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """Films by their trend, as of a moment.

    Attributes:
        trends: best first.
        source: "activity" of this site, its films' "popularity" where nothing happens, or "both"
            where too little does; "mixed" of our activity and TMDb's list, or "tmdb" alone.
        generated_at: when.
    """

    trends: tuple[Trend, ...]
    source: Source
    generated_at: datetime


@dataclass(frozen=True, slots=True)
class Trending:
    """A ranking with the cards of its films, and where it was found."""

    films: list[tuple[Trend, MovieCard]]
    ranking: Ranking
    cached: Cached


def trending(*, time_range: Range, now: datetime, limit: int = 20, genres: Genres = ()) -> Trending:
    """Return at most `limit` films that people turn to, those of some genres alone if asked.

    Filled up with popular films. The ranking is shared by all who ask for some minutes; the cards
    are read each time, so that a film that has left the catalogue is not shown.

    Raises:
        UnknownFilterValue: there is no such genre.
    """
    groups = sorted({tuple(sorted({name.casefold() for name in group})) for group in genres})
    emptied = versions.of(SCOPE)
    ranking, cached = get_or_compute(
        f"{_key(time_range, emptied)}:{key_of('genres', groups)}",
        _half_a_lifetime(),
        lambda: ranked(time_range=time_range, genres=genres, now=now, emptied=emptied),
        kind="trend_ranking",
    )
    cards = catalog.cards([each.movie_id for each in ranking.trends])
    films = [(each, cards[each.movie_id]) for each in ranking.trends if each.movie_id in cards]
    return Trending(films[:limit], ranking, cached)


def ranked(*, time_range: Range, now: datetime, genres: Genres = (), emptied: int = 0) -> Ranking:
    """Return the ranking as it is now, of `LONGEST` films at most.

    Args:
        time_range: Of what happened in how long.
        now: When.
        genres: Those of some genres alone.
        emptied: Differs after the cache was emptied.

    Raises:
        UnknownFilterValue: there is no such genre.
    """
    popular = catalog.popular(genres=genres)  # first, for it refuses what there is not
    try:
        (trends, generated_at), _ = get_or_compute(
            _key(time_range, emptied),
            _half_a_lifetime(),
            lambda: (_current(time_range, now), now),
            kind="trend_attention",
        )
    except rollup.TooMuchHappened:  # and there are no older trends
        log.warning("trends_take_too_long", time_range=time_range)
        trends, generated_at = [], now
    ours, theirs = shown(trends, genres), _tmdbs(time_range, genres)
    best = mixed(ours, theirs)[:LONGEST]
    there = {each.movie_id for each in best}
    fill = [Trend(card.tmdb_id) for card in popular.films[:LONGEST] if card.tmdb_id not in there]
    source: Source
    if theirs:
        source = "mixed" if ours else "tmdb"
    elif len(best) == LONGEST:
        source = "activity"
    else:
        source = "both" if ours else "popularity"
    return Ranking((*best, *fill[: LONGEST - len(best)]), source, generated_at)


def mixed(ours: Sequence[Trend], theirs: Sequence[int]) -> list[Trend]:
    """Return our trends and the films of TMDb's list, by the sum of their reciprocal ranks."""
    trends = {each.movie_id: each for each in ours}
    points = {movie_id: OUR_WEIGHT / (K + rank) for rank, movie_id in enumerate(trends, 1)}
    for rank, movie_id in enumerate(theirs, 1):
        points[movie_id] = points.get(movie_id, 0.0) + 1 / (K + rank)
        trends[movie_id] = replace(trends.get(movie_id, Trend(movie_id)), is_tmdbs=True)
    return sorted(trends.values(), key=lambda each: (-points[each.movie_id], each.movie_id))


def _tmdbs(time_range: Range, genres: Genres) -> list[int]:
    named = catalog.tmdb_trending(window=time_range)
    allowed = catalog.decent(named, genres=genres) if named else set()
    return [each for each in named if each in allowed]


def _key(time_range: Range, emptied: int) -> str:
    return f"tmdb:trending:{time_range}:{emptied}"


def _half_a_lifetime() -> int:
    """Return how long each of two steps is kept, one made from the other."""
    return (settings.CACHE_TTL_TRENDING + 1) // 2


def _current(time_range: Range, now: datetime) -> list[Trend]:
    activity.catch_up(now=now)
    return current(time_range=time_range, now=now)


def current(
    *, time_range: Range, now: datetime, limit_milliseconds: int | None = None
) -> list[Trend]:
    """Return the `KEPT` films that people turned to most before `now`, as far as it was counted.

    Raises:
        TooMuchHappened: as of `activity.recent`.
    """
    half_life = HALF_LIVES[time_range]
    happened = activity.recent(
        window=HALF_LIVES_A_WINDOW * half_life,
        half_life=half_life,
        now=now,
        limit_milliseconds=limit_milliseconds,
    )
    return scored(happened)[:KEPT]


def scored(happened: Iterable[Activity]) -> list[Trend]:
    """Return the films that anybody turned to with their scores, the best first."""
    films = list(happened)
    weight = sum(each.rating_weight for each in films)
    total = sum(each.rating_total for each in films)
    mean = total / weight if weight > 0 else MIDDLE_RATING
    trends = [
        Trend(each.movie_id, each.attention * quality(each, mean=mean), each.views, each.viewers)
        for each in films
    ]
    return sorted(trends, key=lambda each: (-(each.score or 0.0), each.movie_id))


def quality(film: Activity, *, mean: float) -> float:
    """Return the Bayesian average of a film's recent ratings in units of the `mean` of all."""
    average = (PRIOR_RATINGS * mean + film.rating_total) / (PRIOR_RATINGS + film.rating_weight)
    return average / mean


def shown(trends: Sequence[Trend], genres: Genres) -> list[Trend]:
    """Return the first `LONGEST` of `trends` that a list for everybody may show."""
    kept: list[Trend] = []
    for start in range(0, len(trends), BLOCK):
        block = trends[start : start + BLOCK]
        allowed = catalog.decent([each.movie_id for each in block], genres=genres)
        kept += [each for each in block if each.movie_id in allowed]
        if len(kept) >= LONGEST:
            break
    return kept[:LONGEST]
