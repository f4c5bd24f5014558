"""The small regressions beside the inverse in float64 of what they minimise."""

from __future__ import annotations

import numpy as np
import pytest

from moviverse_engine.models.errors import InvalidConfig
from moviverse_engine.models.least_squares import Direct, Dual, Factors, regression

ALPHA0 = 0.1
D = 8


@pytest.mark.parametrize("form", [Direct, Dual])
@pytest.mark.parametrize(("n_likes", "n_unknown"), [(1, 0), (3, 4), (7, 0), (2, 15), (40, 9)])
def test_both_forms_solve_the_regression_and_say_what_each_like_adds(
    form: type[Direct | Dual], n_likes: int, n_unknown: int
) -> None:
    rng = np.random.default_rng(n_likes)
    factors = Factors.turned(rng.standard_normal((60, D)).astype(np.float32))
    rows = rng.permutation(60)
    likes = factors.V[rows[:n_likes]]
    unknown = factors.V[rows[n_likes : n_likes + n_unknown]] * np.float32(np.sqrt(ALPHA0))
    diagonal = np.float32(ALPHA0) * factors.spectrum + np.float32(0.5)
    L, N, V = likes.astype(float), unknown.astype(float), factors.V.astype(float)
    inverse = np.linalg.inv(L.T @ L - N.T @ N + np.diag(diagonal.astype(float)))
    found = form.of(likes, unknown, diagonal)
    np.testing.assert_allclose(found.solution(), inverse @ L.sum(axis=0), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.shares(factors.V), V @ inverse @ L.T, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("entries", "form"), [(D - 1, Dual), (D, Direct)])
def test_the_smaller_of_the_two_matrices_is_factorised(
    entries: int, form: type[Direct | Dual]
) -> None:
    likes = np.eye(D, dtype=np.float32).repeat(2, axis=0)[:entries]
    assert isinstance(regression(likes, likes[:0], np.ones(D, dtype=np.float32)), form)


def test_a_ridge_that_is_too_small_is_refused() -> None:
    H, nothing = np.zeros((3, 2), dtype=np.float32), np.zeros(2, dtype=np.float32)
    with pytest.raises(InvalidConfig, match="l2"):
        regression(H, H[:0], nothing)
