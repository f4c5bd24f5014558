"""SVD beside slow float64 loops, its own promises, and the contract of all models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse import csr_array

from moviverse_engine.evaluation import measure_ratings, random_ratings
from moviverse_engine.interactions import Interactions, history
from moviverse_engine.models import Popularity, factorisation, svd
from moviverse_engine.models.errors import InvalidConfig, ModelDamaged
from moviverse_engine.models.svd import SVD, SVDConfig
from moviverse_engine.testing import (
    NEW_ITEM,
    ModelContract,
    sample_features,
    sample_interactions,
)

if TYPE_CHECKING:
    from pathlib import Path


class TestSVDContract(ModelContract):
    def make(self) -> SVD:
        return SVD(SVDConfig(rank=3))


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def table(dense: np.ndarray) -> Interactions:
    """Turn a table of ratings, 0 where there is none, into interactions; items are 0, 1, 2..."""
    users, items = dense.nonzero()
    return Interactions.from_columns(
        users, items, dense[users, items], np.zeros(len(users), dtype=np.int64)
    )


def tastes(n_users: int = 40, n_items: int = 15) -> np.ndarray:
    """Return a table of ratings that two factors, biases and noise made."""
    draw = np.random.default_rng(6)
    true = draw.normal(size=(n_users, 2)) @ draw.normal(size=(2, n_items))
    true += 3 + draw.normal(size=(n_users, 1)) * 0.5 + draw.normal(size=n_items) * 0.5
    noisy = true + draw.normal(size=true.shape) * 0.3
    rated = draw.random(true.shape) < 0.6
    rated[0] = rated[:, 0] = True
    stars: np.ndarray = np.where(rated, np.clip(np.round(noisy * 2) / 2, 0.5, 5.0), 0.0)
    return stars


class SlowSide:
    """People or items, one at a time, with full matrices and general inverses."""

    def __init__(self, rated: np.ndarray, l2: float, means: np.ndarray) -> None:
        self.rated, self.l2, self.means = rated, l2, means.copy()
        self.F = rated / np.sqrt(np.maximum(rated.sum(axis=1, keepdims=True), 1))
        self.mean = means.mean(axis=0)
        self.map = np.zeros((rated.shape[1], means.shape[1]))
        self.covariances = [0.01 * np.eye(means.shape[1]) for _ in means]
        self._learn_precision(floor=0.0)

    def _learn_precision(self, floor: float = 0.01) -> None:
        self.before = self.mean + self.F @ self.map
        spread = floor * np.eye(len(self.mean))
        for row, covariance in enumerate(self.covariances):
            surplus = self.means[row] - self.before[row]
            spread = spread + np.outer(surplus, surplus) + covariance
        self.precision = np.linalg.inv(spread / len(self.means))

    def moments(self) -> list[np.ndarray]:
        return [
            np.outer(mean, mean) + covariance
            for mean, covariance in zip(self.means, self.covariances, strict=True)
        ]

    def update(self, r: np.ndarray, Q: np.ndarray, W: list[np.ndarray], alpha: float) -> None:
        for row in range(len(self.means)):
            normal, linear = self.precision.copy(), self.precision @ self.before[row]
            for column in np.flatnonzero(self.rated[row]):
                normal += alpha * W[column]
                linear += alpha * r[row, column] * Q[column]
            self.covariances[row] = np.linalg.inv(normal)
            self.means[row] = self.covariances[row] @ linear

    def learn(self) -> None:
        self.mean = self.means.mean(axis=0)
        gram = self.F.T @ self.F + self.l2 * np.eye(self.F.shape[1])
        self.map = np.linalg.inv(gram) @ self.F.T @ (self.means - self.mean)
        self._learn_precision()


def slow_predictions(stars: np.ndarray, config: SVDConfig, asked: np.ndarray) -> np.ndarray:
    """Train on a table and predict all ratings of the people of another, in loops and float64."""
    rated = (stars > 0).astype(float)
    mu = stars[stars > 0].mean()
    r = np.where(stars > 0, stars - mu, 0.0)
    P, Q = (each.astype(float) for each in first_factors(r, rated, config.rank))
    alpha = rated.sum() / (r**2).sum()
    people = SlowSide(rated, config.history_l2, P)
    items = SlowSide(rated.T, config.audience_l2, Q)
    items.covariances = [0.0 * each for each in items.covariances]
    for _ in range(config.iterations):
        people.update(r, items.means, items.moments(), alpha)
        people.learn()
        items.update(r.T, people.means, people.moments(), alpha)
        items.learn()
        error = 1.0
        W, V = people.moments(), items.moments()
        for u, i in zip(*rated.nonzero(), strict=True):
            error += r[u, i] ** 2 - 2 * r[u, i] * people.means[u] @ items.means[i]
            error += np.trace(W[u] @ V[i])
        alpha = (rated.sum() + 1) / error
    new = SlowSide((asked > 0).astype(float), 1.0, np.zeros((len(asked), P.shape[1])))
    new.before = people.mean + new.F @ people.map
    new.precision = people.precision
    new.update(np.where(asked > 0, asked - mu, 0.0), items.means, items.moments(), alpha)
    predicted: np.ndarray = mu + new.means @ items.means.T
    return predicted


def first_factors(r: np.ndarray, rated: np.ndarray, rank: int) -> tuple[np.ndarray, np.ndarray]:
    b_u, b_i = np.zeros(len(r)), np.zeros(r.shape[1])
    for _ in range(5):
        b_i = (rated * (r - b_u[:, None])).sum(axis=0) / (rated.sum(axis=0) + 4)
        b_u = (rated * (r - b_i)).sum(axis=1) / (rated.sum(axis=1) + 4)
    U, S, Vt = np.linalg.svd(rated * (r - b_u[:, None] - b_i), full_matrices=False)
    U, V = U[:, :rank] * np.sqrt(S[:rank]), Vt[:rank].T * np.sqrt(S[:rank])
    P = np.column_stack([b_u, np.ones(len(r)), U])
    return P, np.column_stack([np.ones(r.shape[1]), b_i, V])


@pytest.mark.parametrize("rank", [0, 2, 50])
def test_svd_agrees_with_loops(rank: int) -> None:
    stars = tastes()
    config = SVDConfig(rank=rank, iterations=4, history_l2=3.0, audience_l2=1.5)
    model = SVD(config).fit(table(stars), rng=rng())
    asked = np.vstack([stars[:3], np.zeros(15)])
    expected = slow_predictions(stars, config, asked)
    histories = csr_array(asked.astype(np.float32))
    found = model.predict_ratings(histories, np.arange(15))
    np.testing.assert_allclose(found, np.clip(expected, 0.5, 5.0), atol=2e-3)
    mu = stars[stars > 0].mean()
    np.testing.assert_allclose(model.score(histories), expected - mu, atol=2e-3)


def test_many_people_at_once_are_learnt_and_placed_in_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stars = tastes()
    histories = csr_array(stars.astype(np.float32))
    whole = SVD(SVDConfig(rank=2, iterations=3)).fit(table(stars), rng=rng())
    for module in (factorisation, svd):
        monkeypatch.setattr(module, "BLOCK", 7)
    parts = SVD(SVDConfig(rank=2, iterations=3)).fit(table(stars), rng=rng())
    np.testing.assert_allclose(parts.score(histories), whole.score(histories), atol=1e-4)


def test_the_first_factors_of_large_data_are_the_same_singular_vectors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stars = tastes(60, 30)
    config = SVDConfig(rank=3, iterations=3)
    dense = SVD(config).fit(table(stars), rng=rng())
    monkeypatch.setattr(factorisation, "_DENSE", 1)
    sparse = SVD(config).fit(table(stars), rng=rng())
    histories = csr_array(stars[:5].astype(np.float32))
    np.testing.assert_allclose(sparse.score(histories), dense.score(histories), atol=1e-3)


def test_ridge_solves_what_it_says() -> None:
    draw = np.random.default_rng(1)
    F = csr_array((draw.random((30, 12)) < 0.3).astype(np.float32))
    Y = draw.normal(size=(30, 4)).astype(np.float32)
    Y[:, 2] = 0
    found = factorisation.ridge(F, Y, np.float32(2.0), np.zeros_like(Y))
    expected = np.linalg.solve((F @ F.T).toarray() + 2 * np.eye(30), Y)
    np.testing.assert_allclose(found, expected, atol=1e-3)
    again = factorisation.ridge(F, Y, np.float32(2.0), found)
    np.testing.assert_allclose(again, expected, atol=1e-3)


def test_packing_keeps_symmetric_matrices() -> None:
    draw = np.random.default_rng(1).normal(size=(3, 4, 4)).astype(np.float32)
    symmetric = draw + draw.transpose(0, 2, 1)
    packed = factorisation.pack(symmetric)
    assert packed.shape == (3, 10)
    np.testing.assert_array_equal(factorisation.unpacked(packed, 4), symmetric)


def test_hidden_ratings_are_predicted_far_better_than_by_the_baseline() -> None:
    split = random_ratings(table(tastes(200, 30)))
    errors = [
        measure_ratings(model.fit(split.train, rng=rng()), split).rmse
        for model in (SVD(SVDConfig(rank=2)), Popularity())
    ]
    assert errors[0] < 0.6 * errors[1]


def test_predictions_stay_within_the_ratings_that_were_seen() -> None:
    stars = np.where(tastes() > 0, np.clip(tastes(), 2.0, 4.0), 0.0)
    model = SVD(SVDConfig(rank=2)).fit(table(stars), rng=rng())
    love, hate = (csr_array(np.full((1, 15), each, dtype=np.float32)) for each in (5.0, 0.5))
    assert model.score(love).max() > 1.5
    assert model.predict_ratings(love, np.arange(15)).max() == 4.0
    assert model.predict_ratings(hate, np.arange(15)).min() == 2.0


def test_a_surprise_says_more_than_what_was_expected() -> None:
    model = SVD(SVDConfig(rank=1)).fit(sample_interactions(), rng=rng())
    asked, _ = history(model.items, {100: 0.5, 103: 3.5})
    strongest = next(e for e in model.explain(asked, 6) if e.kind == "item")
    assert strongest.index == 0
    assert strongest.value < 0


def test_somebody_without_a_history_is_told_how_far_films_stand_above_the_mean() -> None:
    model = SVD().fit(table(np.array([[5.0, 1.0], [5.0, 1.0], [4.0, 2.0]])), rng=rng())
    empty, _ = history(model.items, {})
    scores = model.score(empty)[0]
    assert scores[0] > 0 > scores[1]
    assert [each.kind for each in model.explain(empty, 0)] == ["prior"]
    np.testing.assert_allclose(model.predict_ratings(empty, [0, 1])[0], scores + 3.0, rtol=1e-6)


def test_one_rating_alone_is_enough_to_train() -> None:
    model = SVD().fit(Interactions.from_columns([1], [1], [4.0], [0]), rng=rng())
    asked, _ = history(model.items, {1: 4.0})
    np.testing.assert_array_equal(model.predict_ratings(asked, [0]), [[4.0]])


def test_without_any_rating_the_middle_of_the_scale_is_predicted() -> None:
    nothing = Interactions.from_columns([], [], [], [])
    model = SVD().fit(nothing, sample_features(), rng=rng())
    asked, _ = history(model.items, {NEW_ITEM: 1.0})
    assert model.predict_ratings(asked, [0, 3]).tolist() == [[2.75, 2.75]]


def test_senseless_settings_are_refused() -> None:
    with pytest.raises(InvalidConfig, match="rank"):
        SVDConfig(rank=-1)
    with pytest.raises(InvalidConfig, match="iterations"):
        SVDConfig(iterations=0)
    with pytest.raises(InvalidConfig, match="positive"):
        SVDConfig(audience_l2=0.0)
    with pytest.raises(InvalidConfig, match="positive"):
        SVDConfig(history_l2=float("inf"))


def test_parts_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    SVD(SVDConfig(rank=2)).fit(table(tastes()), rng=rng()).save(tmp_path)
    np.save(tmp_path / "people_mean.npy", np.zeros(9, np.float32))
    with pytest.raises(ModelDamaged, match="shape"):
        SVD.load(tmp_path)


def test_biases_alone_are_learnt_of_many_people_and_items_too() -> None:
    draws = np.random.default_rng(2)
    users, items = draws.integers(250, size=3_000), draws.integers(220, size=3_000)
    stars = draws.choice([2.0, 3.0, 5.0], 3_000)
    data = Interactions.from_columns(users, items, stars, np.zeros(3_000, dtype=np.int64))
    model = SVD(SVDConfig(rank=0, iterations=2)).fit(data, rng=draws)
    scores = model.score(data.matrix()[:5])
    assert scores.shape == (5, 220)
    assert bool(np.all(np.isfinite(scores)))


def test_ratings_that_are_all_the_same_are_predicted_as_they_are() -> None:
    draws = np.random.default_rng(3)
    users, items = draws.integers(250, size=3_000), draws.integers(220, size=3_000)
    data = Interactions.from_columns(users, items, np.full(3_000, 5.0), np.zeros(3_000, np.int64))
    model = SVD(SVDConfig(iterations=3)).fit(data, rng=draws)
    predicted = model.predict_ratings(data.matrix()[:5], np.arange(220))
    np.testing.assert_allclose(predicted, 5.0, atol=1e-3)
