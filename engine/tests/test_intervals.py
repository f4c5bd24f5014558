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


def test_an_error_over_all_ratings_is_that_of_ratings_drawn_with_their_people() -> None:
    rng = np.random.default_rng(8)
    counts = rng.integers(1, 9, 300)
    errors = [rng.normal(0, 1 + user % 3, count) for user, count in enumerate(counts)]
    sums = np.array([float(each @ each) for each in errors])
    rmse = intervals.Pooled(sums, counts.astype(np.float64), root=True)
    assert rmse.value == pytest.approx(float(np.sqrt(np.mean(np.concatenate(errors) ** 2))))
    (interval,) = intervals.intervals([rmse], rng=np.random.default_rng(0), resamples=3000)
    slow = []
    for _ in range(3000):
        drawn = np.concatenate([errors[user] for user in rng.integers(0, 300, 300)])
        slow.append(float(np.sqrt(np.mean(drawn**2))))
    low, high = np.percentile(slow, (2.5, 97.5))
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=0.01)


def test_errors_of_two_models_are_compared_on_the_same_people() -> None:
    rng = np.random.default_rng(9)
    counts = rng.integers(1, 9, 400).astype(np.float64)
    hard = rng.random(400) * 3 * counts
    worse = intervals.Pooled(hard + 0.05 * counts, counts, root=True)
    better = intervals.Pooled(hard, counts, root=True)
    (gap,) = intervals.differences(worse, [better], rng=rng)
    assert gap.mean == pytest.approx(worse.value - better.value)
    assert 0 < gap.low < gap.mean < gap.high
    alone, _ = intervals.intervals([worse, better], rng=rng)
    assert alone.low < better.value


def test_p_values_are_adjusted_as_holm_has_it() -> None:
    assert intervals.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert intervals.holm([0.5, 0.9]) == [1.0, 1.0]
    assert intervals.holm([]) == []
