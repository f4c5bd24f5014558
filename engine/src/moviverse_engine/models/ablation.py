"""What a model would answer if one rating of the history had never been given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from moviverse_engine.models.breakdown import Breakdown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories
    from moviverse_engine.models.base import Model

_AT_ONCE = 64  # shortened histories scored together, so that a long one needs no more memory


@dataclass(frozen=True)
class Counterfactual:
    """Say where an item would stand without one rating.

    Attributes:
        index: row of the item whose rating is taken away.
        rank: the place the item would have among all items outside the history, 1 the best.
    """

    index: int
    rank: int


def leave_one_out(
    score: Callable[[Histories], NDArray[np.float32]], history: Histories, items: NDArray[np.int64]
) -> Breakdown:
    """Return, for each entry of a history, what the scores of some items lose without it.

    For models that are not linear; the parts do not add up to the score.

    Args:
        score: the model's scores of histories.
        history: csr [1, n_items].
        items: int64[k], rows of the items asked.
    """
    parts = Breakdown.empty(history, len(items))
    whole = score(history)[0, items]
    for start, shortened in _without_each(history):
        lost = whole - score(shortened)[:, items]
        parts.by_item[:, start : start + len(lost)] = lost.T
    return parts


def rank(model: Model[Any], history: Histories, item: int) -> int:
    """Return the place of an item, 1 the best, among all items outside the history."""
    return int(_ranks(model.score(history), history, item)[0])


def counterfactuals(
    model: Model[Any], history: Histories, items: Sequence[int] | NDArray[np.int64]
) -> list[list[Counterfactual]]:
    """Return where each item would stand without each of the history's ratings, worst place first.

    The film whose rating is taken away stays seen: it takes nobody's place.

    Args:
        model: fitted.
        history: csr [1, n_items] of h ratings; scored h times.
        items: rows of items outside the history.
    """
    found: list[list[Counterfactual]] = [[] for _ in items]
    rows = history.indices.tolist()
    for start, shortened in _without_each(history):
        scores = model.score(shortened)
        for place, item in enumerate(items):
            ranks = _ranks(scores, history, int(item)).tolist()
            found[place] += map(Counterfactual, rows[start : start + len(ranks)], ranks)
    return [sorted(each, key=lambda one: (-one.rank, one.index)) for each in found]


def _ranks(scores: NDArray[np.float32], history: Histories, item: int) -> NDArray[np.int64]:
    """Count who is before an item; of equal scores the lower row is."""
    own = scores[:, [item]]
    before = scores > own
    before[:, :item] |= scores[:, :item] == own
    before[:, history.indices] = False
    ranks: NDArray[np.int64] = before.sum(axis=1) + 1
    return ranks


def _without_each(history: Histories) -> Iterator[tuple[int, Histories]]:
    """Yield (start, histories that lack entry start, start + 1, ...)."""
    n = history.nnz
    for start in range(0, n, _AT_ONCE):
        count = min(_AT_ONCE, n - start)
        kept = np.ones((count, n), dtype=bool)
        kept[np.arange(count), start + np.arange(count)] = False
        indices = np.broadcast_to(history.indices, (count, n))[kept]
        data = np.broadcast_to(history.data, (count, n))[kept]
        bounds = np.arange(count + 1, dtype=np.int32) * (n - 1)
        yield start, csr_array((data, indices, bounds), shape=(count, history.shape[1]))
