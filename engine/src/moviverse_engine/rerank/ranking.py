"""The best of many scores, without sorting all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moviverse_engine.rerank.errors import InvalidRanking

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GROUPS = 16  # scores of which the best stands for all, when it is guessed what is worth a look


def top_k(
    scores: NDArray[np.float32],
    k: int,
    exclude: NDArray[np.bool_] | NDArray[np.integer] | None = None,
) -> NDArray[np.int64]:
    """Return at most k item rows, best first; equal scores by row.

    Args:
        scores: float32[n]; NaN and minus infinity are never returned. It is not changed.
        k: how many, at least 0.
        exclude: bool[n], True for items to leave out, or their rows. Combine filters with `|`.

    Raises:
        InvalidRanking: scores are not a row, k is negative, or a mask of another length.
    """
    if scores.ndim != 1 or k < 0:
        raise InvalidRanking("top_k takes one row of scores and a k of at least 0.")
    usable = scores.copy()
    if exclude is not None:
        if exclude.dtype == np.bool_ and exclude.shape != scores.shape:
            raise InvalidRanking(f"A mask of {exclude.shape} does not fit {scores.shape} scores.")
        usable[exclude] = -np.inf
    found = _worth_a_look(usable, k)
    values = usable[found]
    best = (-values).argsort(kind="stable")[:k]
    return found[best[values[best] > -np.inf]]


def _worth_a_look(usable: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Return rows in ascending order, among them the k best and all that tie with the last place.

    Each of the k best of some groups' best scores is reached by a score of its own, so the k-th
    best score of all is not below the least of them; few others reach it. NaN become -inf.
    """
    n = len(usable)
    width = n // _GROUPS
    if not 0 < k < width:
        usable[np.isnan(usable)] = -np.inf
        if not 0 < k < n:
            return np.arange(n)
        least = np.partition(usable, n - k)[n - k]
        return np.flatnonzero(usable >= least)
    best = usable[: width * _GROUPS].reshape(_GROUPS, width).max(axis=0)
    best.partition(width - k)  # NaN go to the end
    if np.isnan(best[-1]):
        usable[np.isnan(usable)] = -np.inf
        return _worth_a_look(usable, k)
    return np.flatnonzero(usable >= best[width - k])
