"""What recommended lists are like, whether or not they hit: as plain functions of arrays.

`lists` is int64 [n_users, k] of item indices, best first; -1 marks an empty place. A user about
whom a metric has nothing to say has no value: NaN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moviverse_engine.features import ItemFeatures
    from moviverse_engine.interactions import Histories

    Integers = NDArray[np.int64]
    Floats = NDArray[np.float64]

_ALPHA = (
    0.01  # Steck 2018, so that a genre missing from a list does not make the divergence infinite
)


def coverage(counts: Integers) -> float:
    """Share of the items that anybody was shown; `counts[i]` says how often item i was."""
    return float((counts > 0).mean()) if len(counts) else float("nan")


def gini(counts: Integers) -> float:
    """Inequality of how often the items were shown (Fleder & Hosanagar 2009).

    0 where all are shown equally often, (n - 1) / n where one alone is shown to everybody.
    """
    n, total = len(counts), int(counts.sum())
    if total == 0:
        return float("nan")
    weights = 2 * np.arange(1, n + 1) - n - 1
    return float(weights @ np.sort(counts)) / (n * total)


def novelty(lists: Integers, popularity: Integers, n_users: int) -> Floats:
    """Mean self-information of the items shown, in bits (Zhou et al. 2010).

    Args:
        lists: what was shown.
        popularity: how many training users have each item; an item nobody has counts as one.
        n_users: how many training users there are.
    """
    return _mean(lists, np.log2(n_users / np.maximum(popularity, 1)))


def popularity_percentile(lists: Integers, popularity: Integers) -> Floats:
    """Mean popularity of the items shown, as the share of all items that are less popular.

    This is the average recommendation popularity (Yin et al. 2012; Abdollahpouri et al. 2019) with
    a percentile in place of the number of ratings, so that data of different sizes compare. Of
    equally popular items half count as less popular; chance alone gives 0.5.
    """
    ordered = np.sort(popularity)
    below = np.searchsorted(ordered, popularity)
    up_to = np.searchsorted(ordered, popularity, side="right")
    return _mean(lists, (below + up_to) / (2 * max(len(popularity), 1)))


def intra_list_diversity(lists: Integers, features: ItemFeatures) -> Floats:
    """Mean of 1 - cosine over the pairs of a list (Smyth & McClave 2001; Ziegler et al. 2005).

    Items without features are in no pair. The rows of `features` have length 1, so the cosines of
    all pairs together are (|sum of rows|^2 - number of rows) / 2.
    """
    F = features.matrix
    described = np.append(np.diff(F.indptr) > 0, values=False)
    chosen = described[lists]
    members = _selection(lists, chosen, F.shape[0])
    totals = members @ F
    n = chosen.sum(axis=1).astype(np.float64)
    squared = np.asarray(totals.multiply(totals).sum(axis=1), dtype=np.float64).ravel()
    return _share(n * n - squared, n * (n - 1))


def genre_shares(features: ItemFeatures) -> NDArray[np.float64] | None:
    """Return p(genre | item): float64 [n_items, n_genres], rows of sum 1, or 0 without a genre.

    None where the features know no genres.
    """
    if "genres" not in features.fields:
        return None
    columns = np.flatnonzero(features.field_index == features.fields.index("genres"))
    if len(columns) == 0:
        return None
    has = (features.matrix[:, columns].toarray() > 0).astype(np.float64)
    return np.asarray(has / np.maximum(has.sum(axis=1, keepdims=True), 1.0))


def calibration(lists: Integers, histories: Histories, shares: NDArray[np.float64]) -> Floats:
    """Divergence of a list's genres from those of the history (Steck 2018), in nats; 0 is best.

    C_KL(p, q) = sum over genres g of p(g|u) log(p(g|u) / q'(g|u)), q' = (1 - alpha) q + alpha p,
    where p and q are the mean p(g|i) over the items of the history and of the list that have
    genres.

    Args:
        lists: what was shown.
        histories: csr [n_users, n_items]; the items stored in a row are those that the user liked.
        shares: p(g|i), as `genre_shares` returns it.
    """
    members = csr_array(
        (np.ones(histories.nnz), histories.indices, histories.indptr), shape=histories.shape
    )
    p = _distribution(np.asarray(members @ shares))
    q = _distribution(np.asarray(_selection(lists, lists >= 0, len(shares)) @ shares))
    mixed = (1 - _ALPHA) * q + _ALPHA * p
    terms = p * np.log(np.divide(p, mixed, out=np.ones_like(p), where=p > 0))
    return np.asarray(terms.sum(axis=1), dtype=np.float64)


def _selection(
    lists: Integers, chosen: NDArray[np.bool_], n_items: int
) -> csr_array[np.float64, tuple[int, int]]:
    """Return ones at the chosen items: csr float64 [n_users, n_items]."""
    bounds = np.concatenate([[0], np.cumsum(chosen.sum(axis=1))])
    columns = lists[chosen]
    return csr_array((np.ones(len(columns)), columns, bounds), shape=(len(lists), n_items))


def _distribution(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    totals = weights.sum(axis=1, keepdims=True)
    shares = np.full_like(weights, np.nan)
    np.divide(weights, totals, out=shares, where=totals > 0)
    return shares


def _mean(lists: Integers, of_item: NDArray[np.float64]) -> Floats:
    shown = lists >= 0
    return _share(np.where(shown, of_item[lists], 0.0).sum(axis=1), shown.sum(axis=1))


def _share(part: NDArray[np.generic], whole: NDArray[np.generic]) -> Floats:
    result = np.full(len(part), np.nan)
    np.divide(part, whole, out=result, where=np.asarray(whole) > 0, casting="unsafe")
    return result
