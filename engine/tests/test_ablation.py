from __future__ import annotations

import numpy as np

from moviverse_engine.interactions import history
from moviverse_engine.models import EASE, EASEConfig
from moviverse_engine.models.ablation import counterfactuals, leave_one_out, rank
from moviverse_engine.rerank import top_k
from moviverse_engine.testing import sample_interactions

TASTE = {100: 5.0, 109: 4.5, 103: 4.0, 118: 5.0}


def model() -> EASE:
    return EASE(EASEConfig(l2=10.0)).fit(sample_interactions(), rng=np.random.default_rng(0))


def test_of_a_linear_model_what_a_rating_adds_is_what_is_lost_without_it() -> None:
    ease = model()
    asked, _ = history(ease.items, TASTE)
    items = np.arange(len(ease.items))
    lost = leave_one_out(ease.score, asked, items)
    exact = ease.breakdown(asked, items)
    np.testing.assert_array_equal(lost.history, exact.history)
    np.testing.assert_allclose(lost.by_item, exact.by_item, atol=1e-6)


def test_a_history_longer_than_one_batch_loses_every_one_of_its_ratings() -> None:
    ease = model()
    asked, _ = history(ease.items, TASTE)
    long = asked.copy()
    long.indices = np.tile(asked.indices, 40)
    long.data = np.tile(asked.data, 40)
    long.indptr = np.array([0, len(long.indices)], dtype=np.int32)
    lost = leave_one_out(lambda rows: np.asarray(rows.toarray()), long, asked.indices.astype(int))
    assert lost.by_item.shape == (4, 160)
    np.testing.assert_allclose(lost.by_item.sum(axis=1), long.toarray()[0, asked.indices])


def test_the_rank_is_the_place_in_the_list_that_people_see() -> None:
    ease = model()
    asked, _ = history(ease.items, TASTE)
    best = top_k(ease.score(asked)[0], len(ease.items), exclude=asked.indices)
    assert [rank(ease, asked, int(item)) for item in best] == list(range(1, len(best) + 1))


def test_a_counterfactual_is_the_rank_of_a_history_that_never_had_the_rating() -> None:
    ease = model()
    asked, _ = history(ease.items, TASTE)
    item = int(top_k(ease.score(asked)[0], 1, exclude=asked.indices)[0])
    found = {each.index: each.rank for each in counterfactuals(ease, asked, [item])[0]}
    for film, row in zip(TASTE, asked.indices, strict=True):
        shortened, _ = history(ease.items, {k: v for k, v in TASTE.items() if k != film})
        scores = ease.score(shortened)[0]
        others = top_k(scores, len(ease.items), exclude=asked.indices)
        assert found[int(row)] == others.tolist().index(item) + 1


def test_counterfactuals_come_with_the_worst_place_first() -> None:
    ease = model()
    asked, _ = history(ease.items, TASTE)
    for found in counterfactuals(ease, asked, [5, 7]):
        ranks = [each.rank for each in found]
        assert ranks == sorted(ranks, reverse=True)
        assert len(ranks) == 4
    assert counterfactuals(ease, history(ease.items, {})[0], [5]) == [[]]
