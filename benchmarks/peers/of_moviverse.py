"""The engine's own models with the settings they are shipped with."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from benchmarks.peers.contender import SEED, SHOWN
from moviverse_engine.interactions import Interactions
from moviverse_engine.models import registry
from moviverse_engine.rerank import top_k

LIKED = 5.0


class Ranker:
    def __init__(self, name: str) -> None:
        self.model = registry.find(name)()

    def fit(self, X: Any) -> None:
        rows = np.repeat(np.arange(X.shape[0]), np.diff(X.indptr))
        ones, never = np.full(X.nnz, LIKED, np.float32), np.zeros(X.nnz, np.int64)
        likes = Interactions.from_columns(rows, X.indices, ones, never)
        self.model.fit(likes, rng=np.random.default_rng(SEED))

    def scores(self, H: Any) -> Any:
        return self.model.score(_liked(H))

    def top(self, h: Any) -> object:
        return top_k(self.model.score(_liked(h))[0], SHOWN, exclude=h.indices)


class SVD:
    def __init__(self) -> None:
        self.model = registry.find("SVD")()

    def fit(self, users: Any, items: Any, ratings: Any) -> None:
        self.train = Interactions.from_columns(
            users, items, ratings, np.zeros(len(users), np.int64)
        )
        self.model.fit(self.train, rng=np.random.default_rng(SEED))

    def rate(self, users: Any, items: Any) -> Any:
        people, asked = np.unique(users, return_inverse=True)
        histories = self.train.matrix()[self.train.users.rows(people)]
        known = np.maximum(self.model.items.rows(items), 0)
        everything = self.model.predict_ratings(histories, np.arange(len(self.model.items)))
        return everything[asked, known]


def _liked(histories: Any) -> Any:
    parts = (np.full(histories.nnz, LIKED, np.float32), histories.indices, histories.indptr)
    return csr_array(parts, shape=histories.shape)


RANKERS = ("Popularity", "ItemKNN", "EASE", "iALS", "Hybrid")
CONTENDERS = {"SVD": SVD, **{name: partial(Ranker, name) for name in RANKERS}}
