"""EASE that leaves low ratings out of what it predicts, beside loops in float64."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from moviverse_engine.interactions import Interactions, history
from moviverse_engine.models import EASE, EASEConfig
from moviverse_engine.models.errors import InvalidConfig
from moviverse_engine.testing import ModelContract, sample_features, sample_interactions

UNKNOWN = EASEConfig(l2=3.0, dropout=0.2, signed=True, unknown_lows=True)


class TestEASEOfUnknownLowsContract(ModelContract):
    def make(self) -> EASE:
        return EASE(UNKNOWN)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def ratings_of(seed: int, n_users: int, n_items: int) -> np.ndarray:
    """Draw a table of 5 (a like), 2 (low) and 0 (nothing), everything liked and rated low once."""
    table = np.random.default_rng(seed).choice([0.0, 2.0, 5.0], (n_users, n_items))
    table[np.arange(n_items), np.arange(n_items)] = 5.0
    table[np.arange(n_items) + n_items, np.arange(n_items)] = 2.0
    return table


def fitted(table: np.ndarray, config: EASEConfig) -> EASE:
    users, items = np.nonzero(table)
    zeros = np.zeros(len(users), dtype=np.int64)
    return EASE(config).fit(
        Interactions.from_columns(users, items, table[users, items], zeros), rng=rng()
    )


def slow_weights(Z: np.ndarray, targets: np.ndarray, penalty: np.ndarray) -> np.ndarray:
    """Regress every target on all inputs but the like and the low rating of its own item."""
    n = targets.shape[1]
    B = np.zeros((2 * n, n))
    for j in range(n):
        others = [i for i in range(2 * n) if i not in (j, j + n)]
        some = Z[:, others]
        A = some.T @ some + np.diag(penalty[others])
        B[others, j] = np.linalg.solve(A, some.T @ targets[:, j])
    return B


def slow_scores(table: np.ndarray, asked: np.ndarray, config: EASEConfig) -> np.ndarray:
    likes, lows = (table >= 4).astype(float), ((table > 0) & (table < 4)).astype(float)
    Z = np.hstack([likes, lows])
    penalty = config.l2 + config.dropout / (1 - config.dropout) * Z.sum(axis=0)
    B = slow_weights(Z, likes, penalty)
    for user, item in zip(*np.nonzero(lows), strict=True):
        likes[user, item] = 2 * float(Z[user] @ B[:, item])
    B = slow_weights(Z, likes, penalty)
    told = np.hstack([asked >= 4, (asked > 0) & (asked < 4)]).astype(float)
    scores: np.ndarray = told @ B
    return scores


@given(st.integers(0, 1000), st.sampled_from([0.0, 0.33]))
@settings(deadline=None, max_examples=20)
def test_it_agrees_with_loops(seed: int, dropout: float) -> None:
    table, asked = ratings_of(seed, 30, 7), ratings_of(seed + 1, 14, 7)
    config = EASEConfig(l2=2.0, dropout=dropout, signed=True, unknown_lows=True)
    scores = fitted(table, config).score(csr_array(asked.astype(np.float32)))
    np.testing.assert_allclose(scores, slow_scores(table, asked, config), rtol=1e-3, atol=1e-4)


def test_without_low_ratings_it_is_ease() -> None:
    data = sample_interactions().filter(min_rating=4.0)
    unknown = EASE(UNKNOWN).fit(data, rng=rng())
    plain = EASE(EASEConfig(l2=3.0, dropout=0.2)).fit(data, rng=rng())
    asked, _ = history(plain.items, {100: 5.0, 109: 4.5})
    np.testing.assert_allclose(unknown.score(asked), plain.score(asked), rtol=1e-4, atol=1e-6)


def test_a_film_does_not_fall_for_being_known_to_people_who_rated_it_low() -> None:
    """Film 2 is liked by half of the people; all others have seen it and rated it low."""
    table = np.zeros((40, 3))
    table[:, 0] = 5.0
    table[:20, 1] = table[:20, 2] = 5.0
    table[20:, 2] = 2.0
    asked = csr_array(np.array([[5.0, 0.0, 0.0]], dtype=np.float32))
    signed = EASEConfig(l2=1.0, signed=True)
    unknown = replace(signed, unknown_lows=True)
    _, other, as_zero = fitted(table, signed).score(asked)[0].tolist()
    _, same, as_unknown = fitted(table, unknown).score(asked)[0].tolist()
    assert as_unknown > as_zero + 0.05
    assert same == pytest.approx(other, abs=1e-5)


def test_low_ratings_that_are_no_inputs_cannot_be_unknown() -> None:
    with pytest.raises(InvalidConfig, match="signed"):
        EASEConfig(unknown_lows=True)


def test_it_works_beside_features_and_scaling() -> None:
    config = EASEConfig(
        l2=3.0,
        signed=True,
        unknown_lows=True,
        feature_weight=0.5,
        popularity_scaling=0.2,
        activity_scaling=0.2,
    )
    model = EASE(config).fit(sample_interactions(), sample_features(), rng=rng())
    asked, _ = history(model.items, {100: 5.0, 103: 1.0})
    assert bool(np.all(np.isfinite(model.score(asked))))
