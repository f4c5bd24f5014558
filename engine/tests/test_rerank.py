from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moviverse_engine.features import ItemFeatures
from moviverse_engine.interactions import IdMap
from moviverse_engine.rerank import InvalidRanking, mmr, top_k

numbers = st.sampled_from([-np.inf, -1.0, 0.0, 0.5, 2.0, np.inf, np.nan])


@given(st.lists(st.tuples(numbers, st.booleans()), max_size=12), st.integers(0, 14))
def test_the_best_are_those_of_a_full_sort(table: list[tuple[float, bool]], k: int) -> None:
    scores = np.array([score for score, _ in table], dtype=np.float32)
    mask = np.array([out for _, out in table], dtype=bool)
    usable = [
        row for row, (s, out) in enumerate(table) if not out and not np.isnan(s) and s > -np.inf
    ]
    expected = sorted(usable, key=lambda row: (-table[row][0], row))[:k]
    before = scores.copy()
    assert top_k(scores, k, exclude=mask).tolist() == expected
    assert top_k(scores, k, exclude=np.flatnonzero(mask)).tolist() == expected
    np.testing.assert_array_equal(scores, before)


@given(st.lists(numbers, min_size=40, max_size=150), st.integers(1, 9), st.integers(0, 9))
def test_the_best_of_many_are_those_of_a_full_sort(
    values: list[float], k: int, excluded: int
) -> None:
    scores = np.array(values, dtype=np.float32)
    usable = [row for row in range(excluded, len(values)) if scores[row] > -np.inf]
    expected = sorted(usable, key=lambda row: (-values[row], row))[:k]
    assert top_k(scores, k, exclude=np.arange(excluded)).tolist() == expected


def test_nothing_is_excluded_when_nothing_is_said() -> None:
    assert top_k(np.array([1, 3, 2], np.float32), 2).tolist() == [1, 2]


def test_rankings_that_make_no_sense_are_refused() -> None:
    row = np.ones(3, np.float32)
    with pytest.raises(InvalidRanking):
        top_k(row, -1)
    with pytest.raises(InvalidRanking):
        top_k(row[None], 1)
    with pytest.raises(InvalidRanking, match="mask"):
        top_k(row, 1, exclude=np.zeros(2, bool))


GENRES = ["War", "War", "Drama", "Drama", "Comedy", "War"]


def features() -> ItemFeatures:
    records = {
        row: {"genres": [genre], "directors": [f"D{row % 2}"]} for row, genre in enumerate(GENRES)
    }
    return ItemFeatures.build(IdMap(np.arange(len(GENRES))), records)


def slow_worths(
    scores: list[float], candidates: list[int], picked: list[int], diversity: float
) -> dict[int, float]:
    """Return what each candidate that is left is worth beside those that were picked."""
    rows = features().matrix.toarray()
    low, high = min(scores[c] for c in candidates), max(scores[c] for c in candidates)
    worths = {}
    for c in candidates:
        if c not in picked:
            relevance = (scores[c] - low) / (high - low) if high > low else 1.0
            nearest = max([0.0, *(float(rows[c] @ rows[p]) for p in picked)])
            worths[c] = (1 - diversity) * relevance - diversity * nearest if picked else relevance
    return worths


@given(
    st.lists(st.integers(0, 20).map(float), min_size=6, max_size=6),
    st.permutations(range(6)),
    st.sampled_from([0.0, 0.3, 0.7, 1.0]),
    st.integers(0, 7),
)
def test_mmr_agrees_with_loops(
    scores: list[float], order: list[int], diversity: float, k: int
) -> None:
    found = mmr(np.array(scores, np.float32), np.array(order), features(), diversity, k).tolist()
    assert len(set(found)) == len(found) == min(k, 6)
    for place, pick in enumerate(found):
        worths = slow_worths(scores, order, found[:place], diversity)
        assert worths[pick] >= max(worths.values()) - 1e-6  # equals but for float32's rounding


def test_without_diversity_the_order_is_that_of_the_scores() -> None:
    scores = np.array([1, 5, 3, 4, 2, 0], np.float32)
    best = top_k(scores, 6)
    assert mmr(scores, best, features(), 0.0, 6).tolist() == best.tolist()


def test_diversity_brings_another_genre_forward() -> None:
    scores = np.array([5, 4.9, 4, 3.9, 3, 4.8], np.float32)
    assert mmr(scores, top_k(scores, 6), features(), 0.0, 3).tolist() == [0, 1, 5]
    diverse = mmr(scores, top_k(scores, 6), features(), 0.6, 3)
    assert GENRES[diverse[1]] == "Drama"


def test_no_candidates_give_no_list_and_senseless_questions_are_refused() -> None:
    scores = np.ones(6, np.float32)
    assert len(mmr(scores, np.empty(0, np.int64), features(), 0.5, 3)) == 0
    for some_scores, diversity, k in ((scores, 1.5, 3), (scores, 0.5, -1), (scores[:2], 0.5, 1)):
        with pytest.raises(InvalidRanking):
            mmr(some_scores, np.arange(2), features(), diversity, k)
