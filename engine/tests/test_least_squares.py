"""What each row adds to a solution, beside the solution for that row alone."""

from __future__ import annotations

import numpy as np
import pytest

from moviverse_engine.models.errors import InvalidConfig
from moviverse_engine.models.least_squares import Factors, shares, solve, weighted

ALPHA0 = 0.1


@pytest.mark.parametrize("h", [1, 5, 8, 12])
@pytest.mark.parametrize("likes_alone", [True, False])
def test_shares_are_those_of_solving_for_each_row_alone(h: int, *, likes_alone: bool) -> None:
    rng = np.random.default_rng(h)
    factors = Factors.turned(rng.standard_normal((30, 8)).astype(np.float32))
    weights = np.where(likes_alone | (np.arange(h) % 3 < 2), 1, -ALPHA0).astype(np.float32)
    ridge = ALPHA0 * factors.spectrum + np.float32(0.5)
    H, ridge, likes, signs = weighted(factors.V[:h], weights, lambda _: ridge)
    wide, D = H.astype(float), np.diag(ridge.astype(float))
    inverse = np.linalg.inv(wide.T @ np.diag(signs) @ wide + D)
    found = shares(H, ridge, factors.V, signs) * likes
    np.testing.assert_allclose(found, (factors.V @ inverse @ wide.T) * likes, atol=1e-5)
    x = solve(H, ridge, likes, signs)
    np.testing.assert_allclose(found.sum(axis=1), factors.V @ x, atol=1e-5)


def test_a_ridge_that_is_too_small_is_refused() -> None:
    H, nothing = np.zeros((3, 2), dtype=np.float32), np.zeros(2, dtype=np.float32)
    with pytest.raises(InvalidConfig, match="l2"):
        shares(H, nothing, H, np.ones(3, dtype=np.float32))
