"""Many small ridge regressions on item factors: the inner work of iALS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import eigh
from scipy.linalg.blas import ssyrk, strsm
from scipy.linalg.lapack import spotrf, spotrs

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


@dataclass(frozen=True)
class Direct:
    """Hold one row's regression of many entries, factorised: A = D + L^T L - N^T N = R^T R.

    Attributes:
        likes: L, float32[l, d].
        R: float32[d, d], upper.
    """

    likes: NDArray[np.float32]
    R: NDArray[np.float32]

    @classmethod
    def of(
        cls,
        likes: NDArray[np.float32],
        unknown: NDArray[np.float32],
        diagonal: NDArray[np.float32],
    ) -> Direct:
        """Factorise; see `regression`."""
        A = ssyrk(1.0, likes.T)
        if len(unknown):
            A -= ssyrk(1.0, unknown.T)
        A.flat[:: len(A) + 1] += diagonal
        return cls(likes, _cholesky(A))

    def solution(self) -> NDArray[np.float32]:
        """Return x = A^-1 L^T 1: float32[d]."""
        return _solved(self.R, self.likes.sum(axis=0))

    def shares(self, wanted: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what each row of L adds to the products of float32[k, d] with x: float32[k, l]."""
        return np.ascontiguousarray((self.likes @ _solved(self.R, wanted.T)).T)


@dataclass(frozen=True)
class Dual:
    """Hold one row's regression of few entries, factorised in the space of its entries.

    With M the rows of N, then those of L, x = D^-1 M^T z where (M D^-1 M^T + diag(-1, 1)) z is 0
    for N and 1 for L. That matrix is indefinite, but its blocks are not: I - N D^-1 N^T = R^T R
    and the Schur complement I + L D^-1 L^T + Y^T Y = S^T S, with R^T Y = N D^-1 L^T.

    Attributes:
        root: D^(1/2), float32[d].
        scaled: M D^(-1/2), float32[n + l, d].
        R: float32[n, n], upper.
        Y: float32[n, l].
        S: float32[l, l], upper.
    """

    root: NDArray[np.float32]
    scaled: NDArray[np.float32]
    R: NDArray[np.float32]
    Y: NDArray[np.float32]
    S: NDArray[np.float32]

    @classmethod
    def of(
        cls,
        likes: NDArray[np.float32],
        unknown: NDArray[np.float32],
        diagonal: NDArray[np.float32],
    ) -> Dual:
        """Factorise; see `regression`."""
        n, root = len(unknown), np.sqrt(diagonal)
        rows = np.concatenate([unknown, likes]) if n else likes
        scaled = np.divide(rows, root, dtype=np.float32)
        K = ssyrk(1.0, scaled.T, trans=1)
        if not n:
            K.flat[:: len(K) + 1] += 1
            return cls(root, scaled, K[:0, :0], K[:0], _cholesky(K))
        P = -K[:n, :n]
        P.flat[:: n + 1] += 1
        R = _cholesky(P)
        Y = strsm(1.0, R, K[:n, n:], trans_a=1)
        complement = ssyrk(1.0, Y, trans=1, beta=1.0, c=K[n:, n:])
        complement.flat[:: len(likes) + 1] += 1
        return cls(root, scaled, R, Y, _cholesky(complement))

    def solution(self) -> NDArray[np.float32]:
        """Return x: float32[d]."""
        n = len(self.R)
        z = _solved(self.S, np.ones(len(self.S), dtype=np.float32))
        x = z @ self.scaled[n:]
        if n:
            x += strsm(1.0, self.R, (self.Y @ z)[:, None])[:, 0] @ self.scaled[:n]
        solution: NDArray[np.float32] = x / self.root
        return solution

    def shares(self, wanted: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what each row of L adds to the products of float32[k, d] with x: float32[k, l].

        As everything is symmetric, k wanted vectors take k right-hand sides, not one for each row.
        """
        n = len(self.R)
        aimed = self.scaled @ (wanted / self.root).T
        of_likes = aimed[n:]
        if n:
            of_likes = of_likes + self.Y.T @ strsm(1.0, self.R, aimed[:n], trans_a=1)
        return np.ascontiguousarray(_solved(self.S, of_likes).T)


def regression(
    likes: NDArray[np.float32], unknown: NDArray[np.float32], diagonal: NDArray[np.float32]
) -> Direct | Dual:
    """Factorise the regression whose x makes |L x - 1|^2 - |N x|^2 + x^T D x least.

    Args:
        likes: L, float32[l, d], C-ordered, at least one row.
        unknown: N, float32[n, d]: what D holds of rows that have no weight; the whole stays
            positive definite.
        diagonal: of D, float32[d], positive.

    Raises:
        InvalidConfig: the diagonal is too small for float32.
    """
    form = Dual if len(likes) + len(unknown) < likes.shape[1] else Direct
    return form.of(likes, unknown, diagonal)


def _cholesky(A: NDArray[np.float32]) -> NDArray[np.float32]:
    R: NDArray[np.float32]
    R, failed = spotrf(A, overwrite_a=1)
    if failed:
        raise InvalidConfig("The l2 is too small for float32 here; choose a larger one.")
    return R


def _solved(R: NDArray[np.float32], target: NDArray[np.float32]) -> NDArray[np.float32]:
    solution: NDArray[np.float32]
    solution, _ = spotrs(R, target)
    return solution


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
        of_row = regression_of(X.indices[entries], X.data[entries], factors, diagonal)
        if of_row is not None:
            W[row] = of_row.solution()
        if row % _STRIDE == 0:
            progress(row / n_rows)
    return W


def regression_of(
    columns: NDArray[np.int32],
    weights: NDArray[np.float32],
    factors: Factors,
    diagonal: Callable[[int], NDArray[np.float32]],
) -> Direct | Dual | None:
    """Factorise the regression of one row, None where it has no like.

    Args:
        columns: int32[h], which columns have an entry.
        weights: float32[h], 1 for a like, -alpha0 for what has no weight at all.
        factors: of all columns.
        diagonal: as in `solve_rows`.
    """
    liked = weights > 0
    likes = int(np.count_nonzero(liked))
    if not likes:
        return None
    if likes == len(weights):
        return regression(factors.V[columns], factors.V[:0], diagonal(likes))
    low = ~liked
    unknown = factors.V[columns[low]] * np.sqrt(-weights[low])[:, None]
    return regression(factors.V[columns[liked]], unknown, diagonal(likes))
