"""Ranking metrics over full rankings, as plain functions of arrays.

Every function here answers one value a user, so that intervals over users can be drawn afterwards. `hits[u, r]` says whether the item at rank `r` (0 is the best) is one that user
`u` was waiting for, and `targets[u]` how many such items there are. A user with nothing to wait
for has no value: NaN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Integers = NDArray[np.int64]
    Floats = NDArray[np.float64]


def rank_items(scores: NDArray[np.float32]) -> Integers:
    """Order every item of every user, best first.

    Ties go to the lower index; NaN ranks with minus infinity, at the end.

    Args:
        scores: [n_users, n_items].

    Returns:
        Item indices, [n_users, n_items].
    """
    cost = -scores
    cost[np.isnan(cost)] = np.inf
    return np.argsort(cost, axis=1, kind="stable")


def find_hits(scores: NDArray[np.float32], order: Integers, wanted: Bools) -> Bools:
    """Say at which ranks the wanted items stand.

    An item scored minus infinity or NaN is never shown to anybody, so it is never a hit.

    Args:
        scores: [n_users, n_items].
        order: What `rank_items` made of them.
        wanted: [n_users, n_items], by item index.
    """
    return np.take_along_axis(wanted & (scores > -np.inf), order, axis=1)


def ndcg_at_k(hits: Bools, targets: Integers, k: int) -> Floats:
    """Discounted cumulative gain over the best possible one (Järvelin & Kekäläinen 2002).

    The best possible list has `min(k, targets)` hits at its head, as in Liang et al. 2018.
    """
    discounts = 1.0 / np.log2(np.arange(2, k + 2))
    gained = hits[:, :k] @ discounts[: hits.shape[1]]
    ideal = np.concatenate([[0.0], np.cumsum(discounts)])[np.minimum(targets, k)]
    return _share(gained, ideal)


def recall_at_k(hits: Bools, targets: Integers, k: int) -> Floats:
    """Wanted items among the first k, over `min(k, targets)` (Liang et al. 2018)."""
    return _share(hits[:, :k].sum(axis=1), np.minimum(targets, k))


def hit_rate_at_k(hits: Bools, targets: Integers, k: int) -> Floats:
    """1 where at least one wanted item is among the first k, else 0."""
    return _where_wanted(hits[:, :k].max(axis=1, initial=False), targets)


def reciprocal_rank(hits: Bools, targets: Integers) -> Floats:
    """1 over the rank of the first hit in the whole list, 0 without any (Voorhees 1999)."""
    ranks = np.arange(1, hits.shape[1] + 1)
    return _where_wanted((hits / ranks).max(axis=1, initial=0.0), targets)


def average_precision(hits: Bools, targets: Integers) -> Floats:
    """Mean, over the wanted items, of the precision at each one's rank in the whole list."""
    users, ranks = np.nonzero(hits)
    counts = hits.sum(axis=1)
    found_before = np.arange(len(users)) - np.repeat(np.cumsum(counts) - counts, counts)
    gained = np.bincount(users, (found_before + 1) / (ranks + 1), minlength=len(hits))
    return _share(gained, targets)


def _share(part: NDArray[np.generic], whole: NDArray[np.generic]) -> Floats:
    result = np.full(len(part), np.nan)
    np.divide(part, whole, out=result, where=np.asarray(whole) > 0, casting="unsafe")
    return result


def _where_wanted(values: NDArray[np.generic], targets: Integers) -> Floats:
    return np.where(targets > 0, values.astype(np.float64), np.nan)
