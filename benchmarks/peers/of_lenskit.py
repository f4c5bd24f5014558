"""LensKit: EASE and implicit ALS on histories of a query, biased ALS on ratings."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pandas as pd
from lenskit.als import BiasedMFScorer, ImplicitMFScorer
from lenskit.data import ItemList, RecQuery, from_interactions_df
from lenskit.knn.ease import EASEScorer
from lenskit.training import TrainingOptions

from benchmarks.peers.contender import SEED, SHOWN


class _Ranker:
    scorer: ClassVar[Any]
    settings: ClassVar[dict[str, object]]

    def fit(self, X: Any) -> None:
        rows = np.repeat(np.arange(X.shape[0]), np.diff(X.indptr))
        data = from_interactions_df(pd.DataFrame({"user_id": rows, "item_id": X.indices}))
        self.model = self.scorer(**self.settings)
        self.model.train(data, TrainingOptions(rng=SEED))
        self.items = ItemList(item_ids=np.arange(X.shape[1]), vocabulary=data.items)

    def scores(self, H: Any) -> Any:
        return np.vstack([self._one(H.indices[slice(*bounds)]) for bounds in _rows(H)])

    def top(self, h: Any) -> object:
        scores = self._one(h.indices)
        scores[h.indices] = -np.inf
        best = np.argpartition(scores, -SHOWN)[-SHOWN:]
        return best[np.argsort(-scores[best])]

    def _one(self, history: Any) -> Any:
        query = RecQuery(history_items=ItemList(item_ids=history))
        return self.model(query, self.items).scores().copy()


class EASE(_Ranker):
    scorer = EASEScorer
    settings: ClassVar = {"regularization": 700.0}


class IALS(_Ranker):
    scorer = ImplicitMFScorer
    settings: ClassVar = {
        "embedding_size": 256,
        "weight": 10.0,
        "regularization": 40.0,
        "epochs": 15,
    }


class BiasedMF:
    def fit(self, users: Any, items: Any, ratings: Any) -> None:
        frame = pd.DataFrame({"user_id": users, "item_id": items, "rating": ratings})
        self.model = BiasedMFScorer(embedding_size=64, epochs=20)
        self.model.train(from_interactions_df(frame), TrainingOptions(rng=SEED))
        self.usual = float(ratings.mean())

    def rate(self, users: Any, items: Any) -> Any:
        predicted = np.full(len(users), np.nan)
        order = np.argsort(users, kind="stable")
        people, starts = np.unique(users[order], return_index=True)
        for user, places in zip(people, np.split(order, starts[1:]), strict=True):
            query = RecQuery(user_id=user)
            predicted[places] = self.model(query, ItemList(item_ids=items[places])).scores()
        return np.where(np.isnan(predicted), self.usual, predicted)


def _rows(H: Any) -> Any:
    return zip(H.indptr[:-1].tolist(), H.indptr[1:].tolist(), strict=True)


CONTENDERS = {"EASE": EASE, "iALS": IALS, "BiasedMF": BiasedMF}
