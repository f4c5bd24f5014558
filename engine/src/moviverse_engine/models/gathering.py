"""The short way for one history: scipy's sparse products take longer to begin than to finish."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from moviverse_engine.interactions import Histories

SHORT = 1_000  # ratings up to which a history is gathered row by row


def is_one_short_history(histories: Histories) -> bool:
    """Say whether these are the ratings of one person, and not too many of them."""
    return histories.shape[0] == 1 and histories.nnz <= SHORT


def entries(
    matrix: csr_array[np.float32, tuple[int, int]], rows: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
    """Return the stored entries of some rows, one after the other.

    Returns:
        int64[m], the position in `rows` of each entry's row; int32[m], its column; float32[m], its
        value.
    """
    starts = matrix.indptr[rows].astype(np.int64)
    counts = matrix.indptr[rows + 1] - starts
    ends = np.cumsum(counts)
    owner = np.repeat(np.arange(len(rows)), counts)
    place = np.arange(len(owner)) + np.repeat(starts - ends + counts, counts)
    return owner, matrix.indices[place], matrix.data[place]
