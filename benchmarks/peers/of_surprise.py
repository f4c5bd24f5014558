"""Surprise: SVD and SVD++ of ratings."""

from __future__ import annotations

from typing import Any

import numpy as np
from surprise import SVD, Dataset, Reader, SVDpp

from benchmarks.peers.contender import SEED


class _Surprise:
    def __init__(self, algorithm: Any) -> None:
        self.algorithm = algorithm

    def fit(self, users: Any, items: Any, ratings: Any) -> None:
        import pandas as pd  # noqa: PLC0415 - Surprise reads nothing else, and does not ask for it

        frame = pd.DataFrame({"user": users, "item": items, "rating": ratings})
        data = Dataset.load_from_df(frame, Reader(rating_scale=(0.5, 5.0)))
        self.algorithm.fit(data.build_full_trainset())

    def rate(self, users: Any, items: Any) -> Any:
        pairs = zip(users.tolist(), items.tolist(), strict=True)
        return np.array([self.algorithm.predict(user, item).est for user, item in pairs])


def _tuned() -> _Surprise:
    return _Surprise(SVD(n_factors=100, n_epochs=40, lr_all=0.007, reg_all=0.07, random_state=SEED))


CONTENDERS = {
    "SVD": lambda: _Surprise(SVD(random_state=SEED)),
    "SVD, tuned": _tuned,
    "SVD++": lambda: _Surprise(SVDpp(random_state=SEED, cache_ratings=True)),
}
