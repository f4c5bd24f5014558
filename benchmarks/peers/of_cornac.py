"""cornac: EASE; its matrix is given the histories of the people asked."""

from __future__ import annotations

from typing import Any

import numpy as np
from cornac import models
from cornac.data import Dataset
from scipy.sparse import csr_matrix

from benchmarks.peers.contender import SHOWN


class EASE:
    def fit(self, X: Any) -> None:
        rows = np.repeat(np.arange(X.shape[0]), np.diff(X.indptr))
        likes = zip(rows.tolist(), X.indices.tolist(), [1.0] * X.nnz, strict=True)
        data = Dataset.from_uir(list(likes))
        self.columns = np.array([data.iid_map[item] for item in range(X.shape[1])])
        self.items = np.argsort(self.columns)
        self.model = models.EASE(lamb=700, posB=False, verbose=False)
        self.model.fit(data)

    def scores(self, H: Any) -> Any:
        known = csr_matrix(H)[:, self.items]
        return (known @ self.model.B)[:, self.columns]

    def top(self, h: Any) -> object:
        self.model.U = csr_matrix(h)[:, self.items]
        ranked = self.model.rank(0)[0]
        return ranked[~np.isin(ranked, self.model.U.indices)][:SHOWN]


CONTENDERS = {"EASE": EASE}
