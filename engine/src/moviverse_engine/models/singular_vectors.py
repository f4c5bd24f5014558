"""Leading singular vectors of a table of likes, drawn so that no id and no order matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import eigh, qr
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories

_SURPLUS = 16  # vectors beyond those asked, which make the last of those asked come out right
_ROUNDS = 3


def right_singular_vectors(
    X: Histories, rank: int, rng: np.random.Generator, *, powers: int = 3
) -> NDArray[np.float32]:
    """Return about the leading right singular vectors of X: float32[n_columns, k], orthonormal.

    k is `rank`, or fewer where X has fewer rows or columns. It is a block power iteration from
    random vectors (Halko, Martinsson & Tropp, SIAM Review 2011, algorithm 4.4). The draw of a
    column goes by the column's place among likes: renaming rows or columns renames the result.

    Args:
        X: binary csr [n_rows, n_columns], nothing empty.
        rank: how many vectors are asked.
        rng: the source of the draw.
        powers: how often X^T X is applied; more is nearer to the true vectors.
    """
    n_rows, n_columns = X.shape
    k = min(rank, n_rows, n_columns)
    width = min(k + _SURPLUS, n_rows, n_columns)
    if k == 0:
        return np.empty((n_columns, 0), dtype=np.float32)
    X_transposed = csr_array(X.T)
    Q = np.empty((n_columns, width), dtype=np.float32)
    Q[np.argsort(_signatures(X, X_transposed), kind="stable")] = rng.standard_normal(
        (n_columns, width), dtype=np.float32
    )
    for _ in range(powers):
        Q, _ = qr(X_transposed @ (X @ Q), mode="economic", check_finite=False)
    projected = X @ Q
    _, turn = eigh(projected.T @ projected)
    vectors: NDArray[np.float32] = np.ascontiguousarray(Q @ turn[:, : -k - 1 : -1])
    return vectors


def _signatures(X: Histories, X_transposed: Histories) -> NDArray[np.uint64]:
    """Return a number for every column that says who likes it and what else they like.

    It is the colour refinement of Weisfeiler & Leman (1968), by sums of hashes modulo 2^64, which
    are exact in any order. Columns that share a number are as good as the same.
    """
    columns = np.diff(X_transposed.indptr).astype(np.uint64)
    for _ in range(_ROUNDS):
        rows = np.add.reduceat(_mixed(columns)[X.indices], X.indptr[:-1])
        columns = np.add.reduceat(_mixed(rows)[X_transposed.indices], X_transposed.indptr[:-1])
    return columns


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Hash 64-bit numbers one to one (Steele et al., "SplitMix", OOPSLA 2014)."""
    z = numbers + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
