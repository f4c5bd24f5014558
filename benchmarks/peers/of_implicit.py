"""implicit: ALS with fold-in, BM25 neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np
from implicit.als import AlternatingLeastSquares
from implicit.nearest_neighbours import BM25Recommender
from scipy.sparse import csr_matrix

from benchmarks.peers.contender import SEED, SHOWN


class ALS:
    def fit(self, X: Any) -> None:
        self.model = AlternatingLeastSquares(
            factors=256,
            regularization=40.0,
            alpha=10.0,
            iterations=15,
            num_threads=1,
            random_state=SEED,
        )
        self.model.fit(csr_matrix(X), show_progress=False)

    def scores(self, H: Any) -> Any:
        factors = self.model.recalculate_user(np.arange(H.shape[0]), csr_matrix(H))
        return factors @ self.model.item_factors.T

    def top(self, h: Any) -> object:
        return self.model.recommend(
            0, csr_matrix(h), N=SHOWN, filter_already_liked_items=True, recalculate_user=True
        )


class BM25:
    def fit(self, X: Any) -> None:
        self.model = BM25Recommender(K=100, num_threads=1)
        self.model.fit(csr_matrix(X), show_progress=False)

    def scores(self, H: Any) -> Any:
        return (csr_matrix(H) @ self.model.similarity).toarray()

    def top(self, h: Any) -> object:
        return self.model.recommend(0, csr_matrix(h), N=SHOWN, filter_already_liked_items=True)


CONTENDERS = {"ALS": ALS, "BM25": BM25}
