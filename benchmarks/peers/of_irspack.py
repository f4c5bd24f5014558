"""irspack: EASE (its DenseSLIM), iALS and RP3beta, each with a score of people not in the training."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from irspack.recommenders import DenseSLIMRecommender, IALSRecommender, RP3betaRecommender
from scipy.sparse import csr_matrix

from benchmarks.peers.contender import SEED, SHOWN


class _Irspack:
    recommender: ClassVar[Any]
    settings: ClassVar[dict[str, object]]

    def fit(self, X: Any) -> None:
        self.model = self.recommender(csr_matrix(X), **self.settings)
        self.model.learn()

    def scores(self, H: Any) -> Any:
        return self.model.get_score_cold_user(csr_matrix(H))

    def top(self, h: Any) -> object:
        scores = self.model.get_score_cold_user_remove_seen(csr_matrix(h))[0]
        best = np.argpartition(scores, -SHOWN)[-SHOWN:]
        return best[np.argsort(-scores[best])]


class EASE(_Irspack):
    recommender = DenseSLIMRecommender
    settings: ClassVar = {"reg": 700.0}


class IALS(_Irspack):
    recommender = IALSRecommender
    settings: ClassVar = {
        "n_components": 256,
        "alpha0": 0.2,
        "reg": 0.01,
        "nu": 1.0,
        "train_epochs": 16,
        "n_threads": 1,
        "random_seed": SEED,
    }


class RP3beta(_Irspack):
    recommender = RP3betaRecommender
    settings: ClassVar = {"alpha": 1.0, "beta": 0.6, "top_k": 200, "n_threads": 1}


CONTENDERS = {"EASE": EASE, "iALS": IALS, "RP3beta": RP3beta}
