"""How sure a mean over users is: bootstrap intervals (Efron 1979), percentile method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CELLS = 4_000_000  # counts held at a time, about 32 MB


@dataclass(frozen=True)
class Interval:
    """A mean with the bounds between which 95 % of its bootstrap means lie."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference(Interval):
    """The mean of `a - b` user by user; `p_value` is the two-sided bootstrap test against 0."""

    p_value: float


def bootstrap_interval(
    values: NDArray[np.float64], *, rng: np.random.Generator, resamples: int = 1000
) -> Interval:
    """Draw users with replacement, `resamples` times, and say where the mean lies.

    Args:
        values: One a user; NaN means that the user has none and is left out.
        rng: Where the draws come from; the same state gives the same interval.
        resamples: How many draws.
    """
    known = values[~np.isnan(values)]
    if len(known) == 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    low, high = np.percentile(_resampled_means(known, rng, resamples), (2.5, 97.5))
    return Interval(float(known.mean()), float(low), float(high))


def paired_difference(
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    *,
    rng: np.random.Generator,
    resamples: int = 1000,
) -> Difference:
    """Compare two models on the same users.

    Pairs are far sharper than two intervals side by side, because hard users are hard for both.

    Raises:
        ValueError: The two do not have one value for each of the same users.
    """
    if a.shape != b.shape:
        raise ValueError(f"{len(a)} and {len(b)} users cannot be paired")
    gaps = (a - b)[~(np.isnan(a) | np.isnan(b))]
    if len(gaps) == 0:
        return Difference(float("nan"), float("nan"), float("nan"), float("nan"))
    means = _resampled_means(gaps, rng, resamples)
    low, high = np.percentile(means, (2.5, 97.5))
    tail = min(np.mean(means <= 0), np.mean(means >= 0))
    p_value = min(1.0, max(2 * float(tail), 1 / resamples))
    return Difference(float(gaps.mean()), float(low), float(high), p_value)


def _resampled_means(
    values: NDArray[np.float64], rng: np.random.Generator, resamples: int
) -> NDArray[np.float64]:
    n = len(values)
    step = max(1, _CELLS // n)
    means = [
        rng.multinomial(n, np.full(n, 1 / n), size=min(step, resamples - start)) @ values / n
        for start in range(0, resamples, step)
    ]
    return np.concatenate(means)
