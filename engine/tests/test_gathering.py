"""The short way for one history gives what the long way gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array, vstack

from moviverse_engine.features import ItemFeatures
from moviverse_engine.interactions import IdMap, Interactions
from moviverse_engine.models import EASE, Content, Hybrid, ItemKNN, Model, Popularity
from moviverse_engine.models.errors import NotOneHistory
from moviverse_engine.models.gathering import entries

ITEMS, USERS = 30, 80
MODELS = [EASE, ItemKNN, Content, Popularity, Hybrid]


def test_entries_are_those_of_the_rows_asked_for() -> None:
    rng = np.random.default_rng(0)
    dense = (rng.random((6, 9)) * (rng.random((6, 9)) < 0.4)).astype(np.float32)
    matrix = csr_array(dense)
    for rows in ([], [3], [5, 0, 5], [0, 1, 2, 3, 4, 5]):
        owner, columns, values = entries(matrix, np.array(rows, dtype=np.int64))
        again = np.zeros((len(rows), 9), dtype=np.float32)
        again[owner, columns] = values
        assert np.array_equal(again, dense[rows])


@pytest.fixture(scope="module")
def data() -> tuple[Interactions, ItemFeatures]:
    rng = np.random.default_rng(1)
    seen = rng.random((USERS, ITEMS)) < 0.3
    users, items = np.nonzero(seen)
    ratings = rng.integers(1, 11, size=len(users)) / 2
    interactions = Interactions.from_columns(users, items, ratings, np.zeros(len(users), int))
    words = ["crime", "drama", "comedy", "war", "music"]
    records = {
        item: {"genres": [words[item % 5], words[item % 3]], "cast": [f"actor {item % 7}"]}
        for item in range(ITEMS)
    }
    return interactions, ItemFeatures.build(IdMap(np.arange(ITEMS)), records)


@pytest.mark.parametrize("kind", MODELS)
def test_one_history_is_scored_as_it_is_among_others(
    kind: type[Model[Any]], data: tuple[Interactions, ItemFeatures]
) -> None:
    interactions, features = data
    model = kind().fit(interactions, features, rng=np.random.default_rng(0))
    histories = interactions.matrix()
    together = model.score(histories)
    for person in range(10):
        one = histories[[person]]
        assert np.allclose(model.score(one)[0], together[person], atol=1e-4, rtol=1e-5)
        reading = model.reading(one)
        assert np.allclose(reading.scores, together[person], atol=1e-4, rtol=1e-5)
        asked = np.array([4, 0, 4, 29])
        parts = reading.breakdown(asked)
        assert np.allclose(parts.totals(), reading.scores[asked], atol=1e-5)
    with pytest.raises(NotOneHistory):
        model.reading(vstack([histories[[0]], histories[[1]]], format="csr"))


def test_a_scale_that_was_kept_gives_the_same_parts_as_all_scores(
    data: tuple[Interactions, ItemFeatures],
) -> None:
    interactions, features = data
    model = Hybrid().fit(interactions, features, rng=np.random.default_rng(0))
    histories, asked = interactions.matrix(), np.array([4, 0, 4, 29])
    for person in range(10):
        one = histories[[person]]
        parts = model.reading(one).breakdown(asked)
        again = model.scaled_breakdown(one, asked, model.scale(one))
        assert again.features is not None
        assert parts.features is not None
        assert np.allclose(again.by_item, parts.by_item, atol=1e-6)
        assert np.allclose(again.prior, parts.prior, atol=1e-6)
        assert np.allclose(again.features.values, parts.features.values, atol=1e-6)
        assert np.array_equal(again.features.via, parts.features.via)
