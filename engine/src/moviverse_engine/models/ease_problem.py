"""What EASE and its relatives minimise: one ridge regression of all items on one another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moviverse_engine.features import ItemFeatures
    from moviverse_engine.interactions import Histories
    from moviverse_engine.models.base import Training
    from moviverse_engine.models.ease_config import EASEConfig

NONE = -1


@dataclass(frozen=True)
class Inputs:
    """Say which row of B speaks for an item that is liked, and which for one that is rated low.

    Attributes:
        like_threshold: the lowest rating that is a like.
        low_below: a rating under it that is no like is low; 0.0 where low ratings say nothing.
        likes: int32[n_targets], items of the first rows of B, and of its columns.
        lows: int32[n_lows], items of the rows after them.
        like_row: int32[n_items], the row of each item's like, or NONE.
        low_row: int32[n_items], the row of each item's low rating, or NONE.
    """

    like_threshold: float
    low_below: float
    likes: NDArray[np.int32]
    lows: NDArray[np.int32]
    like_row: NDArray[np.int32]
    low_row: NDArray[np.int32]

    @classmethod
    def of(
        cls,
        likes: NDArray[np.int32],
        lows: NDArray[np.int32],
        n_items: int,
        thresholds: tuple[float, float],
    ) -> Self:
        """Number the rows; `thresholds` are `like_threshold` and `low_below`."""
        like_row, low_row = (np.full(n_items, NONE, dtype=np.int32) for _ in range(2))
        like_row[likes] = np.arange(len(likes), dtype=np.int32)
        low_row[lows] = np.arange(len(lows), dtype=np.int32) + len(likes)
        return cls(*thresholds, likes, lows, like_row, low_row)

    def __len__(self) -> int:
        return len(self.likes) + len(self.lows)

    def rows(self, histories: Histories) -> NDArray[np.int32]:
        """Return the row of B of each entry of some histories, NONE where there is none."""
        rows = self.like_row[histories.indices]
        other = histories.data < self.like_threshold
        if np.count_nonzero(other):
            if len(self.lows):
                low = histories.data < self.low_below
                rows[other] = np.where(low, self.low_row[histories.indices], NONE)[other]
            else:
                rows[other] = NONE
        return rows

    def spoken(self, history: Histories) -> NDArray[np.int32]:
        """Return the rows of B that one history sums up."""
        rows = self.rows(history)
        return rows[rows >= 0]

    def matrix(self, histories: Histories) -> Histories:
        """Return ones where a history speaks: csr float32[n_users, len(self)]."""
        rows = self.rows(histories)
        spoken = rows >= 0
        indptr = histories.indptr
        if np.count_nonzero(spoken) < len(spoken):
            before = np.zeros(len(spoken) + 1, dtype=np.int32)
            np.cumsum(spoken, out=before[1:])
            rows, indptr = rows[spoken], before[indptr]
        ones = np.ones(len(rows), dtype=np.float32)
        return csr_array((ones, rows, indptr), shape=(histories.shape[0], len(self)))


@dataclass(frozen=True)
class Problem:
    """Minimise |Z_t - Z B|^2 + sum_i penalty_i |B_i|^2, then scale the columns of B.

    Z_t are the first n_targets columns of Z. B is 0 where an item would speak for itself, by its
    like or by its low rating.

    Attributes:
        Z: csr float32[n_rows, n_inputs].
        penalty: float32[n_inputs], positive.
        scale: float32[n_targets].
        partner: int32[n_targets], the input of the same item's low rating, or NONE.
    """

    Z: Histories
    penalty: NDArray[np.float32]
    scale: NDArray[np.float32]
    partner: NDArray[np.int32]

    @property
    def n_inputs(self) -> int:
        return self.Z.shape[1]

    @property
    def n_targets(self) -> int:
        return len(self.scale)

    @cached_property
    def counts(self) -> NDArray[np.float64]:
        """Give the diagonal of Z^T Z."""
        counts = np.bincount(self.Z.indices, weights=self.Z.data**2, minlength=self.n_inputs)
        return counts.astype(np.float64)

    def among(self, inputs: NDArray[np.int64]) -> Problem:
        """Return the same for some inputs alone, given in ascending order."""
        position = np.full(self.n_inputs + 1, NONE, dtype=np.int32)  # the last is NONE's own
        position[inputs] = np.arange(len(inputs), dtype=np.int32)
        targets = inputs[inputs < self.n_targets]
        return Problem(
            csr_array(self.Z[:, inputs]),
            self.penalty[inputs],
            self.scale[targets],
            position[self.partner[targets]],
        )


def pose(training: Training, config: EASEConfig) -> tuple[Inputs, Problem]:
    """Say what is to be learnt from the ratings and, where they have a weight, the features.

    X scaled by D^-a and solved with lambda is X itself solved with lambda D^2a, whose B is then
    scaled by D^-a from the right: so the scaling costs nothing.
    """
    features = training.features if config.feature_weight > 0 else None
    inputs = _inputs(training, config, features)
    Z = inputs.matrix(training.interactions.matrix())
    scale = _relative(np.bincount(Z.indices, minlength=len(inputs)), config.popularity_scaling)
    if config.activity_scaling:
        Z = _weighted(Z, config.activity_scaling)
    if features is not None:
        Z = _with_features(Z, features, inputs, config.feature_weight)
    penalty = config.l2 * scale**-2.0
    if config.dropout:
        squares = np.bincount(Z.indices, weights=Z.data**2, minlength=len(inputs))
        penalty += config.dropout / (1 - config.dropout) * squares
    problem = Problem(
        Z,
        penalty.astype(np.float32),
        scale[: len(inputs.likes)].astype(np.float32),
        inputs.low_row[inputs.likes],
    )
    return inputs, problem


def _inputs(training: Training, config: EASEConfig, features: ItemFeatures | None) -> Inputs:
    ratings, n_items = training.interactions.matrix(), len(training.items)
    liked = ratings.data >= config.like_threshold
    support = np.bincount(ratings.indices[liked], minlength=n_items)
    has_input = support >= config.min_support
    if features is not None:
        has_input |= np.diff(features.matrix.indptr) > 0
    lows = np.empty(0, dtype=np.int32)
    if config.signed:
        low = ratings.indices[~liked & (ratings.data < config.low_below)]
        often = np.bincount(low, minlength=n_items) >= config.min_support
        lows = np.flatnonzero(often).astype(np.int32)
    likes = np.flatnonzero(has_input).astype(np.int32)
    return Inputs.of(likes, lows, n_items, (config.like_threshold, config.low_below))


def _relative(n: NDArray[np.int64], power: float) -> NDArray[np.float64]:
    """Return (n / mean n)^-power; what never happened counts as happened once."""
    happened = np.maximum(n, 1)
    relative: NDArray[np.float64] = (happened / happened.mean() if len(n) else happened) ** -power
    return relative


def _weighted(Z: Histories, power: float) -> Histories:
    """Scale rows so that each counts n_u^-power times in Z^T Z, and all together as before."""
    n = np.diff(Z.indptr)
    weights = np.maximum(n, 1) ** -power
    weights *= n.sum() / max(float(weights @ n), 1.0)
    data = np.repeat(np.sqrt(weights), n).astype(np.float32)
    return csr_array((data, Z.indices, Z.indptr), shape=Z.shape)


def _with_features(
    Z: Histories, features: ItemFeatures, inputs: Inputs, weight: float
) -> Histories:
    """Put under Z one person for each feature, who likes the items that have it as far as they do."""
    by_item = features.matrix[inputs.likes]
    by_feature = csr_array(by_item.T)
    data = by_feature.data * np.float32(np.sqrt(weight))
    return csr_array(
        (
            np.concatenate([Z.data, data]),
            np.concatenate([Z.indices, by_feature.indices]),
            np.concatenate([Z.indptr, by_feature.indptr[1:] + Z.indptr[-1]]),
        ),
        shape=(Z.shape[0] + by_feature.shape[0], Z.shape[1]),
    )
