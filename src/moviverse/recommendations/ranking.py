"""From a history to rows of films: scores, filters, the best, and not all alike."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from moviverse.catalog import selectors as catalog
from moviverse.core import errors
from moviverse.recommendations.wishes import SPARE
from moviverse_engine.rerank import mmr, top_k

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from moviverse.recommendations.shelf import Served
    from moviverse.recommendations.wishes import Told, Wish
    from moviverse_engine.interactions import Histories

    Rows = NDArray[np.int64]
    Scores = NDArray[np.float32]
    Mask = NDArray[np.bool_]

RATING = attrgetter("rating")  # of what was told; the quickest way
POOL = 200  # films among which a list is made diverse


@dataclass(frozen=True)
class Taste:
    """A history as one model reads it.

    Attributes:
        matrix: the engine's form of it.
        told: what was said, by the model's rows.
        unknown: films that the model knows nothing of.
    """

    matrix: Histories
    told: Mapping[int, Told]
    unknown: tuple[int, ...]


def taste(served: Served, said: Mapping[int, Told], *, needs_support: bool) -> Taste:
    """Translate a history by public ids.

    Args:
        served: The model.
        said: What a person said of films.
        needs_support: A film that nobody rated says nothing to this model.
    """
    ids = np.fromiter(said, dtype=np.int64, count=len(said))
    rows = served.model.items.rows(ids)
    known = rows >= 0
    if needs_support:
        known &= served.facts.support[rows] > 0
    told = {
        row: said[id_] for row, id_ in zip(rows[known].tolist(), ids[known].tolist(), strict=True)
    }
    ratings = np.fromiter(map(RATING, told.values()), dtype=np.float32, count=len(told))
    matrix = csr_array(
        (ratings, rows[known].astype(np.int32), np.array([0, len(told)], dtype=np.int32)),
        shape=(1, len(served.model.items)),
        dtype=np.float32,
    )
    return Taste(matrix=matrix, told=told, unknown=tuple(ids[~known].tolist()))


def left_out(served: Served, wish: Wish, *, seen: Rows) -> Mask:
    """Return bool[n_items], True for the films that a wish does not want.

    Raises:
        Invalid: there is no genre of a name.
    """
    facts = served.facts
    out = np.zeros(len(served.model.items), dtype=np.bool_)
    if wish.genres:
        out |= ~_of_genres(served, wish.genres)
    if wish.year_from is not None:
        out |= facts.years < wish.year_from
    if wish.year_to is not None:
        out |= (facts.years > wish.year_to) | (facts.years == 0)
    if wish.exclude_seen:
        out[seen] = True
    if wish.exclude:
        rows, _ = served.model.items.indices(wish.exclude)
        out[rows] = True
    return out


def best(served: Served, scores: Scores, out: Mask, wish: Wish, *, diversity: float) -> Rows:
    """Return the rows of a list, best first, and `wish.behind` more behind it.

    A diverse list goes on being diverse to the end of its pool; behind that, scores alone count.
    """
    wanted = wish.limit + wish.behind
    if diversity == 0:
        return top_k(scores, wanted, out)
    size = max(POOL, 2 * (wish.limit + SPARE))
    ranked = top_k(scores, max(size, wanted), out)
    pool = ranked[:size]
    mixed = mmr(scores, pool, served.facts.features, diversity, min(wanted, len(pool)))
    return np.concatenate([mixed, ranked[size:]])[:wanted]


def _of_genres(served: Served, groups: tuple[tuple[str, ...], ...]) -> Mask:
    names = {name.lower(): column for column, name in enumerate(served.facts.genre_names)}
    asked = {name.lower() for group in groups for name in group}
    if not asked <= names.keys():
        _refuse_unknown(asked)
    any_group = np.zeros(len(served.model.items), dtype=np.bool_)
    for group in groups:
        columns = [names[name.lower()] for name in group if name.lower() in names]
        if len(columns) == len(group):
            any_group |= served.facts.genres[:, columns].all(axis=1)
    return any_group


def _refuse_unknown(asked: set[str]) -> None:
    """Raise unless the catalogue has these genres: one may be younger than the model."""
    held = {genre.name.lower() for genre in catalog.genres()}
    unknown = sorted(asked - held)
    if unknown:
        message = f"There is no genre {', '.join(unknown)}."
        raise errors.Invalid(fields={"genre": [message]})
