"""How sure a figure over users is: bootstrap intervals (Efron 1979), percentile method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_CELLS = 4_000_000  # counts held at a time, about 32 MB
_BOUNDS = (2.5, 97.5)


@dataclass(frozen=True)
class Interval:
    """A figure with the bounds between which 95 % of its bootstrap figures lie."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference(Interval):
    """The figure of `a` less that of `b`; `p_value` is the two-sided bootstrap test against 0."""

    p_value: float


@dataclass(frozen=True)
class Pooled:
    """A figure over users: the sum of what each adds over the sum of how much it counts.

    Attributes:
        sums: float64 [n_users].
        counts: float64 [n_users]; 1 for a mean over users, 0 for a user who has no value, the
            number of a user's ratings for an error over all ratings.
        root: whether the figure is the square root of that, as RMSE is.
    """

    sums: Floats
    counts: Floats
    root: bool = False

    @classmethod
    def mean_of(cls, values: Floats) -> Pooled:
        """Take the mean over users; NaN means that a user has no value and is left out."""
        known = ~np.isnan(values)
        return cls(np.where(known, values, 0.0), known.astype(np.float64))

    @property
    def value(self) -> float:
        """Give the figure; NaN without anybody."""
        return float(self._figures(self.sums.sum(keepdims=True), self.counts.sum(keepdims=True))[0])

    def of(self, users: NDArray[np.bool_]) -> Pooled:
        """Take some users alone."""
        return Pooled(self.sums[users], self.counts[users], self.root)

    def resampled(self, draws: Floats) -> Floats:
        """Return one figure for each row of `draws`, float64 [n, n_users]: how often each counts."""
        return self._figures(draws @ self.sums, draws @ self.counts)

    def _figures(self, sums: Floats, counts: Floats) -> Floats:
        means = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
        return np.sqrt(means) if self.root else means


def intervals(
    figures: Sequence[Pooled], *, rng: np.random.Generator, resamples: int = 1000
) -> list[Interval]:
    """Draw users with replacement, `resamples` times, and say where each figure lies.

    Args:
        figures: of the same users; all of them share the draws.
        rng: where the draws come from; the same state gives the same intervals.
        resamples: how many draws.
    """
    found = _resampled(figures, rng, resamples)
    bounds = [
        np.percentile(each[~np.isnan(each)], _BOUNDS) if not np.isnan(each).all() else [np.nan] * 2
        for each in found
    ]
    return [
        Interval(figure.value, float(low), float(high))
        for figure, (low, high) in zip(figures, bounds, strict=True)
    ]


def differences(
    best: Pooled, others: Sequence[Pooled], *, rng: np.random.Generator, resamples: int = 1000
) -> list[Difference]:
    """Compare one model with others on the same users, drawn together.

    Pairs are far sharper than two intervals side by side, because hard users are hard for both.

    Raises:
        ValueError: they do not have one value for each of the same users.
    """
    for other in others:
        if best.sums.shape != other.sums.shape:
            raise ValueError(f"{len(best.sums)} and {len(other.sums)} users cannot be paired")
    first, *rest = _resampled((best, *others), rng, resamples)
    return [
        _difference(best.value - other.value, first - drawn)
        for other, drawn in zip(others, rest, strict=True)
    ]


def bootstrap_interval(
    values: Floats, *, rng: np.random.Generator, resamples: int = 1000
) -> Interval:
    """Do as `intervals` for the mean of one value a user; NaN is left out."""
    return intervals([Pooled.mean_of(values)], rng=rng, resamples=resamples)[0]


def paired_difference(
    a: Floats, b: Floats, *, rng: np.random.Generator, resamples: int = 1000
) -> Difference:
    """Do as `differences` for the means of one value a user; who lacks one of the two is left out.

    Raises:
        ValueError: the two do not have one value for each of the same users.
    """
    if a.shape != b.shape:
        raise ValueError(f"{len(a)} and {len(b)} users cannot be paired")
    both = ~(np.isnan(a) | np.isnan(b))
    one, other = Pooled.mean_of(a[both]), Pooled.mean_of(b[both])
    return differences(one, [other], rng=rng, resamples=resamples)[0]


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values for how many there are (Holm 1979), in the order given.

    The i-th smallest of m is multiplied by m - i + 1, and none is less than a smaller one's.
    """
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for place, index in enumerate(sorted(range(len(p_values)), key=lambda each: p_values[each])):
        largest = max(largest, min(1.0, (len(p_values) - place) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def _difference(mean: float, gaps: Floats) -> Difference:
    gaps = gaps[~np.isnan(gaps)]
    if len(gaps) == 0:
        return Difference(float("nan"), float("nan"), float("nan"), float("nan"))
    low, high = np.percentile(gaps, _BOUNDS)
    tail = min(np.mean(gaps <= 0), np.mean(gaps >= 0))
    return Difference(mean, float(low), float(high), min(1.0, max(2 * float(tail), 1 / len(gaps))))


def _resampled(figures: Sequence[Pooled], rng: np.random.Generator, resamples: int) -> Floats:
    """Return float64 [len(figures), resamples]."""
    n = len(figures[0].sums)
    found = np.full((len(figures), resamples), np.nan)
    step = max(1, _CELLS // max(n, 1))
    for start in range(0, resamples if n else 0, step):
        draws = np.empty((min(step, resamples - start), n))
        for draw in draws:
            draw[:] = np.bincount(rng.integers(0, n, n), minlength=n)
        for row, figure in zip(found, figures, strict=True):
            row[start : start + len(draws)] = figure.resampled(draws)
    return found
