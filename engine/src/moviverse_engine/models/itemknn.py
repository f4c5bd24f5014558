"""Item neighbours: films liked by the same people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from scipy.sparse import csr_array

from moviverse_engine.models.base import Model, Training
from moviverse_engine.models.breakdown import Breakdown, Reading
from moviverse_engine.models.config import LikesConfig
from moviverse_engine.models.gathering import entries, is_one_short_history
from moviverse_engine.models.likes import cooccurrence_blocks, likes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories, IdMap
    from moviverse_engine.models.likes import Square
    from moviverse_engine.models.storage import Folder


@dataclass(frozen=True, kw_only=True)
class ItemKNNConfig(LikesConfig):
    """Set ItemKNN.

    Attributes:
        neighbours: how many neighbours speak for an item.
        weighting: "cosine", or "bm25" for weights of Okapi BM25 with people as documents' terms.
        shrink: likes in common that are taken as chance (cosine).
        asymmetry: Aiolli's alpha; 0.5 is the plain cosine (cosine).
        bm25_k1: how fast repeated or rare evidence saturates (bm25).
        bm25_b: how much an item's many likes count against each one (bm25).
    """

    neighbours: int = 200
    weighting: Literal["cosine", "bm25"] = "bm25"
    shrink: float = 10.0
    asymmetry: float = 0.5
    bm25_k1: float = 0.5
    bm25_b: float = 0.4

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require(self.neighbours >= 1, "neighbours is at least 1")
        self.require(self.shrink >= 0, "shrink is not negative")
        self.require(0 <= self.asymmetry <= 1, "asymmetry is within 0 and 1")
        self.require(self.bm25_k1 >= 0, "bm25_k1 is not negative")
        self.require(0 <= self.bm25_b <= 1, "bm25_b is within 0 and 1")


class ItemKNN(Model[ItemKNNConfig]):
    """Score item j by the sum of s_ij over the liked items i that are among j's nearest.

    s_ij = c_ij / (n_i^alpha n_j^(1-alpha) + shrink), where c_ij counts people who like both and n_i
    those who like i (Sarwar et al., WWW 2001; alpha: Aiolli, RecSys 2013); or s_ij is the product
    of the items' BM25 vectors over people (Robertson & Walker 1994).
    """

    name = "ItemKNN"
    config_type: ClassVar = ItemKNNConfig

    def _fit(self, training: Training) -> None:
        config, n_items = self.config, len(training.items)
        X = likes(training.interactions.matrix(), config.like_threshold)
        n = np.bincount(X.indices, minlength=X.shape[1]).astype(np.float32)
        if config.weighting == "bm25":
            X = _bm25(X, n, config)
        sources, targets, values = [], [], []
        for first, last, block in cooccurrence_blocks(X, upper=False):
            if config.weighting == "cosine":
                alpha = config.asymmetry
                scale = n**alpha * (n[first:last, None] ** (1 - alpha)) + config.shrink
                block = np.divide(block, scale, out=block, where=block > 0)  # noqa: PLW2901
            block[np.arange(last - first), np.arange(first, last)] = 0.0
            row, source = _strongest(block, config.neighbours)
            sources.append(source)
            targets.append(row + first)
            values.append(block[row, source])
            training.progress(last / X.shape[1], "ItemKNN compares items.")
        i, j = (np.concatenate([np.empty(0, np.int64), *parts]) for parts in (sources, targets))
        weights = np.concatenate([np.empty(0, np.float32), *values])
        self._S: Square = csr_array(
            (weights, (i.astype(np.int32), j.astype(np.int32))), shape=(n_items, n_items)
        )

    def _score(self, histories: Histories) -> NDArray[np.float32]:
        if is_one_short_history(histories):
            return self.reading(histories).scores[None, :]
        liked = likes(histories, self.config.like_threshold)
        return np.asarray((liked @ self._S).todense(), dtype=np.float32)

    def reading(self, history: Histories) -> Reading:
        """Do as `Model.reading`, gathering the neighbours of the history once."""
        history = self._checked_one(history)
        spoken = np.flatnonzero(history.data >= self.config.like_threshold)
        owner, columns, values = entries(self._S, history.indices[spoken])
        scores = np.bincount(columns, weights=values, minlength=history.shape[1])

        def breakdown(items: NDArray[np.int64]) -> Breakdown:
            parts = Breakdown.empty(history, len(items))
            asked, repeated = np.unique(items, return_inverse=True)
            position = np.full(history.shape[1], -1, dtype=np.int64)
            position[asked] = np.arange(len(asked))
            found = np.flatnonzero(position[columns] >= 0)
            by_asked = np.zeros((len(asked), len(history.indices)), dtype=np.float32)
            by_asked[position[columns[found]], spoken[owner[found]]] = values[found]
            parts.by_item[:] = by_asked[repeated]
            return parts

        return Reading(scores.astype(np.float32), breakdown)

    def _breakdown(self, history: Histories, items: NDArray[np.int64]) -> Breakdown:
        return self.reading(history).breakdown(items)

    def _save(self, files: Folder) -> None:
        files.put_sparse("S", self._S)

    def _load(self, files: Folder, items: IdMap) -> None:
        self._S = files.get_sparse("S", (len(items), len(items)))


def _bm25(X: Histories, n: NDArray[np.float32], config: ItemKNNConfig) -> Histories:
    """Weigh binary likes: people with many likes say less, and so do likes of popular items."""
    people = np.diff(X.indptr)
    idf = np.maximum(np.log(X.shape[1] / (1.0 + people)), 0.0)
    average = max(X.nnz / max(len(n), 1), 1.0)
    length = 1.0 - config.bm25_b + config.bm25_b * n / average
    saturated = (config.bm25_k1 + 1.0) / (config.bm25_k1 * length + 1.0)
    data = np.repeat(idf, people) * saturated[X.indices]
    return csr_array((data.astype(np.float32), X.indices, X.indptr), shape=X.shape)


def _strongest(block: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (row, column) of the k largest positive entries of each row; ties by column."""
    if k < block.shape[1]:
        least = np.partition(block, block.shape[1] - k, axis=1)[:, -k, None]
        surplus = np.count_nonzero(block >= least, axis=1) > k
        for row in np.flatnonzero(surplus):  # cut what ties with the last place
            tied = np.flatnonzero(block[row] == least[row])
            above = int(np.count_nonzero(block[row] > least[row]))
            block[row, tied[k - above :]] = 0.0
        keep = (block >= least) & (block > 0)
    else:
        keep = block > 0
    rows, columns = np.nonzero(keep)
    return rows, columns
