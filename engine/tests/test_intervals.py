from __future__ import annotations

import math

import numpy as np
import pytest

from moviverse_engine.evaluation import intervals


def test_the_interval_of_a_mean_is_about_two_standard_errors_wide() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(3.0, 2.0, size=2000)
    interval = intervals.bootstrap_interval(values, rng=rng, resamples=2000)
    error = values.std() / math.sqrt(len(values))
    assert interval.mean == pytest.approx(values.mean())
    assert interval.low == pytest.approx(values.mean() - 1.96 * error, abs=0.2 * error)
    assert interval.high == pytest.approx(values.mean() + 1.96 * error, abs=0.2 * error)


def test_the_resampled_means_are_those_of_drawing_one_by_one() -> None:
    values = np.array([0.0, 0.0, 1.0])
    interval = intervals.bootstrap_interval(values, rng=np.random.default_rng(0), resamples=20_000)
    slow = np.random.default_rng(0)
    means = [float(np.mean(slow.choice(values, size=3))) for _ in range(5_000)]
    low, high = np.percentile(means, (2.5, 97.5))
    assert (interval.low, interval.high) == pytest.approx((low, high))


def test_the_same_generator_gives_the_same_interval() -> None:
    values = np.random.default_rng(5).random(50)
    one = intervals.bootstrap_interval(values, rng=np.random.default_rng(7))
    two = intervals.bootstrap_interval(values, rng=np.random.default_rng(7))
    assert one == two


def test_users_without_a_value_are_left_out() -> None:
    values = np.array([1.0, np.nan, 3.0])
    interval = intervals.bootstrap_interval(values, rng=np.random.default_rng(0))
    assert interval.mean == 2.0


def test_nobody_has_no_interval() -> None:
    nobody = np.array([np.nan])
    rng = np.random.default_rng(0)
    assert math.isnan(intervals.bootstrap_interval(nobody, rng=rng).mean)
    assert math.isnan(intervals.paired_difference(nobody, nobody, rng=rng).p_value)


def test_a_small_steady_gain_is_seen_in_pairs_though_the_users_differ_widely() -> None:
    rng = np.random.default_rng(2)
    hard_or_easy = rng.random(600)
    better = hard_or_easy + 0.01 + rng.normal(0, 0.01, 600)
    alone = intervals.bootstrap_interval(better, rng=rng)
    gain = intervals.paired_difference(better, hard_or_easy, rng=rng)
    assert alone.low < hard_or_easy.mean() < alone.high
    assert gain.low > 0
    assert gain.p_value < 0.01


def test_a_model_compared_with_itself_differs_by_nothing() -> None:
    values = np.random.default_rng(3).random(40)
    same = intervals.paired_difference(values, values, rng=np.random.default_rng(0))
    assert (same.mean, same.low, same.high, same.p_value) == (0.0, 0.0, 0.0, 1.0)


def test_models_measured_on_different_users_cannot_be_paired() -> None:
    with pytest.raises(ValueError, match="3 and 2 users"):
        intervals.paired_difference(np.zeros(3), np.zeros(2), rng=np.random.default_rng(0))
