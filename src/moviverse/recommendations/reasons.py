"""Why a film is in a list: the model's own arithmetic, said in sentences.

A part of a score that comes from a genre or a person stands for itself; one of a theme, a word, a
decade or a language is told through the film of the history that brought it in. The strongest
reasons are named and all the rest is one more, so that the shares add up to the score.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

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
OFTEN = 3  # films from which on something is a habit
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
    sentences = _Sentences(served, history)
    return [
        _reasons(
            score,
            [*map(_Part, shares[place], rows[place]), *of_features[place]],
            prior=prior,
            count=parts,
            sentences=sentences,
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
    score: float, parts: Iterable[_Part], *, prior: float, count: int, sentences: _Sentences
) -> tuple[Reason, ...]:
    strongest = sorted((part for part in parts if part.share > SMALLEST), reverse=True)[:NAMED]
    reasons = [sentences.reason(part) for part in strongest]
    rest = round(score - sum(reason.share for reason in reasons), DIGITS)
    smaller = count - len(reasons)
    if prior or smaller:
        text = _said_of_the_rest(prior=prior, smaller=smaller, named=len(reasons))
        reasons.append(Reason(share=rest, text=text))
    elif rest and reasons:  # what rounding left over
        last = reasons[-1]
        reasons[-1] = replace(last, share=round(last.share + rest, DIGITS))
    return tuple(reasons)


@dataclass(frozen=True, slots=True)
class _Sentences:
    """Says parts in words, for one person."""

    served: Served
    history: Mapping[int, Told]

    def reason(self, part: _Part) -> Reason:
        share, film = round(part.share, DIGITS), self.served.film(part.row)
        title = film.title
        if part.feature < 0:
            said = self.history[part.row]
            text = f"rated {title} {said.rating:g}" if said.rated else f"picked {title}"
            return MovieReason(share=share, text=f"Because you {text}", movie=film)
        features = self.served.facts.features
        field, name = features.field(part.feature), features.names[part.feature]
        often = len(self.history) >= OFTEN
        if field == "directors":
            text = f"You often like films by {name}" if often else f"By {name}, like {title}"
        elif field == "cast":
            text = f"You often like films with {name}" if often else f"With {name}, like {title}"
        else:
            text = f"You often like {name} films" if often else f"{name}, like {title}"
            return GenreReason(share=share, text=text, genre=name)
        return PersonReason(share=share, text=text, person=name)


def _said_of_the_rest(*, prior: float, smaller: int, named: int) -> str:
    more = f"{smaller} {'more' if named else 'small'} {'reason' if smaller == 1 else 'reasons'}"
    if not prior:
        return f"And {more}" if named else more.capitalize()
    popular = "Many people like it" if prior > 0 else "Few people know it"
    return f"{popular}, and {more}" if smaller else popular
