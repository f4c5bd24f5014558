"""What EASE keeps of its B: all of it, or a dense head and a sparse rest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal, Self, TypeAlias

import numpy as np
from scipy.sparse import csr_array

from moviverse_engine.models.errors import ModelDamaged
from moviverse_engine.models.gathering import entries

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories
    from moviverse_engine.models.likes import Square
    from moviverse_engine.models.storage import Folder

csr_matvecs: Callable[..., None] | None
try:
    from scipy.sparse import _sparsetools

    csr_matvecs = _sparsetools.csr_matvecs
except (ImportError, AttributeError):  # scipy does not promise these names
    csr_matvecs = None

_MANY = 1_000  # people for whom it pays to copy B
_WIDTH = 256  # columns of B of which all rows stay in the processor's cache


@dataclass(frozen=True)
class DenseWeights:
    """Hold B, C-ordered float32[n_inputs, n_targets]."""

    form: ClassVar[Literal["dense", "sparse"]] = "dense"

    B: NDArray[np.float32]

    def sum(self, inputs: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return the sum of some rows of B, float32[n_targets]."""
        return sum_of_rows(self.B, inputs)

    def sums(self, X: Histories) -> NDArray[np.float32]:
        """Return X B, float32[n_users, n_targets]."""
        return product(X, self.B)

    def values(self, inputs: NDArray[np.int32], targets: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return B of some inputs and targets, float32[len(inputs), len(targets)]."""
        found: NDArray[np.float32] = self.B[np.ix_(inputs, targets)]
        return found

    def save(self, files: Folder) -> None:
        files.put("B", self.B)

    @classmethod
    def load(cls, files: Folder, n_inputs: int, n_targets: int) -> Self:
        return cls(files.get("B", np.float32, (n_inputs, n_targets)))


@dataclass(frozen=True)
class SparseWeights:
    """Hold B as the sum of two: dense among the inputs of the head, sparse for all others.

    Attributes:
        head: int64[n_head], inputs in ascending order.
        B: C-ordered float32[n_head, n_head_targets]; these targets are the head's first inputs.
        rest: csr float32[n_inputs, n_targets], nothing where B has its own.
    """

    form: ClassVar[Literal["dense", "sparse"]] = "sparse"

    head: NDArray[np.int64]
    B: NDArray[np.float32]
    rest: Square

    def sum(self, inputs: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return the sum of some rows of B, float32[n_targets]."""
        _, targets, values = entries(self.rest, inputs)
        rare = np.bincount(targets, weights=values, minlength=self.rest.shape[1])
        total = rare.astype(np.float32)
        of_head = self._place[inputs]
        total[self.head[: self.B.shape[1]]] += sum_of_rows(self.B, of_head[of_head >= 0])
        return total

    def sums(self, X: Histories) -> NDArray[np.float32]:
        """Return X B, float32[n_users, n_targets]."""
        sums = (X @ self.rest).toarray()
        sums[:, self.head[: self.B.shape[1]]] += product(self._of_head(X), self.B)
        return sums

    def values(self, inputs: NDArray[np.int32], targets: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return B of some inputs and targets, float32[len(inputs), len(targets)]."""
        place = np.full(self.rest.shape[1], -1, dtype=np.int64)
        asked, repeated = np.unique(targets, return_inverse=True)
        place[asked] = np.arange(len(asked))
        owner, columns, stored = entries(self.rest, inputs)
        known = np.flatnonzero(place[columns] >= 0)
        found = np.zeros((len(inputs), len(asked)), dtype=np.float32)
        found[owner[known], place[columns[known]]] = stored[known]
        rows, columns = self._place[inputs], self._place[asked]
        i, j = np.flatnonzero(rows >= 0), np.flatnonzero(columns >= 0)
        found[np.ix_(i, j)] = self.B[np.ix_(rows[i], columns[j])]
        return found[:, repeated]

    def save(self, files: Folder) -> None:
        files.put("head", self.head)
        files.put("B", self.B)
        files.put_sparse("rest", self.rest)

    @classmethod
    def load(cls, files: Folder, n_inputs: int, n_targets: int) -> Self:
        head = np.asarray(files.get("head", np.int64))
        if np.any(np.diff(head) <= 0) or (len(head) and not 0 <= head[0] <= head[-1] < n_inputs):
            raise ModelDamaged(f"{files.path / 'head.npy'} names inputs that there are not.")
        B = files.get("B", np.float32, (len(head), int(np.count_nonzero(head < n_targets))))
        return cls(head, B, files.get_sparse("rest", (n_inputs, n_targets)))

    @cached_property
    def _place(self) -> NDArray[np.int32]:
        """Give the place in the head of each input, -1 where it has none."""
        place = np.full(self.rest.shape[0], -1, dtype=np.int32)
        place[self.head] = np.arange(len(self.head), dtype=np.int32)
        return place

    def _of_head(self, X: Histories) -> Histories:
        columns = self._place[X.indices]
        inside = columns >= 0
        before = np.zeros(len(inside) + 1, dtype=np.int32)
        np.cumsum(inside, out=before[1:])
        parts = (X.data[inside], columns[inside], before[X.indptr])
        return csr_array(parts, shape=(X.shape[0], len(self.head)))


Weights: TypeAlias = DenseWeights | SparseWeights


def sum_of_rows(B: NDArray[np.float32], rows: NDArray[np.int32]) -> NDArray[np.float32]:
    """Return the sum of some rows of a C-ordered B, one added after the other.

    It is the product of a sparse row of ones and B, without the sparse row: to make one, and for
    scipy to look at it, takes as long as to add up. Gathering the rows takes twice as long.
    """
    if csr_matvecs is None:
        gathered: NDArray[np.float32] = B[rows].sum(axis=0)
        return gathered
    total = np.zeros(B.shape[1], dtype=np.float32)
    bounds = np.array([0, len(rows)], dtype=np.int32)
    ones = np.ones(len(rows), dtype=np.float32)
    csr_matvecs(1, len(B), len(total), bounds, rows, ones, B.ravel(), total)
    return total


def product(X: Histories, B: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return X B, dense; for many people by groups of columns, each group in the cache at once."""
    if X.shape[0] < _MANY:
        sums: NDArray[np.float32] = X @ B
        return sums
    sums = np.empty((X.shape[0], B.shape[1]), dtype=np.float32)
    for first in range(0, B.shape[1], _WIDTH):
        columns = slice(first, first + _WIDTH)
        sums[:, columns] = X @ np.ascontiguousarray(B[:, columns])
    return sums
