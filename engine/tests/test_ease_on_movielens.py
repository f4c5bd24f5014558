"""EASE on the split on which five libraries agree; a gate against wrong code."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from moviverse_engine.interactions import Histories, IdMap, Interactions
from moviverse_engine.models import EASE
from moviverse_engine.rerank import top_k

BESIDE = Path(__file__).parents[3] / "shared" / "datasets"
SPLIT = Path(os.environ.get("MOVIVERSE_DATASETS", BESIDE)) / "ml-1m" / "strong_split_98765.npz"


def rows_of(items: IdMap, pairs: np.ndarray, people: np.ndarray) -> Histories:
    rows = items.rows(pairs[:, 1].astype(np.int64))
    person = np.searchsorted(people, pairs[:, 0])[rows >= 0]
    rows = rows[rows >= 0]
    ratings = np.full(len(rows), 5.0, dtype=np.float32)
    where = (person.astype(np.int32), rows.astype(np.int32))
    return csr_array((ratings, where), shape=(len(people), len(items)))


@pytest.mark.skipif(not SPLIT.exists(), reason=f"the MovieLens 1M split is not at {SPLIT}")
def test_ease_reaches_the_published_accuracy_on_movielens_1m() -> None:
    split = np.load(SPLIT)
    train = split["train"]
    data = Interactions.from_columns(
        train[:, 0], train[:, 1], np.full(len(train), 5.0), np.zeros(len(train), np.int64)
    )
    model = EASE().fit(data, rng=np.random.default_rng(0))
    assert len(model.items) == 3497
    people = np.unique(split["test_history"][:, 0])
    histories = rows_of(model.items, split["test_history"], people)
    targets = rows_of(model.items, split["test_target"], people)
    discount = 1 / np.log2(np.arange(2, 102))
    ndcg = []
    for row, scores in enumerate(model.score(histories)):
        wanted = targets[[row]].indices
        if len(wanted) == 0:
            continue
        best = top_k(scores, 100, exclude=histories[[row]].indices)
        gain = discount[: len(best)][np.isin(best, wanted)].sum()
        ndcg.append(gain / discount[: len(wanted)].sum())
    assert np.mean(ndcg) == pytest.approx(0.4409, abs=0.0005)
