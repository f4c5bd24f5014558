"""RecTools: EASE, asked of people who are in its data set but not in the training."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from rectools.dataset import Dataset, IdMap, Interactions
from rectools.models import EASEModel
from scipy.sparse import csr_matrix, vstack

from benchmarks.peers.contender import SHOWN


class EASE:
    def fit(self, X: Any) -> None:
        self.train = X
        self.items = IdMap(np.arange(X.shape[1]))
        self.model = EASEModel(regularization=700.0)
        self.model.fit(self._dataset(X))

    def meet(self, H: Any) -> None:
        """Add people to the data set: RecTools answers nobody else."""
        self.people = {row.tobytes(): place for place, row in enumerate(_rows(H))}
        self.known = self._dataset(vstack([csr_matrix(H), csr_matrix(self.train)]))

    def scores(self, H: Any) -> Any:
        return csr_matrix(H) @ self.model.weight

    def top(self, h: Any) -> object:
        person = np.array([self.people[h.indices.tobytes()]])
        return self.model.recommend(person, self.known, k=SHOWN, filter_viewed=True)

    def _dataset(self, likes: Any) -> Any:
        rows = np.repeat(np.arange(likes.shape[0]), np.diff(likes.indptr))
        frame = pd.DataFrame({"user_id": rows, "item_id": likes.indices, "weight": 1.0})
        frame["datetime"] = pd.Timestamp("2000-01-01")
        return Dataset(IdMap(np.arange(likes.shape[0])), self.items, Interactions(frame))


def _rows(H: Any) -> Any:
    return np.split(H.indices, H.indptr[1:-1])


CONTENDERS = {"EASE": EASE}
