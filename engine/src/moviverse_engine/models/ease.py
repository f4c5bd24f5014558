"""EASE: an item-item model with a closed form and no hidden dimension."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy.linalg.lapack import spotrf, spotri

from moviverse_engine.models.base import Model, Training
from moviverse_engine.models.breakdown import Breakdown
from moviverse_engine.models.config import LikesConfig
from moviverse_engine.models.errors import InvalidConfig, ModelDamaged
from moviverse_engine.models.likes import cooccurrence_blocks, likes, likes_among

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories, IdMap, Progress
    from moviverse_engine.models.storage import Folder

_TILE = 512
_SHORT = 256  # ratings in a history whose rows of B may be gathered at once


@dataclass(frozen=True, kw_only=True)
class EASEConfig(LikesConfig):
    """Set EASE.

    Attributes:
        l2: the paper's lambda, in likes.
        min_support: an item with fewer likes is left out of B and scores 0.
        memory_budget_mb: past it only the most liked items that fit are in B. Training needs about
            1.2 times the matrix of 4 n^2 bytes.
    """

    l2: float = 700.0
    min_support: int = 1
    memory_budget_mb: int = 4096

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require(math.isfinite(self.l2) and self.l2 > 0, "l2 is a positive number")
        self.require(self.min_support >= 1, "min_support is at least 1")
        self.require(self.memory_budget_mb >= 1, "memory_budget_mb is at least 1")


class EASE(Model[EASEConfig]):
    """Score items by S = X B, where B has a zero diagonal and minimises |X - X B|^2 + lambda |B|^2.

    With G = X^T X + lambda I and P = G^-1 the solution is B_ij = -P_ij / P_jj for i != j
    (Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019, eq. 8).

    X is binary. All of it happens in float32 in the one matrix that holds G, then its Cholesky
    factor, then P, then B. B is in C order: a history needs whole rows of it.
    """

    name = "EASE"
    config_type: ClassVar = EASEConfig

    def _fit(self, training: Training) -> None:
        interactions, config = training.interactions, self.config
        liked = likes(interactions.matrix(), config.like_threshold)
        support = np.bincount(liked.indices, minlength=len(interactions.items))
        columns = np.flatnonzero(support >= config.min_support)
        most = math.isqrt(int(config.memory_budget_mb * 2**20 / 4 / 1.2))
        if len(columns) > most:
            training.progress(
                0.0, f"{len(columns)} items do not fit the budget; the {most} most liked stay."
            )
            columns = np.sort(columns[np.argsort(-support[columns], kind="stable")[:most]])
        position = _position(columns, len(interactions.items))
        X = likes_among(interactions.matrix(), config.like_threshold, position, len(columns))
        B = _solve(X, config.l2, training.progress)
        self._columns = columns.astype(np.int32)
        self._position = _position(columns, len(training.items))
        self._B = B

    def _score(self, histories: Histories) -> NDArray[np.float32]:
        scores = self._sums(histories)
        if len(self._columns) == histories.shape[1]:
            return scores
        everything = np.zeros(histories.shape, dtype=np.float32)
        everything[:, self._columns] = scores
        return everything

    def _sums(self, histories: Histories) -> NDArray[np.float32]:
        """Return X B, float32[n_users, len(columns)]."""
        if histories.shape[0] == 1 and histories.nnz <= _SHORT:
            rows = self._liked(histories)  # what a request asks; making a sparse X costs as much
            gathered: NDArray[np.float32] = self._B[rows].sum(axis=0, keepdims=True)
            return gathered
        X = likes_among(histories, self.config.like_threshold, self._position, len(self._columns))
        sums: NDArray[np.float32] = X @ self._B
        return sums

    def _liked(self, history: Histories) -> NDArray[np.int32]:
        """Return the rows of B that one history likes."""
        rows = self._position[history.indices[history.data >= self.config.like_threshold]]
        return rows[rows >= 0]

    def _breakdown(self, history: Histories, items: NDArray[np.int64]) -> Breakdown:
        parts = Breakdown.empty(history, len(items))
        sources = self._position[history.indices]
        spoken = np.flatnonzero((history.data >= self.config.like_threshold) & (sources >= 0))
        targets = self._position[items]
        known = np.flatnonzero(targets >= 0)
        values = self._B[np.ix_(sources[spoken], targets[known])]
        parts.by_item[np.ix_(known, spoken)] = values.T
        return parts

    def _save(self, files: Folder) -> None:
        files.put("columns", self._columns)
        files.put("B", self._B)

    def _load(self, files: Folder, items: IdMap) -> None:
        columns = files.get("columns", np.int32)
        if len(columns) and not 0 <= columns.min() <= columns.max() < len(items):
            raise ModelDamaged(f"{files.path / 'columns.npy'} names items that there are not.")
        self._B = files.get("B", np.float32, (len(columns), len(columns)))
        self._columns = np.asarray(columns)
        self._position = _position(columns, len(items))


def _position(columns: NDArray[np.int64] | NDArray[np.int32], n_items: int) -> NDArray[np.int32]:
    position = np.full(n_items, -1, dtype=np.int32)
    position[columns] = np.arange(len(columns), dtype=np.int32)
    return position


def _solve(X: Histories, l2: float, progress: Progress) -> NDArray[np.float32]:
    """Return B, C-ordered float32[n, n], from the binary X, without a second matrix of its size."""
    n = X.shape[1]
    G = np.empty((n, n), dtype=np.float32)
    for first, last, block in cooccurrence_blocks(X, upper=True):
        G[first:last, first:] = block
        progress(0.5 * last / n, "EASE counts likes in common.")
    if n == 0:
        return G
    G.flat[:: n + 1] += np.float32(l2)
    progress(0.5, "EASE inverts the item matrix.")
    # LAPACK thinks in Fortran order: its lower triangle of G.T is our upper triangle of G.
    factor, failed = spotrf(G.T, lower=1, clean=0, overwrite_a=1)
    if failed:
        raise InvalidConfig(f"An l2 of {l2} is too small for float32 here; choose a larger one.")
    progress(0.7, "EASE inverts the item matrix.")
    P_transposed, _ = spotri(factor, lower=1, overwrite_c=1)
    P = P_transposed.T
    for first in range(0, n, _TILE):
        last = min(first + _TILE, n)
        corner = P[first:last, first:last]
        below = np.tril_indices(last - first, -1)
        corner[below] = corner.T[below]
        P[last:, first:last] = P[first:last, last:].T
    P *= -1.0 / np.diagonal(P)
    P.flat[:: n + 1] = 0.0
    return np.ascontiguousarray(P)  # the same memory, since LAPACK worked in place
