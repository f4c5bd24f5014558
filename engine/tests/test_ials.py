"""iALS beside loops in float64, and what it promises of people it has never seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from moviverse_engine.interactions import Interactions, history
from moviverse_engine.models.errors import InvalidConfig
from moviverse_engine.models.ials import IALS, IALSConfig, alternated
from moviverse_engine.models.least_squares import Factors, solve_rows
from moviverse_engine.models.singular_vectors import right_singular_vectors
from moviverse_engine.testing import ModelContract, sample_features, sample_interactions


class TestIALSContract(ModelContract):
    def make(self) -> IALS:
        return IALS(IALSConfig(factors=3))


class TestIALSOfManyFactorsContract(ModelContract):
    def make(self) -> IALS:
        return IALS(IALSConfig(factors=64, frequency="likes", nu=0.5))


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def table(X: np.ndarray) -> Interactions:
    """Turn a binary table into interactions in which ones are 5.0 and zeros are 1.0."""
    users, items = np.indices(X.shape)
    ratings = np.where(X > 0, 5.0, 1.0)
    return Interactions.from_columns(
        users.ravel(), items.ravel(), ratings.ravel(), np.zeros(X.size, dtype=np.int64)
    )


def slow_half(X: np.ndarray, Y: np.ndarray, config: IALSConfig) -> np.ndarray:
    """Solve the normal equations of every row, one after the other, as the paper writes them."""
    n, d = Y.shape
    W = np.zeros((len(X), d))
    for u in range(len(X)):
        count, A, b = 0, np.zeros((d, d)), np.zeros(d)
        for i in range(n):
            A += config.alpha0 * np.outer(Y[i], Y[i])
            if X[u, i]:
                A += np.outer(Y[i], Y[i])
                b += Y[i]
                count += 1
        seen = count + config.alpha0 * n if config.frequency == "all" else count
        A += config.l2 * seen**config.nu * np.eye(d)
        W[u] = np.linalg.solve(A, b)
    return W


def slow_scores(X: np.ndarray, asked: np.ndarray, config: IALSConfig) -> np.ndarray:
    start = right_singular_vectors(csr_array(X.astype(np.float32)), config.factors, rng())
    V = start.astype(float)
    for _ in range(config.iterations):
        W = slow_half(X, V, config)
        V = slow_half(X.T, W, config)
    scores: np.ndarray = slow_half(asked, V, config) @ V.T
    return scores


def likes_of(seed: int, n_users: int, n_items: int, density: float) -> np.ndarray:
    """Draw a binary table in which every row and every column has a one."""
    X = np.random.default_rng(seed).random((n_users, n_items)) < density
    X[np.arange(n_users), np.arange(n_users) % n_items] = True
    X[np.arange(n_items) % n_users, np.arange(n_items)] = True
    return X.astype(float)


@given(
    st.integers(0, 1000),
    st.sampled_from([(6, 9), (12, 5), (30, 20)]),
    st.builds(
        IALSConfig,
        factors=st.sampled_from([1, 3, 8, 40]),
        alpha0=st.sampled_from([0.02, 0.5]),
        l2=st.sampled_from([0.01, 0.3]),
        nu=st.sampled_from([0.0, 0.7, 1.0]),
        frequency=st.sampled_from(["all", "likes"]),
        iterations=st.sampled_from([1, 3]),
    ),
)
@settings(deadline=None, max_examples=40)
def test_ials_agrees_with_loops(seed: int, shape: tuple[int, int], config: IALSConfig) -> None:
    X = likes_of(seed, *shape, 0.3)
    model = IALS(config).fit(table(X), rng=rng())
    asked = likes_of(seed + 1, 5, shape[1], 0.5)
    histories = csr_array((asked * 5).astype(np.float32))
    np.testing.assert_allclose(
        model.score(histories), slow_scores(X, asked, config), rtol=1e-3, atol=2e-4
    )


def test_the_penalty_is_that_of_the_paper() -> None:
    assert IALSConfig(l2=0.5, alpha0=0.1, nu=1).penalty(30, 200) == pytest.approx(0.5 * 50)
    assert IALSConfig(l2=0.5, alpha0=0.1, nu=0.5).penalty(16, 200) == pytest.approx(0.5 * 6)
    assert IALSConfig(l2=0.5, alpha0=0.1, nu=0).penalty(30, 200) == pytest.approx(0.5)
    of_likes = IALSConfig(l2=0.5, alpha0=0.1, frequency="likes")
    assert of_likes.penalty(30, 200) == pytest.approx(0.5 * 30)


def test_turned_factors_keep_all_products_and_have_a_diagonal_gram_matrix() -> None:
    V = rng().standard_normal((30, 6)).astype(np.float32)
    turned = Factors.turned(V)
    np.testing.assert_allclose(turned.V @ turned.V.T, V @ V.T, atol=1e-4)
    np.testing.assert_allclose(turned.V.T @ turned.V, np.diag(turned.spectrum), atol=1e-4)


def test_a_person_of_the_training_is_folded_in_as_they_were_trained() -> None:
    X = likes_of(3, 40, 25, 0.3)
    config = IALSConfig(factors=6, iterations=2)
    model = IALS(config).fit(table(X), rng=rng())
    matrix = csr_array(X.astype(np.float32))
    items = Factors.turned(right_singular_vectors(matrix, 6, rng()))
    for _ in range(2):
        items = alternated(matrix, items, config, lambda _: None)
    trained = solve_rows(matrix, items, config.diagonal(items)) @ items.V.T
    histories = csr_array((X * 5).astype(np.float32))
    np.testing.assert_allclose(model.score(histories), trained, atol=1e-5)


def test_contributions_of_a_long_history_add_up() -> None:
    X = likes_of(5, 60, 50, 0.3)
    model = IALS(IALSConfig(factors=8)).fit(table(X), rng=rng())
    asked, _ = history(model.items, dict.fromkeys(range(40), 5.0))
    sums = [sum(part.value for part in parts) for parts in model.explain_many(asked, range(50))]
    np.testing.assert_allclose(sums, model.score(asked)[0], atol=1e-5)


def test_items_and_people_without_a_like_count_nowhere() -> None:
    X = likes_of(7, 20, 12, 0.3)
    wider = np.zeros((23, 15))
    wider[3:, :12] = X
    config = IALSConfig(factors=4)
    asked = {0: 5.0, 4: 4.0, 5: 1.0}
    small = IALS(config).fit(table(X), rng=rng())
    large = IALS(config).fit(table(wider), rng=rng())
    scores = large.score(history(large.items, asked)[0])[0]
    np.testing.assert_allclose(
        scores[:12], small.score(history(small.items, asked)[0])[0], atol=1e-4
    )
    assert scores[12:].tolist() == [0.0] * 3


def test_without_any_like_all_scores_are_zero() -> None:
    model = IALS().fit(table(np.zeros((3, 4))), rng=rng())
    asked, _ = history(model.items, {0: 5.0})
    assert model.score(asked).tolist() == [[0.0] * 4]
    assert model.explain(asked, 1) == []


def test_one_person_and_one_item_are_enough() -> None:
    model = IALS().fit(table(np.ones((1, 1))), rng=rng())
    assert 0 < float(model.score(history(model.items, {0: 5.0})[0])[0, 0]) < 1


def test_similar_items_have_the_taste_that_was_put_in() -> None:
    model = IALS(IALSConfig(factors=3)).fit(sample_interactions(), sample_features(), rng=rng())
    rows, _ = model.similar(0, 3)
    assert {int(row) % 3 for row in rows} == {0}


def test_singular_vectors_are_those_of_the_dense_decomposition() -> None:
    X = likes_of(9, 80, 60, 0.2)
    found = right_singular_vectors(csr_array(X.astype(np.float32)), 2, rng(), powers=30)
    _, _, expected = np.linalg.svd(X)
    np.testing.assert_allclose(np.abs(found.T @ expected[:2].T), np.eye(2), atol=1e-2)


def test_singular_vectors_follow_their_columns_to_other_places() -> None:
    X = likes_of(11, 40, 30, 0.2)
    rows, columns = rng().permutation(40), rng().permutation(30)
    first = right_singular_vectors(csr_array(X.astype(np.float32)), 5, rng())
    moved = csr_array(X[rows][:, columns].astype(np.float32))
    again = right_singular_vectors(moved, 5, rng())
    np.testing.assert_allclose(again @ again.T, (first @ first.T)[columns][:, columns], atol=1e-4)


@pytest.mark.parametrize(
    ("settings_", "rule"),
    [
        ({"factors": 0}, "factors"),
        ({"alpha0": 0.0}, "alpha0"),
        ({"l2": float("nan")}, "l2"),
        ({"l2": -1.0}, "l2"),
        ({"nu": 1.5}, "nu"),
        ({"iterations": 0}, "iterations"),
    ],
)
def test_senseless_settings_are_refused_by_name(settings_: dict[str, object], rule: str) -> None:
    with pytest.raises(InvalidConfig, match=rule):
        IALSConfig.from_mapping(settings_)


def test_an_l2_too_small_for_float32_is_named() -> None:
    with pytest.raises(InvalidConfig, match="larger"):
        IALS(IALSConfig(l2=1e-20, alpha0=1e-20)).fit(table(np.ones((9, 6))), rng=rng())
