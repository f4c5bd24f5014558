"""Bring columns of ratings into order and free each as soon as it is used."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from moviverse_engine.interactions.ids import IdMap

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

_BLOCK = 1 << 20  # rows looked at together
_DENSE = 4  # rows for each number of the range that ids spread over, to look numbers up in a table


def coded(ids: NDArray[Any]) -> tuple[IdMap, NDArray[np.int32]]:
    """Number the distinct ids in ascending order; return them and int32[n], the number of each row.

    Beside the column itself it needs memory for the distinct ids alone.
    """
    if not len(ids):
        return IdMap(np.empty(0, dtype=np.int64)), np.empty(0, dtype=np.int32)
    low, high = int(ids.min()), int(ids.max())
    index = np.empty(len(ids), dtype=np.int32)
    if high - low <= max(_BLOCK, len(ids) // _DENSE):
        present = np.zeros(high - low + 1, dtype=bool)
        for block in _blocks(len(ids)):
            present[ids[block] - low] = True
        unique = np.flatnonzero(present) + low
        number = np.cumsum(present, dtype=np.int32) - 1
        for block in _blocks(len(ids)):
            index[block] = number[ids[block] - low]
        return IdMap(unique), index
    unique = np.empty(0, dtype=np.int64)
    for block in _blocks(len(ids)):
        unique = np.union1d(unique, ids[block])
    for block in _blocks(len(ids)):
        index[block] = np.searchsorted(unique, ids[block])
    return IdMap(unique), index


def is_ordered(user_index: NDArray[np.int32], item_index: NDArray[np.int32]) -> bool:
    """Say whether rows ascend by user and then by item, each pair once."""
    for block in _blocks(len(user_index) - 1):
        behind = slice(block.start + 1, block.stop + 1)
        same = user_index[block] == user_index[behind]
        ascends = user_index[block] < user_index[behind]
        if not bool(np.all(ascends | (same & (item_index[block] < item_index[behind])))):
            return False
    return True


def order(
    user_index: NDArray[np.int32],
    item_index: NDArray[np.int32],
    times: NDArray[Any],
    shape: tuple[int, int],
) -> NDArray[Any]:
    """Return the rows to keep, by user and then by item: of a pair's rows the last by time.

    Of rows at the same second the later stays. It goes through the users in bands of about a
    million ratings, so that no sort needs memory for all of them.
    """
    n, (n_users, n_items) = len(user_index), shape
    kept = np.empty(n, dtype=np.int32 if n <= np.iinfo(np.int32).max else np.int64)
    length = 0
    for first, last in _bands(user_index, n_users):
        rows = np.flatnonzero((user_index >= first) & (user_index < last))
        pairs = user_index[rows] * np.int64(n_items) + item_index[rows]
        by_pair = np.lexsort((times[rows], pairs))  # stable: the later row of a tie comes last
        rows, pairs = rows[by_pair], pairs[by_pair]
        rows = rows[np.append(pairs[1:] != pairs[:-1], True)]
        kept[length : length + len(rows)] = rows
        length += len(rows)
    return kept[:length]


def gathered(column: NDArray[Any], rows: NDArray[np.integer]) -> NDArray[Any]:
    """Return column[rows] without the 8 bytes a row that NumPy makes of narrow indices."""
    values = np.empty(len(rows), dtype=column.dtype)
    for block in _blocks(len(rows)):
        values[block] = column[rows[block]]
    return values


def _bands(user_index: NDArray[np.int32], n_users: int) -> list[tuple[int, int]]:
    """Cut users into ranges of about `_BLOCK` ratings; one user is never cut."""
    ratings = np.zeros(n_users, dtype=np.int64)
    for block in _blocks(len(user_index)):
        ratings += np.bincount(user_index[block], minlength=n_users)
    total = np.cumsum(ratings)
    cuts = np.unique(total // _BLOCK, return_index=True)[1]
    return list(pairwise([*cuts.tolist(), len(total)]))


def _blocks(length: int) -> list[slice]:
    return [slice(start, min(start + _BLOCK, length)) for start in range(0, length, _BLOCK)]
