"""Why a film is in a list: the model's own arithmetic, said in sentences.

A part of a score that comes from a genre or a person stands for itself; one of a theme, a word, a
decade or a language is told through the film of the history that brought it in. The strongest
reasons are named and all the rest is one more, so that the shares add up to the score. Of a model
whose parts do not add up by themselves, a part is what the score would lose without one film.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from moviverse.recommendations import sentences
from moviverse.recommendations.wishes import GenreReason, MovieReason, PersonReason, Reason
from moviverse_engine.models.gathering import entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from moviverse.recommendations.shelf import Served
    from moviverse.recommendations.wishes import NamedFilm, Told
    from moviverse_engine.models.breakdown import Breakdown, SharedFeatures

NAMED = 3
DIGITS = 6  # of scores and shares in an answer
SMALLEST = 0.5 * 10**-DIGITS  # what is not rounded away
OFTEN = 3  # liked films from which on something is a habit
LIKED = 3.5  # the lowest rating of a film that somebody likes
NAMED_FIELDS = frozenset({"genres", "directors", "cast"})  # whose features stand for themselves


class _Parts(NamedTuple):
    """The strongest parts of each of k scores, strongest first.

    Attributes:
        shares: float32[k, p]; 0 where there are fewer.
        rows: int64[k, p], of the film of the history that a part comes from.
        features: int64[k, p], the feature that it comes through; -1 for the film as a whole.
    """

    shares: NDArray[np.float32]
    rows: NDArray[np.int64]
    features: NDArray[np.int64]

    def joined(self, other: _Parts) -> _Parts:
        """Return the strongest of both."""
        shares = np.concatenate([self.shares, other.shares], axis=1)
        rows = np.concatenate([self.rows, other.rows], axis=1)
        features = np.concatenate([self.features, other.features], axis=1)
        film = np.arange(len(shares))[:, None]
        best = np.argsort(-shares, axis=1, kind="stable")[:, :NAMED]
        return _Parts(shares[film, best], rows[film, best], features[film, best])


def told(
    breakdown: Breakdown,
    scores: Sequence[float],
    *,
    served: Served,
    history: Mapping[int, Told],
) -> list[tuple[Reason, ...]]:
    """Return the reasons of each film, strongest first; their shares add up to its score.

    Args:
        breakdown: What the model's scores of the films consist of.
        scores: The scores, rounded to DIGITS.
        served: The model, for names.
        history: What the person said, by the model's rows.
    """
    films, features = breakdown.by_item, breakdown.features
    count = np.zeros(len(scores), dtype=np.int64)
    if features is None:
        parts = _of_films(films, breakdown.history)
    else:
        stands = _stands_for_itself(features)
        films = films + _told_through_films(features, ~stands, films.shape)
        count += np.bincount(features.asked[stands], minlength=len(scores))
        through = _of_features(features, stands, breakdown.history, asked=len(scores))
        parts = _of_films(films, breakdown.history).joined(through)
    count += np.count_nonzero(films, axis=1)
    teller = _Teller(served, history)
    return [
        _reasons(score, zip(*of_film, strict=True), prior=prior, count=parts_of_it, teller=teller)
        for score, prior, parts_of_it, *of_film in zip(
            scores,
            breakdown.prior.tolist(),
            count.tolist(),
            *(each.tolist() for each in parts),
            strict=True,
        )
    ]


def _stands_for_itself(features: SharedFeatures) -> NDArray[np.bool_]:
    named = np.array([name in NAMED_FIELDS for name in features.table.fields], dtype=np.bool_)
    return named[features.table.field_index[features.feature]]


def _told_through_films(
    features: SharedFeatures, chosen: NDArray[np.bool_], shape: tuple[int, ...]
) -> NDArray[np.float32]:
    places = features.asked[chosen] * shape[1] + features.via[chosen]
    sums = np.bincount(places, weights=features.values[chosen], minlength=shape[0] * shape[1])
    return sums.reshape(shape).astype(np.float32)


def _of_films(films: NDArray[np.float32], history: NDArray[np.int64]) -> _Parts:
    best = np.argsort(-films, axis=1)[:, :NAMED]
    return _Parts(np.take_along_axis(films, best, axis=1), history[best], np.full_like(best, -1))


def _of_features(
    features: SharedFeatures, chosen: NDArray[np.bool_], history: NDArray[np.int64], *, asked: int
) -> _Parts:
    found = np.flatnonzero(chosen)
    found = found[np.lexsort((-features.values[found], features.asked[found]))]
    film = features.asked[found]
    place = np.arange(len(found)) - np.searchsorted(film, film)
    found, film, place = (each[place < NAMED] for each in (found, film, place))
    shares = np.zeros((asked, NAMED), dtype=np.float32)
    rows, names = (np.full((asked, NAMED), -1, dtype=np.int64) for _ in range(2))
    shares[film, place] = features.values[found]
    rows[film, place] = history[features.via[found]]
    names[film, place] = features.feature[found]
    return _Parts(shares, rows, names)


def _reasons(
    score: float,
    parts: Iterable[tuple[float, int, int]],
    *,
    prior: float,
    count: int,
    teller: _Teller,
) -> tuple[Reason, ...]:
    reasons = [teller.reason(*part) for part in parts if part[0] > SMALLEST]
    left = round(score - sum(reason.share for reason in reasons), DIGITS)
    smaller = count - len(reasons)
    if not teller.served.model.linear:
        text = sentences.rest_together(named=len(reasons))
        reasons.append(Reason(share=left, text=text))
    elif prior or smaller:
        text = sentences.rest(prior=prior, smaller=smaller, named=len(reasons))
        reasons.append(Reason(share=left, text=text))
    elif left and reasons:  # what rounding left over
        last = reasons[-1]
        reasons[-1] = replace(last, share=round(last.share + left, DIGITS))
    return tuple(reasons)


class _Teller:
    """Says parts in words, for one person; what it has said of a film it says again."""

    def __init__(self, served: Served, history: Mapping[int, Told]) -> None:
        self.served = served
        self._history = history
        self._films: dict[int, tuple[NamedFilm, str]] = {}

    def reason(self, share: float, row: int, feature: int) -> Reason:
        share = round(share, DIGITS)
        film, because = self._films.get(row) or self._film(row)
        if feature < 0:
            return MovieReason(share=share, text=because, movie=film)
        features = self.served.facts.features
        field, name = features.field(feature), features.names[feature]
        often = self._how_often_liked(feature) >= OFTEN
        if field == "directors":
            text = sentences.often_by(name) if often else sentences.by(name, film.title)
        elif field == "cast":
            text = sentences.often_with(name) if often else sentences.with_(name, film.title)
        else:
            text = sentences.often_of(name) if often else sentences.of_genre(name, film.title)
            return GenreReason(share=share, text=text, genre=name)
        return PersonReason(share=share, text=text, person=name)

    def _film(self, row: int) -> tuple[NamedFilm, str]:
        """Return a film of the history and what is said when it is a reason as a whole."""
        film = self.served.film(row)
        tell = sentences.because_of if self.served.model.linear else sentences.without
        self._films[row] = told = film, tell(film.title, self._history[row])
        return told

    def _how_often_liked(self, feature: int) -> int:
        first, last = np.searchsorted(self._liked, (feature, feature + 1)).tolist()
        return int(last - first)

    @cached_property
    def _liked(self) -> NDArray[np.int32]:
        """The features of the films that the person likes, in ascending order."""
        matrix = self.served.facts.features.matrix
        liked = [row for row, told in self._history.items() if told.rating >= LIKED]
        _, columns, _ = entries(matrix, np.array(liked, dtype=np.int64))
        return np.sort(columns)
