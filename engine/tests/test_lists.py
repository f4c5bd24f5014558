"""What lists are like, against loops that anybody can read."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from moviverse_engine.evaluation import lists
from moviverse_engine.features import ItemFeatures
from moviverse_engine.interactions import IdMap

GENRES = ["Drama", "Comedy", "War", "Crime"]
N = 9


def described(items: list[list[str]]) -> ItemFeatures:
    records = {item: {"genres": genres, "decade": ["1990s"]} for item, genres in enumerate(items)}
    for item, genres in enumerate(items):
        if not genres:
            del records[item]
    return ItemFeatures.build(IdMap(np.arange(len(items))), records)


genres_of_items = st.lists(
    st.lists(st.sampled_from(GENRES), max_size=3, unique=True), min_size=N, max_size=N
)
heads = st.lists(st.lists(st.integers(0, N - 1), max_size=4, unique=True), min_size=1, max_size=4)


def padded(rows: list[list[int]]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    return np.array([row + [-1] * (4 - len(row)) for row in rows], dtype=np.int64)


def mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else math.nan


@given(heads, st.lists(st.integers(0, 6), min_size=N, max_size=N))
def test_novelty_and_popularity_equal_their_slow_twins(
    rows: list[list[int]], popularity: list[int]
) -> None:
    counts = np.array(popularity)

    def percentile(item: int) -> float:
        less = sum(other < popularity[item] for other in popularity)
        equal = sum(other == popularity[item] for other in popularity)
        return (less + equal / 2) / N

    slow = [mean([-math.log2(max(popularity[i], 1) / 40) for i in row]) for row in rows]
    np.testing.assert_allclose(lists.novelty(padded(rows), counts, 40), slow)
    slow = [mean([percentile(i) for i in row]) for row in rows]
    np.testing.assert_allclose(lists.popularity_percentile(padded(rows), counts), slow)


@given(heads, genres_of_items)
def test_diversity_equals_its_slow_twin(rows: list[list[int]], genres: list[list[str]]) -> None:
    features = described(genres)
    F = features.matrix.toarray().astype(np.float64)

    def diversity(row: list[int]) -> float:
        pairs = combinations([i for i in row if F[i].any()], 2)
        return mean([1 - float(F[i] @ F[j]) for i, j in pairs])

    found = lists.intra_list_diversity(padded(rows), features)
    np.testing.assert_allclose(found, [diversity(row) for row in rows], atol=1e-5)


@given(heads, heads, genres_of_items)
def test_calibration_equals_its_slow_twin(
    rows: list[list[int]], histories: list[list[int]], genres: list[list[str]]
) -> None:
    shares = lists.genre_shares(described(genres))
    kept = {g for g in GENRES if sum(g in each for each in genres) > 1}  # alone, nothing is shared
    if not kept:
        assert shares is None
        return
    assert shares is not None
    histories = (histories * len(rows))[: len(rows)]

    def distribution(items: list[int]) -> dict[str, float] | None:
        total = dict.fromkeys(kept, 0.0)
        for item in items:
            known = [g for g in genres[item] if g in kept]
            for genre in known:
                total[genre] += 1 / len(known)
        weight = sum(total.values())
        return {genre: part / weight for genre, part in total.items()} if weight else None

    def divergence(history: list[int], row: list[int]) -> float:
        p, q = distribution(history), distribution(row)
        if p is None or q is None:
            return math.nan
        return sum(p[g] * math.log(p[g] / (0.99 * q[g] + 0.01 * p[g])) for g in kept if p[g])

    known = np.zeros((len(rows), N), dtype=np.float32)
    for user, history in enumerate(histories):
        known[user, history] = 1.0
    found = lists.calibration(padded(rows), csr_array(known), shares)
    slow = [divergence(history, row) for history, row in zip(histories, rows, strict=True)]
    np.testing.assert_allclose(found, slow, atol=1e-9)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12))
def test_gini_equals_the_mean_difference_of_all_pairs(counts: list[int]) -> None:
    gaps = sum(abs(a - b) for a in counts for b in counts)
    slow = gaps / (2 * len(counts) * sum(counts)) if sum(counts) else math.nan
    np.testing.assert_allclose(lists.gini(np.array(counts)), slow)


def test_gini_is_0_for_equal_shares_and_nearly_1_for_one_film_that_everybody_gets() -> None:
    assert lists.gini(np.full(50, 3)) == pytest.approx(0.0)
    assert lists.gini(np.array([0] * 99 + [7])) == pytest.approx(0.99)


def test_a_list_with_the_genres_of_the_history_is_calibrated() -> None:
    shares = lists.genre_shares(described([["Drama"], ["Comedy"], ["Drama"], ["Comedy"]]))
    assert shares is not None
    history = csr_array(np.array([[1.0, 1.0, 0, 0]], dtype=np.float32))
    same, other = (lists.calibration(np.array([row]), history, shares) for row in ([2, 3], [2, -1]))
    assert same[0] == pytest.approx(0.0)
    assert other[0] > 1.0


def test_without_genres_nothing_is_calibrated() -> None:
    records = {item: {"decade": ["1990s"]} for item in range(3)}
    features = ItemFeatures.build(IdMap(np.arange(3)), records)
    assert lists.genre_shares(features) is None


def test_coverage_is_the_share_of_items_shown() -> None:
    assert lists.coverage(np.array([4, 0, 0, 1])) == 0.5
    assert math.isnan(lists.coverage(np.zeros(0, dtype=np.int64)))
    assert math.isnan(lists.gini(np.zeros(3, dtype=np.int64)))
