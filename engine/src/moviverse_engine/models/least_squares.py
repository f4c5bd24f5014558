"""Many small ridge regressions on item factors: the inner work of iALS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import eigh
from scipy.linalg.blas import ssyrk
from scipy.linalg.lapack import sposv, ssysv

from moviverse_engine.models.errors import InvalidConfig

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories

_STRIDE = 512  # rows between two reports of progress


@dataclass(frozen=True)
class Factors:
    """Hold n factors of d numbers, turned so that their Gram matrix is diagonal.

    Turning all factors together changes no product with what is solved from them, and makes
    alpha0 V^T V + ridge I a vector: nothing of the size d x d is left to prepare for one row.

    Attributes:
        V: float32[n, d], C-ordered.
        spectrum: float32[d], the diagonal of V^T V, not negative.
    """

    V: NDArray[np.float32]
    spectrum: NDArray[np.float32]

    @classmethod
    def turned(cls, V: NDArray[np.float32]) -> Factors:
        """Turn any factors float32[n, d] to the axes of their Gram matrix."""
        if V.size == 0:
            return cls(V, np.zeros(V.shape[1], dtype=np.float32))
        spectrum, Q = eigh((V.T @ V).astype(np.float64))
        return cls(V @ Q.astype(np.float32), np.maximum(spectrum, 0).astype(np.float32))


def solve(
    H: NDArray[np.float32],
    diagonal: NDArray[np.float32],
    target: NDArray[np.float32],
    signs: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Return the x where |H x - target|^2 + x^T diag(diagonal) x is least.

    A row with fewer entries than factors is solved in its dual form,
    x = D^-1 H^T (I + H D^-1 H^T)^-1 target, whose matrix is h x h instead of d x d.

    Args:
        H: float32[h, d], C-ordered.
        diagonal: float32[d], positive.
        target: float32[h] or float32[h, k].
        signs: float32[h], -1 for each row of H that is taken off instead of added, or None; the
            target of such a row is 0, and the whole stays positive definite.

    Returns:
        float32[d] or float32[d, k].

    Raises:
        InvalidConfig: the diagonal is too small for float32.
    """
    h, d = H.shape
    if h < d:
        scale = np.sqrt(diagonal)
        scaled = H / scale
        K = ssyrk(1.0, scaled.T, trans=1)
        K.flat[:: h + 1] += np.float32(1) if signs is None else signs
        if signs is None:
            _, dual, failed = sposv(K, target, overwrite_a=1)
        else:
            _, _, dual, failed = ssysv(K, target, overwrite_a=1)
        solution = (scaled.T @ dual) / (scale if target.ndim == 1 else scale[:, None])
    else:
        A = ssyrk(1.0, H.T)
        if signs is not None:
            A -= ssyrk(2.0, H[signs < 0].T)
        A.flat[:: d + 1] += diagonal
        _, solution, failed = sposv(A, H.T @ target, overwrite_a=1)
    if failed:
        raise InvalidConfig("The l2 is too small for float32 here; choose a larger one.")
    found: NDArray[np.float32] = solution
    return found


def shares(
    H: NDArray[np.float32],
    diagonal: NDArray[np.float32],
    wanted: NDArray[np.float32],
    signs: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return what each row of H adds to the products of `solve`'s x with some vectors.

    They are wanted_j . x = sum over i of shares_ji target_i. As everything is symmetric, k wanted
    vectors take k right-hand sides, not one for each row of H.

    Args:
        H: float32[h, d].
        diagonal: float32[d], positive.
        wanted: float32[k, d].
        signs: float32[h], as in `solve`.

    Returns:
        float32[k, h].

    Raises:
        InvalidConfig: the diagonal is too small for float32.
    """
    h, d = H.shape
    if h < d:
        scaled = H / np.sqrt(diagonal)
        K = ssyrk(1.0, scaled.T, trans=1)
        K.flat[:: h + 1] += signs
        _, _, found, failed = ssysv(K, H @ (wanted / diagonal).T, overwrite_a=1)
    else:
        A = ssyrk(1.0, H.T) - ssyrk(2.0, H[signs < 0].T)
        A.flat[:: d + 1] += diagonal
        _, solution, failed = sposv(A, wanted.T, overwrite_a=1)
        found = (H @ solution) * signs[:, None]
    if failed:
        raise InvalidConfig("The l2 is too small for float32 here; choose a larger one.")
    return np.ascontiguousarray(found.T)


def solve_rows(
    X: Histories,
    factors: Factors,
    diagonal: Callable[[int], NDArray[np.float32]],
    progress: Callable[[float], object] = lambda _: None,
) -> NDArray[np.float32]:
    """Solve every row of X against the factors of its columns: float32[n_rows, d].

    Args:
        X: csr [n_rows, n] of 1 for a like, and of -alpha0 for what has no weight at all.
        factors: of the n columns.
        diagonal: what is added for a row with so many ones, float32[d].
        progress: hears which share of the rows is done; may raise to stop.
    """
    n_rows = X.shape[0]
    W = np.zeros((n_rows, factors.V.shape[1]), dtype=np.float32)
    bounds = X.indptr.tolist()
    for row in range(n_rows):
        entries = slice(bounds[row], bounds[row + 1])
        W[row] = solve_row(X.indices[entries], X.data[entries], factors, diagonal)
        if row % _STRIDE == 0:
            progress(row / n_rows)
    return W


def solve_row(
    columns: NDArray[np.int32],
    weights: NDArray[np.float32],
    factors: Factors,
    diagonal: Callable[[int], NDArray[np.float32]],
) -> NDArray[np.float32]:
    """Solve one row, zero where it has no like: float32[d].

    Args:
        columns: int32[h], which columns have an entry.
        weights: float32[h], 1 for a like, -alpha0 for what has no weight at all.
        factors: of all columns.
        diagonal: as in `solve_rows`.
    """
    likes = int(np.count_nonzero(weights > 0))
    if not likes:
        return np.zeros(factors.V.shape[1], dtype=np.float32)
    H = factors.V[columns]
    if likes == len(weights):
        return solve(H, diagonal(likes), weights)
    return solve(*weighted(H, weights, diagonal))


def weighted(
    H: NDArray[np.float32],
    weights: NDArray[np.float32],
    diagonal: Callable[[int], NDArray[np.float32]],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Return what `solve` takes for the factors of one row's entries and their weights.

    Args:
        H: float32[h, d].
        weights: float32[h], 1 for a like, -alpha0 for what is unknown.
        diagonal: as in `solve_rows`.
    """
    liked = weights > 0
    likes = int(np.count_nonzero(liked))
    signs = np.sign(weights)
    return H * np.sqrt(np.abs(weights))[:, None], diagonal(likes), liked.astype(np.float32), signs
