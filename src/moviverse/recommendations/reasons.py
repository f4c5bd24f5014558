"""Why a film is in a list: the model's own arithmetic, said in sentences.

A part of a score that comes from a genre or a person stands for itself; one of a theme, a word, a
decade or a language is told through the film of the history that brought it in. The strongest
reasons are named and all the rest is one more, so that the shares add up to the score. Of a model
whose parts do not add up by themselves, a part is what the score would lose without one film.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from moviverse.recommendations import sentences
from moviverse.recommendations.wishes import GenreReason, MovieReason, PersonReason, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from moviverse.recommendations.shelf import Served
    from moviverse.recommendations.wishes import Told
    from moviverse_engine.models.breakdown import Breakdown, SharedFeatures

NAMED = 3
DIGITS = 6  # of scores and shares in an answer
SMALLEST = 0.5 * 10**-DIGITS  # what is not rounded away
OFTEN = 3  # liked films from which on something is a habit
LIKED = 3.5  # the lowest rating of a film that somebody likes
NAMED_FIELDS = frozenset({"genres", "directors", "cast"})  # whose features stand for themselves


class _Part(NamedTuple):
    """A part of a score: of a film of the history, or of a feature and the film it came from."""

    share: float
    row: int
    feature: int = -1


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
    of_features: list[list[_Part]] = [[] for _ in scores]
    if features is not None:
        stands = _stands_for_itself(features)
        films = films + _told_through_films(features, ~stands, films.shape)
        count += np.bincount(features.asked[stands], minlength=len(scores))
        for asked, part in _feature_parts(features, stands, breakdown.history):
            of_features[asked].append(part)
    count += np.count_nonzero(films, axis=1)
    best = np.argsort(-films, axis=1)[:, :NAMED]
    shares = np.take_along_axis(films, best, axis=1).tolist()
    rows = breakdown.history[best].tolist()
    teller = _Teller(served, history)
    return [
        _reasons(
            score,
            [*map(_Part, shares[place], rows[place]), *of_features[place]],
            prior=prior,
            count=parts,
            teller=teller,
        )
        for place, (score, prior, parts) in enumerate(
            zip(scores, breakdown.prior.tolist(), count.tolist(), strict=True)
        )
    ]


def _stands_for_itself(features: SharedFeatures) -> NDArray[np.bool_]:
    fields = [place for place, name in enumerate(features.table.fields) if name in NAMED_FIELDS]
    return np.isin(features.table.field_index[features.feature], fields)


def _told_through_films(
    features: SharedFeatures, chosen: NDArray[np.bool_], shape: tuple[int, ...]
) -> NDArray[np.float32]:
    places = features.asked[chosen] * shape[1] + features.via[chosen]
    sums = np.bincount(places, weights=features.values[chosen], minlength=shape[0] * shape[1])
    return sums.reshape(shape).astype(np.float32)


def _feature_parts(
    features: SharedFeatures, chosen: NDArray[np.bool_], history: NDArray[np.int64]
) -> Iterator[tuple[int, _Part]]:
    chosen = chosen & (features.values > SMALLEST)
    columns = (features.asked, features.values, history[features.via], features.feature)
    for asked, *part in zip(*(column[chosen].tolist() for column in columns), strict=True):
        yield asked, _Part(*part)


def _reasons(
    score: float, parts: Iterable[_Part], *, prior: float, count: int, teller: _Teller
) -> tuple[Reason, ...]:
    strongest = sorted((part for part in parts if part.share > SMALLEST), reverse=True)[:NAMED]
    reasons = [teller.reason(part) for part in strongest]
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


@dataclass(frozen=True)
class _Teller:
    """Says parts in words, for one person."""

    served: Served
    history: Mapping[int, Told]

    def reason(self, part: _Part) -> Reason:
        share, film = round(part.share, DIGITS), self.served.film(part.row)
        if part.feature < 0:
            said = self.history[part.row]
            tell = sentences.because_of if self.served.model.linear else sentences.without
            return MovieReason(share=share, text=tell(film.title, said), movie=film)
        features = self.served.facts.features
        field, name = features.field(part.feature), features.names[part.feature]
        often = self._liked[part.feature] >= OFTEN
        if field == "directors":
            text = sentences.often_by(name) if often else sentences.by(name, film.title)
        elif field == "cast":
            text = sentences.often_with(name) if often else sentences.with_(name, film.title)
        else:
            text = sentences.often_of(name) if often else sentences.of_genre(name, film.title)
            return GenreReason(share=share, text=text, genre=name)
        return PersonReason(share=share, text=text, person=name)

    @cached_property
    def _liked(self) -> NDArray[np.int64]:
        """How many films that the person likes have each feature."""
        matrix = self.served.facts.features.matrix
        liked = [row for row, told in self.history.items() if told.rating >= LIKED]
        columns = [matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]] for row in liked]
        every = np.concatenate([np.empty(0, matrix.indices.dtype), *columns])
        return np.bincount(every, minlength=matrix.shape[1])
