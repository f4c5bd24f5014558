"""The best of many scores, without sorting all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moviverse_engine.rerank.errors import InvalidRanking

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
    usable = np.where(np.isnan(scores), -np.inf, scores)
    if exclude is not None:
        if exclude.dtype == np.bool_ and exclude.shape != scores.shape:
            raise InvalidRanking(f"A mask of {exclude.shape} does not fit {scores.shape} scores.")
        usable[exclude] = -np.inf
    if 0 < k < len(usable):
        least = np.partition(usable, len(usable) - k)[len(usable) - k]
        found = np.flatnonzero(usable >= least)  # all that tie with the last place, too
    else:
        found = np.arange(len(usable))
    best = found[np.argsort(-usable[found], kind="stable")[:k]]
    return best[usable[best] > -np.inf]
