"""Variational matrix factorisation: factors that know how unsure they are, without sampling.

A rating is r_ui = mu + p_u . q_i + noise of variance 1 / alpha; p_u and q_i have K = rank + 2
dimensions, since a person's and an item's bias are two factors whose partner is about 1. Both are
normal, before and after the ratings (Lim & Teh, "Variational Bayesian Approach to Movie Rating
Prediction", KDD Cup 2007). What is believed before the ratings depends linearly on who rated what
at all (Koren 2008, SVD++; Simm et al., "Macau: Scalable Bayesian Factorization with
High-Dimensional Side Information", 2017).

Symmetric K x K matrices are kept as upper triangles, "packed": T = K (K + 1) / 2 numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg.lapack import sposv
from scipy.sparse import csr_array
from scipy.sparse.linalg import svds

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories, Progress

    Floats = NDArray[np.float32]

BLOCK = 1_000  # rows whose K x K matrices stand in memory at a time
_DAMPING = 4.0  # average ratings that a first bias starts with
_DENSE = 200  # up to this many people or items the first factors come from LAPACK
_DOUBT = 0.01  # variance that every factor has at the least
_SWEEPS = 5
_STEPS, _TOLERANCE = 20, 1e-4


@dataclass(frozen=True)
class Prior:
    """Say what is believed of rows before their ratings: N(mean + presence @ map, precision^-1).

    Attributes:
        mean: float32[K].
        map: float32[n_columns, K].
        precision: float32[K, K].
    """

    mean: Floats
    map: Floats
    precision: Floats

    def means(self, pattern: Histories) -> Floats:
        """Return the mean of each row, float32[n, K], from ones where it has a rating."""
        means: Floats = self.mean + presence(pattern) @ self.map
        return means


@dataclass(frozen=True)
class Factors:
    """Hold what places a person.

    Attributes:
        items: float32[n_items, K], means of q_i.
        moments: float32[n_items, T], means of q_i q_i^T, packed.
        people: what is believed of people.
        alpha: precision of a rating.
    """

    items: Floats
    moments: Floats
    people: Prior
    alpha: np.float32


def factorise(
    ratings: Histories,
    *,
    rank: int,
    iterations: int,
    history_l2: float,
    audience_l2: float,
    progress: Progress,
) -> Factors:
    """Learn from at least one rating by variational expectation maximisation.

    Args:
        ratings: r_ui - mu.
        rank: how many factors there are beside the biases; fewer where the data has fewer.
        iterations: how often people, items, priors and noise are estimated in turn.
        history_l2: penalty of the map from the items of a history to what is believed of its person.
        audience_l2: penalty of the map from the people who rated an item to what is believed of it.
        progress: hears of it; may raise to stop.
    """
    by_item = csr_array(ratings.T)
    P, Q = _start(ratings, rank)
    moments = pack(_squares(Q))
    twice = pack(2 - np.eye(Q.shape[1], dtype=np.float32)[None])[0]
    squares = float(np.square(ratings.data, dtype=np.float64).sum())
    alpha = np.float32(1 / max(squares / ratings.nnz, _DOUBT))
    people, items = _Side(ones(ratings), history_l2, P), _Side(ones(by_item), audience_l2, Q)
    for iteration in range(iterations):
        normal = np.zeros_like(moments)
        for rows in people.blocks():
            seen = people.pattern[rows]
            people.update(rows, seen @ moments, ratings[rows] @ Q, alpha)
            _add_transposed(normal, seen, people.moments)
        people.learn()
        linear = by_item @ people.means
        for rows in items.blocks():
            items.update(rows, normal[rows], linear[rows], alpha)
            moments[rows] = items.moments
        items.learn()
        Q = items.means
        explained = 2 * float((Q * linear).sum()) - float(((normal * moments) @ twice).sum())
        alpha = np.float32((ratings.nnz + 1) / (squares - explained + 1))
        progress((iteration + 1) / iterations, "SVD places people and items in turn.")
    return Factors(Q.copy(), moments, people.prior, alpha)


def posterior(
    normal: Floats, linear: Floats, means: Floats, precision: Floats, alpha: np.float32
) -> tuple[Floats, Floats]:
    """Return mean float32[n, K] and covariance float32[n, K, K] of rows after their ratings.

    Args:
        normal: float32[n, T], sums of the other side's moments over the ratings, packed.
        linear: float32[n, K], sums of (r - mu) times the other side's means.
        means: float32[n, K], before the ratings.
        precision: float32[K, K], before the ratings.
        alpha: precision of a rating.
    """
    covariance = np.linalg.inv(alpha * unpacked(normal, len(precision)) + precision)
    return np.matvec(covariance, alpha * linear + means @ precision), covariance


def posterior_mean(
    normal: Floats, linear: Floats, mean: Floats, precision: Floats, alpha: np.float32
) -> Floats:
    """Return the mean float32[K] of one row after its ratings; solved, since nothing is inverted.

    Args:
        normal: float32[T], as of `posterior`.
        linear: float32[K].
        mean: float32[K].
        precision: float32[K, K].
        alpha: precision of a rating.
    """
    A = alpha * unpacked(normal[None], len(precision))[0] + precision
    solution: Floats
    _, solution, _ = sposv(A, alpha * linear + mean @ precision)
    return solution


def ones(histories: Histories) -> Histories:
    """Return 1 wherever there is a rating."""
    values = np.ones(histories.nnz, dtype=np.float32)
    return csr_array((values, histories.indices, histories.indptr), shape=histories.shape)


def presence(pattern: Histories) -> Histories:
    """Return 1 / sqrt(n) in rows of n ones."""
    counts = np.diff(pattern.indptr)
    values = np.repeat(1 / np.sqrt(np.maximum(counts, 1)), counts).astype(np.float32)
    return csr_array((values, pattern.indices, pattern.indptr), shape=pattern.shape)


def pack(matrices: Floats) -> Floats:
    """Return the upper triangles of symmetric float32[n, K, K] as float32[n, T]."""
    rows, columns = _triangle(matrices.shape[-1])
    # Indexing leaves Fortran order, of which scipy would make a copy at every product.
    return np.ascontiguousarray(matrices[:, rows, columns])


def unpacked(triangles: Floats, K: int) -> Floats:
    """Undo `pack`."""
    rows, columns = _triangle(K)
    matrices = np.empty((len(triangles), K, K), dtype=np.float32)
    matrices[:, rows, columns] = triangles
    matrices[:, columns, rows] = triangles
    return matrices


@cache
def _triangle(K: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.triu_indices(K)


class _Side:
    """People or items while they are learnt.

    Attributes:
        pattern: csr float32[n, n of the other side], ones where there is a rating.
        means: float32[n, K], after the ratings.
        moments: float32[at most BLOCK, T], of the rows updated last, packed.
        prior: what is believed of the rows before their ratings.
    """

    def __init__(self, pattern: Histories, l2: float, means: Floats) -> None:
        n, K = means.shape
        self.pattern, self.means = pattern, means.copy()
        self._presence, self._l2 = presence(pattern), np.float32(l2)
        self._spread = n * _DOUBT * np.eye(K, dtype=np.float32)
        self._dual = np.zeros_like(means)
        self._learn_precision(np.tile(means.mean(axis=0), (n, 1)))
        self.prior = Prior(means.mean(axis=0), self._presence.T @ self._dual, self._precision)

    def blocks(self) -> list[slice]:
        return [slice(start, start + BLOCK) for start in range(0, len(self.means), BLOCK)]

    def update(self, rows: slice, normal: Floats, linear: Floats, alpha: np.float32) -> None:
        """Give some rows their ratings."""
        found, covariance = posterior(normal, linear, self._before[rows], self._precision, alpha)
        self.means[rows] = found
        self.moments = pack(_squares(found) + covariance)
        self._spread += covariance.sum(axis=0)

    def learn(self) -> None:
        """Make what the ratings told of all rows the belief with which the next round begins."""
        mean = self.means.mean(axis=0)
        surplus = self.means - mean
        self._dual = ridge(self._presence, surplus, self._l2, self._dual)
        map_ = self._presence.T @ self._dual
        self._learn_precision(mean + self._presence @ map_)
        self.prior = Prior(mean, map_, self._precision)

    def _learn_precision(self, before: Floats) -> None:
        D = self.means - before
        self._precision = np.linalg.inv((D.T @ D + self._spread) / len(D)).astype(np.float32)
        self._before = before
        self._spread = _DOUBT * np.eye(D.shape[1], dtype=np.float32)


def _add_transposed(total: Floats, pattern: Histories, rows: Floats) -> None:
    """Add pattern^T rows to the total, at the columns that the pattern has: these may be few."""
    columns, place = np.unique(pattern.indices, return_inverse=True)
    compact: Histories = csr_array(
        (pattern.data, place.astype(np.int32), pattern.indptr),
        shape=(pattern.shape[0], len(columns)),
    )
    total[columns] += compact.T @ rows


def ridge(F: Histories, Y: Floats, l2: np.float32, X: Floats) -> Floats:
    """Solve (F F^T + l2 I) X = Y by conjugate gradients from a first guess: float32, as Y.

    F^T X is then the ridge regression of Y on F, without the square of either side in memory.
    """
    residual = Y - l2 * X - F @ (F.T @ X)
    direction = residual.copy()
    size = np.square(residual).sum(axis=0)
    enough = _TOLERANCE**2 * np.square(Y).sum(axis=0)
    for _ in range(_STEPS):
        if bool(np.all(size <= enough)):
            break
        image = l2 * direction + F @ (F.T @ direction)
        step = _ratio(size, (direction * image).sum(axis=0)) * (size > enough)
        X = X + step * direction
        residual = residual - step * image
        before, size = size, np.square(residual).sum(axis=0)
        direction = residual + _ratio(size, before) * direction
    return X


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.asarray(above / np.maximum(below, np.finfo(np.float32).tiny), dtype=np.float32)


def _squares(rows: Floats) -> Floats:
    return rows[:, :, None] * rows[:, None, :]


def _start(ratings: Histories, rank: int) -> tuple[Floats, Floats]:
    """Return first P and Q: damped biases, then the singular vectors of what these leave."""
    n_users, n_items = ratings.shape
    users = np.repeat(np.arange(n_users), np.diff(ratings.indptr))
    b_u, b_i = np.zeros(n_users, dtype=np.float32), np.zeros(n_items, dtype=np.float32)
    for _ in range(_SWEEPS):
        b_i = _damped(ratings.data - b_u[users], ratings.indices, n_items)
        b_u = _damped(ratings.data - b_i[ratings.indices], users, n_users)
    left = ratings.data - b_u[users] - b_i[ratings.indices]
    U, S, Vt = _svd(csr_array((left, ratings.indices, ratings.indptr), shape=ratings.shape), rank)
    P = np.column_stack([b_u, np.ones(n_users), U * np.sqrt(S)])
    Q = np.column_stack([np.ones(n_items), b_i, Vt.T * np.sqrt(S)])
    return P.astype(np.float32), Q.astype(np.float32)


def _damped(values: Floats, owner: NDArray[np.integer[Any]], n: int) -> Floats:
    sums = np.bincount(owner, values, minlength=n)
    return (sums / (np.bincount(owner, minlength=n) + _DAMPING)).astype(np.float32)


def _svd(matrix: Histories, rank: int) -> tuple[Floats, Floats, Floats]:
    smaller = min(matrix.shape)
    rank = min(rank, smaller)
    if not rank or not matrix.data.any():  # biases say it all, as where all ratings are the same
        nothing = np.zeros((sum(matrix.shape) + 1, rank), dtype=np.float32)
        people, spectrum, items = np.split(nothing, (matrix.shape[0], matrix.shape[0] + 1))
        return people, spectrum[0], items.T
    if smaller <= max(_DENSE, rank):
        U, S, Vt = np.linalg.svd(matrix.toarray(), full_matrices=False)
        return U[:, :rank], S[:rank], Vt[:rank]
    # The first vector is the same whatever the order of people and items is, and not random.
    U, S, Vt = svds(matrix, rank, v0=np.ones(smaller, dtype=np.float32))
    return U, S.astype(np.float32), Vt
