"""EASE past its memory budget: beside loops, beside the dense form, and what it promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from moviverse_engine.interactions import Interactions, history
from moviverse_engine.models import EASE, EASEConfig, ease_weights
from moviverse_engine.models.errors import InvalidConfig, ModelDamaged
from moviverse_engine.testing import ModelContract, sample_features, sample_interactions

if TYPE_CHECKING:
    from pathlib import Path

MIXED = EASEConfig(
    l2=10.0, form="sparse", signed=True, dropout=0.3, popularity_scaling=0.2, feature_weight=5.0
)


class TestSparseContract(ModelContract):
    def make(self) -> EASE:
        return EASE(EASEConfig(l2=10.0, form="sparse"))


class TestSparseContractWithAllSettings(ModelContract):
    def make(self) -> EASE:
        return EASE(MIXED)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def made(n_users: int, n_items: int, seed: int = 2) -> Interactions:
    """Return ratings of 1 and 5 by people of two tastes; item i is rarer the larger i is."""
    draw = np.random.default_rng(seed)
    taste = draw.integers(2, size=n_users)[:, None] == np.arange(n_items) % 2
    often = 6 / (np.arange(n_items) + 10)
    seen = draw.random((n_users, n_items)) < often * np.where(taste, 1.5, 0.3)
    users, items = seen.nonzero()
    ratings = np.where(taste[users, items], 5.0, draw.choice([1.0, 5.0], len(users)))
    return Interactions.from_columns(users, items, ratings, np.zeros(len(users), np.int64))


def weights(model: EASE, rating: float = 5.0) -> np.ndarray:
    """Return what each item's rating alone does to each item."""
    rows = [model.score(history(model.items, {int(i): rating})[0])[0] for i in model.items.ids]
    return np.vstack(rows)


def slow(X: np.ndarray, l2: float, n_head: int, k: int) -> np.ndarray:
    """Solve the head by the general inverse and every other column by a ridge of its own."""
    n = X.shape[1]
    G = X.T @ X
    counts = np.diag(G)
    head = counts > sorted(counts)[n - n_head - 1]
    B = np.zeros((n, n))
    P = np.linalg.inv(G[np.ix_(head, head)] + l2 * np.eye(int(head.sum())))
    B[np.ix_(head, head)] = np.eye(len(P)) - P / np.diag(P)
    for j in range(n):
        allowed = [i for i in range(n) if i != j and G[i, j] > 0 and not (head[i] and head[j])]
        nearest = sorted(allowed, key=lambda i: -G[i, j] / np.sqrt(counts[i]))[:k]
        left = X[:, j] - X @ B[:, j] if head[j] else X[:, j]
        A = X[:, nearest]
        B[nearest, j] = np.linalg.solve(A.T @ A + l2 * np.eye(len(nearest)), A.T @ left)
    return B


@pytest.mark.parametrize("k", [4, 100])
def test_the_sparse_form_agrees_with_a_ridge_regression_for_each_item(k: int) -> None:
    data = made(150, 40)
    model = EASE(EASEConfig(l2=5.0, form="sparse", neighbours=k)).fit(data, rng=rng())
    X = (data.matrix().toarray() >= 4.0).astype(float)
    X = X[:, X.sum(axis=0) > 0]
    expected = slow(X, 5.0, X.shape[1] // 2, k)
    found = weights(model)[np.ix_(X.any(axis=0), X.any(axis=0))]
    if k == 100:
        np.testing.assert_allclose(found, expected, atol=1e-5)
    else:  # of equally near items another may have been taken
        same = np.isclose(found, expected, atol=1e-5).mean()
        assert same > 0.9


def test_the_sparse_form_is_near_the_dense_one() -> None:
    data = made(400, 120)
    for signed in (False, True):
        dense = EASE(EASEConfig(l2=20.0, signed=signed, form="dense")).fit(data, rng=rng())
        sparse = EASE(EASEConfig(l2=20.0, signed=signed, form="sparse")).fit(data, rng=rng())
        asked = data.matrix()
        near = np.corrcoef(dense.score(asked).ravel(), sparse.score(asked).ravel())[0, 1]
        assert near > 0.98


def test_past_its_budget_ease_turns_sparse_and_says_so(tmp_path: Path) -> None:
    data = made(400, 700)
    heard: list[str] = []
    model = EASE(EASEConfig(l2=5.0, memory_budget_mb=1, neighbours=20))
    model.fit(data, rng=rng(), progress=lambda _, message: heard.append(message))
    assert model.form == "sparse"
    assert any(message.startswith("EASE is sparse: exact for the") for message in heard)
    model.save(tmp_path)
    assert EASE.load(tmp_path).form == "sparse"
    asked, _ = history(model.items, {0: 5.0, 2: 5.0})
    np.testing.assert_array_equal(EASE.load(tmp_path).score(asked), model.score(asked))


def test_within_its_budget_ease_stays_dense() -> None:
    model = EASE(EASEConfig(memory_budget_mb=1)).fit(sample_interactions(), rng=rng())
    assert model.form == "dense"


def test_rare_films_are_recommended_and_speak_in_the_sparse_form() -> None:
    data = made(150, 40)
    model = EASE(EASEConfig(l2=5.0, form="sparse")).fit(data, rng=rng())
    liked = data.filter(min_rating=4.0)
    counts = np.bincount(liked.items.ids[liked.item_index], minlength=40)
    rare = counts.argsort(kind="stable")
    rare = rare[counts[rare] > 1][:5]
    assert (weights(model)[rare] != 0).any(axis=1).all()
    assert (weights(model)[:, rare] != 0).any(axis=0).all()


def test_neither_rating_speaks_for_its_own_item_in_the_sparse_form() -> None:
    model = EASE(MIXED).fit(sample_interactions(), sample_features(), rng=rng())
    for rating in (5.0, 1.0):
        for row, item in enumerate(model.items.ids.tolist()):
            assert model.score(history(model.items, {item: rating})[0])[0, row] == 0.0


def test_many_people_at_once_are_answered_as_one_by_one() -> None:
    data = made(1_100, 300)
    asked = data.matrix()
    for form in ("dense", "sparse"):
        config = EASEConfig.from_mapping({"l2": 20.0, "form": form, "signed": True})
        model = EASE(config).fit(data, rng=rng())
        single = np.vstack([model.score(asked[[row]]) for row in range(0, 1_100, 100)])
        np.testing.assert_allclose(model.score(asked)[::100], single, atol=1e-5)


def test_scipy_may_take_its_kernel_away(monkeypatch: pytest.MonkeyPatch) -> None:
    data = made(60, 40)
    asked, _ = history(data.items, {0: 5.0, 2: 5.0, 31: 5.0})
    for form in ("dense", "sparse"):
        config = EASEConfig.from_mapping({"l2": 5.0, "form": form})
        model = EASE(config).fit(data, rng=rng())
        expected = model.score(asked)
        with monkeypatch.context() as without:
            without.setattr(ease_weights, "csr_matvecs", None)
            np.testing.assert_allclose(model.score(asked), expected, atol=1e-6)


def test_a_head_that_names_other_inputs_is_refused(tmp_path: Path) -> None:
    model = EASE(EASEConfig(l2=10.0, form="sparse")).fit(sample_interactions(), rng=rng())
    for wrong in ([0, 0], [3, 99], [-1, 2]):
        model.save(tmp_path)
        np.save(tmp_path / "head.npy", np.array(wrong, dtype=np.int64))
        with pytest.raises(ModelDamaged, match="head"):
            EASE.load(tmp_path)


@pytest.mark.parametrize("wrong", [{"form": "round"}, {"neighbours": 0}], ids=str)
def test_senseless_forms_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidConfig):
        EASEConfig.from_mapping(wrong)
