"""From ratings to likes: what models of implicit feedback read in a history."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories

Square: TypeAlias = "csr_array[np.float32, tuple[int, int]]"


def likes(histories: Histories, threshold: float) -> Histories:
    """Return ones where a rating reaches the threshold: csr float32, same shape."""
    return _chosen(histories, histories.data >= threshold, histories.indices, histories.shape[1])


def likes_among(
    histories: Histories, threshold: float, position: NDArray[np.int32], n_positions: int
) -> Histories:
    """Return likes of some items alone: csr float32[n_users, n_positions].

    Args:
        histories: ratings by item.
        threshold: the lowest rating that is a like.
        position: int32[n_items], column of each item in the result, -1 where it has none.
        n_positions: how many columns the result has.
    """
    columns = position[histories.indices]
    chosen = (histories.data >= threshold) & (columns >= 0)
    return _chosen(histories, chosen, columns, n_positions)


def cooccurrence_blocks(
    matrix: Histories, *, upper: bool, entries: int = 2_000_000
) -> Iterator[tuple[int, int, NDArray[np.float32]]]:
    """Yield (first, last, dense rows first..last of matrix.T @ matrix), a few rows at a time.

    With `upper` a block starts at its own diagonal, which halves the work on a symmetric product:
    its column 0 is item `first`. A block has about `entries` numbers, so that the sparse product
    never stands in memory as a whole.
    """
    n_items = matrix.shape[1]
    by_item = csr_array(matrix.T)
    step = max(1, entries // max(n_items, 1))
    for first in range(0, n_items, step):
        last = min(first + step, n_items)
        right = matrix[:, first:] if upper and first else matrix
        yield first, last, (by_item[first:last] @ right).toarray()


def _chosen(
    histories: Histories, chosen: NDArray[np.bool_], columns: NDArray[np.int32], width: int
) -> Histories:
    kept = columns[chosen]
    before = np.zeros(len(chosen) + 1, dtype=np.int32)
    np.cumsum(chosen, out=before[1:])
    return csr_array(
        (np.ones(len(kept), dtype=np.float32), kept, before[histories.indptr]),
        shape=(histories.shape[0], width),
    )
