"""EASE past its memory: exact among the inputs that are seen most, a few weights for all others."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg.lapack import sposv
from scipy.sparse import csc_array, csr_array

from moviverse_engine.models import ease_dense
from moviverse_engine.models.gathering import entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories, Progress
    from moviverse_engine.models.ease_problem import Problem
    from moviverse_engine.models.likes import Square

_KEPT = 5  # stored likes in common for each neighbour that may be chosen by them
_PRODUCTS = 20_000_000  # multiplications of a sparse product at a time
_TARGETS = 256  # columns of the head's B turned into rows at a time
_MATRICES = 2.3  # of the head at once: G and P, and what LAPACK and scipy need beside them


def dense_fits(problem: Problem, budget_mb: int) -> bool:
    """Say whether the closed form can be worked out within the budget."""
    n, more = problem.n_inputs, 0 if problem.n_targets == problem.n_inputs else problem.n_targets
    return 4 * n * (1.2 * n + more) <= budget_mb * 2**20


def head(problem: Problem, budget_mb: int, neighbours: int, *, most: int) -> NDArray[np.int64]:
    """Return the inputs whose weights for one another are exact, at most `most`.

    Where several are seen equally often, all of them are in or none, so that the order of items
    decides nothing.
    """
    tail = problem.n_inputs * neighbours * (2 * _KEPT + 3) * 8
    budget = budget_mb * 2**20
    matrices = _MATRICES + (problem.n_targets < problem.n_inputs)
    fit = min(most, math.isqrt(int(max(budget - tail, budget // 2) / 4 / matrices)))
    if fit >= problem.n_inputs:
        return np.arange(problem.n_inputs)
    last = np.partition(problem.counts, problem.n_inputs - fit - 1)[problem.n_inputs - fit - 1]
    return np.flatnonzero(problem.counts > last)


def solve(
    problem: Problem, head: NDArray[np.int64], neighbours: int, progress: Progress
) -> tuple[NDArray[np.float32], Square]:
    """Return the head's B, float32[n_head, n_head_targets], and all other weights, csr.

    The head is solved by itself in closed form. Each target outside it is a ridge regression on
    the `neighbours` inputs of the largest cosine; and what the head leaves unexplained of its own
    targets is one on as many inputs from outside. So every column is the best for the inputs it
    has, as in fsSLIM (Ning & Karypis, "SLIM", ICDM 2011) without the L1 penalty.

    Raises:
        InvalidConfig: the penalty is too small for float32.
    """

    def of_head(fraction: float, message: str, /) -> None:
        progress(0.6 * fraction, message)

    inner = problem.among(head)
    G = ease_dense.likes_in_common(inner, of_head)
    B = ease_dense.weights(inner, G.copy(), of_head)
    regression = _Regression(problem, head, G, neighbours)
    parts = []
    for done, (target, inputs, values) in enumerate(_columns(regression, B)):
        parts.append((np.full(len(inputs), target, dtype=np.int32), inputs, values))
        if done % _TARGETS == 0:
            progress(0.6 + 0.4 * done / problem.n_targets, "EASE weighs rare items.")
    empty = (np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32))
    targets, inputs, values = (np.concatenate(each) for each in zip(empty, *parts, strict=True))
    shape = (problem.n_inputs, problem.n_targets)
    rest: Square = csr_array((values, (inputs, targets)), shape=shape)
    return B, rest


def _columns(
    regression: _Regression, B: NDArray[np.float32]
) -> Iterator[tuple[int, NDArray[np.int32], NDArray[np.float32]]]:
    """Yield (target, inputs, weights) of all targets that have any beside the head's."""
    problem, tail = regression.problem, regression.tail
    of_head = regression.head[regression.head < problem.n_targets]
    for target in np.flatnonzero(tail[: problem.n_targets] >= 0).tolist():
        row = slice(*regression.G_tail.indptr[tail[target] : tail[target] + 2])
        found = regression.G_tail.indices[row], regression.G_tail.data[row]
        yield target, *regression.solved(target, *found, None)
    by_target = csc_array(regression.G_tail)
    outside = np.flatnonzero(tail >= 0).astype(np.int32)
    for first in range(0, len(of_head), _TARGETS):
        explained = np.ascontiguousarray(B[:, first : first + _TARGETS].T)
        for place, target in enumerate(of_head[first : first + _TARGETS].tolist()):
            row = slice(*by_target.indptr[target : target + 2])
            found = outside[by_target.indices[row]], by_target.data[row]
            column = explained[place] / problem.scale[target]
            yield target, *regression.solved(target, *found, column)


class _Regression:
    """Regress one target on the inputs that go with it most.

    Attributes:
        problem: what is to be solved.
        head: int64[n_head], inputs in ascending order.
        G_head: the upper triangle of their likes in common, float32[n_head, n_head].
        G_tail: csr float32[n_tail, n_inputs], the strongest likes in common of the other inputs.
        tail: int64[n_inputs], the row in G_tail, or -1.
    """

    def __init__(
        self,
        problem: Problem,
        head: NDArray[np.int64],
        G_head: NDArray[np.float32],
        neighbours: int,
    ) -> None:
        n = problem.n_inputs
        self.problem, self.head, self.G_head, self._k = problem, head, G_head, neighbours
        self._of_head, self.tail, self._place = (np.full(n, -1, dtype=np.int64) for _ in range(3))
        self._of_head[head] = np.arange(len(head))
        outside = np.flatnonzero(self._of_head < 0)
        self.tail[outside] = np.arange(len(outside))
        self.G_tail = _strongest_in_common(problem, outside, _KEPT * neighbours)
        self._diagonal = (problem.counts + problem.penalty).astype(np.float32)
        self._length = np.sqrt(np.maximum(problem.counts, 1e-12))

    def solved(
        self,
        target: int,
        inputs: NDArray[np.int32],
        together: NDArray[np.float32],
        explained: NDArray[np.float32] | None,
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the inputs that are chosen, and their weights.

        Args:
            target: the item to be explained.
            inputs: those that may be chosen.
            together: how often each is seen with the target.
            explained: the head's weights for the target, where it has such: then the inputs are
                outside the head, and explain what is left.
        """
        allowed = inputs != self.problem.partner[target]
        inputs, together = inputs[allowed], together[allowed]
        if len(inputs) > self._k:
            cosine = together / self._length[inputs]
            best = np.argpartition(-cosine, self._k)[: self._k]
            inputs, together = inputs[best], together[best]
        order = np.argsort(inputs)
        inputs, together = inputs[order], together[order]
        A, rest = self._normal_equations(inputs, explained)
        _, weights, failed = sposv(A, (together - rest)[:, None], lower=0)
        if failed:  # left out likes in common have made A indefinite; this is as far as they can
            A[np.diag_indices(len(A))] += np.abs(A).sum(axis=0) + np.abs(A).sum(axis=1)
            _, weights, _ = sposv(A, (together - rest)[:, None], lower=0)
        return inputs, weights[:, 0] * self.problem.scale[target]

    def _normal_equations(
        self, inputs: NDArray[np.int32], explained: NDArray[np.float32] | None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32] | float]:
        """Return the upper triangle of G + penalty among inputs, and what the head explains."""
        n = len(inputs)
        A = np.zeros((n, n), dtype=np.float32)
        of_head = self._of_head[inputs]
        inside = np.flatnonzero(of_head >= 0)
        A[np.ix_(inside, inside)] = self.G_head[np.ix_(of_head[inside], of_head[inside])]
        outside = np.flatnonzero(of_head < 0)
        owner, columns, values = entries(self.G_tail, self.tail[inputs[outside]])
        self._place[inputs] = np.arange(n)
        place = self._place[columns]
        self._place[inputs] = -1
        known = np.flatnonzero(place >= 0)
        i, j = outside[owner[known]], place[known]
        A[np.minimum(i, j), np.maximum(i, j)] = values[known]
        A.flat[:: n + 1] = self._diagonal[inputs]
        if explained is None:
            return A, 0.0
        of_head = self._of_head[columns]
        spoken = np.flatnonzero(of_head >= 0)
        parts = values[spoken] * explained[of_head[spoken]]
        rest = np.bincount(owner[spoken], weights=parts, minlength=n)
        return A, rest.astype(np.float32)


def _strongest_in_common(problem: Problem, inputs: NDArray[np.int64], most: int) -> Square:
    """Return rows of Z^T Z without its diagonal, csr; of each the `most` entries of largest cosine."""
    Z = problem.Z
    by_input = csr_array(Z.T)[inputs]
    steps = np.cumsum(by_input @ np.diff(Z.indptr).astype(np.float64)) // _PRODUCTS
    bounds = [0, *(np.flatnonzero(np.diff(steps)) + 1).tolist(), len(inputs)]
    length = np.sqrt(np.maximum(problem.counts, 1e-12)).astype(np.float32)
    blocks = [
        _strongest(csr_array(by_input[first:last] @ Z), inputs[first:last], length, most)
        for first, last in pairwise(bounds)
    ]
    counts = np.concatenate([np.zeros(1, np.int64), *(each[0] for each in blocks)])
    columns = np.concatenate([np.empty(0, np.int32), *(each[1] for each in blocks)])
    values = np.concatenate([np.empty(0, np.float32), *(each[2] for each in blocks)])
    shape = (len(inputs), problem.n_inputs)
    return csr_array((values, columns, np.cumsum(counts).astype(np.int32)), shape=shape)


def _strongest(
    block: Histories, own: NDArray[np.int64], length: NDArray[np.float32], most: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
    """Return how many entries each row keeps, their columns, and their values."""
    rows = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
    kept = (block.indices != own[rows]) & (block.data > 0)
    for row in np.flatnonzero(np.diff(block.indptr) > most).tolist():
        entry = slice(*block.indptr[row : row + 2])
        cosine = np.where(kept[entry], block.data[entry] / length[block.indices[entry]], 0.0)
        kept[entry] &= cosine >= np.partition(cosine, len(cosine) - most)[len(cosine) - most]
    counts = np.bincount(rows[kept], minlength=block.shape[0])
    return counts, block.indices[kept], block.data[kept]
