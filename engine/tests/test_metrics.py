"""The fast metrics against loops that anybody can read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moviverse_engine.evaluation import metrics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]
    Wanted = NDArray[np.bool_]


def slow_ranking(scores: list[float]) -> list[int]:
    """Items best first, ties by index; what can never be shown is left out."""
    shown = [i for i, s in enumerate(scores) if not math.isnan(s) and s != -math.inf]
    return sorted(shown, key=lambda i: (-scores[i], i))


def slow_ndcg(ranking: list[int], wanted: set[int], k: int) -> float:
    if not wanted:
        return math.nan
    gain = sum(1 / math.log2(r + 2) for r, item in enumerate(ranking[:k]) if item in wanted)
    return gain / sum(1 / math.log2(r + 2) for r in range(min(k, len(wanted))))


def slow_recall(ranking: list[int], wanted: set[int], k: int) -> float:
    if not wanted:
        return math.nan
    return len(wanted.intersection(ranking[:k])) / min(k, len(wanted))


def slow_hit_rate(ranking: list[int], wanted: set[int], k: int) -> float:
    if not wanted:
        return math.nan
    return float(any(item in wanted for item in ranking[:k]))


def slow_reciprocal_rank(ranking: list[int], wanted: set[int]) -> float:
    if not wanted:
        return math.nan
    for rank, item in enumerate(ranking, start=1):
        if item in wanted:
            return 1 / rank
    return 0.0


def slow_average_precision(ranking: list[int], wanted: set[int]) -> float:
    if not wanted:
        return math.nan
    found, total = 0, 0.0
    for rank, item in enumerate(ranking, start=1):
        if item in wanted:
            found += 1
            total += found / rank
    return total / len(wanted)


@st.composite
def rankings(draw: st.DrawFn) -> tuple[Scores, Wanted]:
    """Few distinct scores, so that ties are common; NaN and both infinities among them."""
    n_users = draw(st.integers(1, 5))
    n_items = draw(st.integers(1, 15))
    value = st.sampled_from([-1.5, 0.0, 0.25, 0.5, 3.0, -math.inf, math.inf, math.nan])
    cells = n_users * n_items
    scores = draw(st.lists(value, min_size=cells, max_size=cells))
    wanted = draw(st.lists(st.booleans(), min_size=cells, max_size=cells))
    shape = (n_users, n_items)
    return np.array(scores, np.float32).reshape(shape), np.array(wanted).reshape(shape)


@given(rankings(), st.integers(1, 25))
def test_every_metric_equals_its_slow_twin(case: tuple[Scores, Wanted], k: int) -> None:
    scores, wanted = case
    order = metrics.rank_items(scores)
    hits = metrics.find_hits(scores, order, wanted)
    targets = wanted.sum(axis=1)
    ranking = [slow_ranking(row) for row in scores.tolist()]
    sets = [set(np.flatnonzero(row).tolist()) for row in wanted]
    people = list(zip(ranking, sets, strict=True))
    equal = np.testing.assert_allclose
    equal(metrics.ndcg_at_k(hits, targets, k), [slow_ndcg(r, w, k) for r, w in people])
    equal(metrics.recall_at_k(hits, targets, k), [slow_recall(r, w, k) for r, w in people])
    equal(metrics.hit_rate_at_k(hits, targets, k), [slow_hit_rate(r, w, k) for r, w in people])
    equal(metrics.reciprocal_rank(hits, targets), [slow_reciprocal_rank(r, w) for r, w in people])
    equal(
        metrics.average_precision(hits, targets), [slow_average_precision(r, w) for r, w in people]
    )


def test_the_figures_of_a_hand_worked_list() -> None:
    hits = np.array([[True, False, True, False]])
    targets = np.array([2])
    assert metrics.ndcg_at_k(hits, targets, 4)[0] == pytest.approx(1.5 / (1 + 1 / math.log2(3)))
    assert metrics.recall_at_k(hits, targets, 2)[0] == pytest.approx(1 / 2)
    assert metrics.recall_at_k(hits, targets, 1)[0] == pytest.approx(1.0)
    assert metrics.reciprocal_rank(hits, targets)[0] == pytest.approx(1.0)
    assert metrics.average_precision(hits, targets)[0] == pytest.approx((1 + 2 / 3) / 2)


def test_recall_divides_by_k_when_more_is_wanted_than_fits() -> None:
    hits = np.ones((1, 10), dtype=bool)
    assert metrics.recall_at_k(hits, np.array([10]), 5)[0] == 1.0


def test_equal_scores_rank_by_index() -> None:
    scores = np.array([[1.0, 2.0, 2.0, 1.0]], dtype=np.float32)
    assert metrics.rank_items(scores).tolist() == [[1, 2, 0, 3]]


def test_a_hidden_item_is_never_a_hit_even_when_the_list_is_longer_than_the_rest() -> None:
    scores = np.array([[-np.inf, 1.0]], dtype=np.float32)
    wanted = np.array([[True, False]])
    hits = metrics.find_hits(scores, metrics.rank_items(scores), wanted)
    assert not hits.any()


def test_ranking_leaves_the_scores_as_they_were() -> None:
    scores = np.array([[1.0, np.nan]], dtype=np.float32)
    metrics.rank_items(scores)
    assert np.isnan(scores[0, 1])
    assert scores[0, 0] == 1.0


def test_a_user_who_waits_for_nothing_has_no_value() -> None:
    hits, targets = np.zeros((1, 3), dtype=bool), np.array([0])
    for values in (
        metrics.ndcg_at_k(hits, targets, 10),
        metrics.recall_at_k(hits, targets, 10),
        metrics.hit_rate_at_k(hits, targets, 10),
        metrics.reciprocal_rank(hits, targets),
        metrics.average_precision(hits, targets),
    ):
        assert np.isnan(values).all()


def test_without_items_nothing_is_found() -> None:
    hits, targets = np.zeros((2, 0), dtype=bool), np.array([1, 0])
    assert metrics.reciprocal_rank(hits, targets)[0] == 0.0
    assert metrics.ndcg_at_k(hits, targets, 10)[0] == 0.0
