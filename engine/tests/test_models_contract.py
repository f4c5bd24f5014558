from __future__ import annotations

import numpy as np

from moviverse_engine.models import (
    EASE,
    Content,
    EASEConfig,
    Hybrid,
    ItemKNN,
    ItemKNNConfig,
    Popularity,
)
from moviverse_engine.testing import (
    ModelContract,
    sample_features,
    sample_interactions,
)


class TestPopularityContract(ModelContract):
    def make(self) -> Popularity:
        return Popularity()


class TestItemKNNContract(ModelContract):
    def make(self) -> ItemKNN:
        return ItemKNN(ItemKNNConfig(neighbours=5))


class TestItemKNNCosineContract(ModelContract):
    def make(self) -> ItemKNN:
        return ItemKNN(ItemKNNConfig(weighting="cosine", neighbours=500))


class TestEASEContract(ModelContract):
    def make(self) -> EASE:
        return EASE(EASEConfig(l2=10.0))


class TestContentContract(ModelContract):
    def make(self) -> Content:
        return Content()


class TestHybridContract(ModelContract):
    def make(self) -> Hybrid:
        return Hybrid()


def test_every_model_finds_the_taste_that_was_put_in() -> None:
    data, features = sample_interactions(), sample_features()
    for model in (ItemKNN(), EASE(EASEConfig(l2=10.0)), Content(), Hybrid()):
        model.fit(data, features, rng=np.random.default_rng(0))
        rows, _ = model.similar(0, 3)
        assert {int(row) % 3 for row in rows} == {0}, model.name
