"""The protocol `rating`: what is hidden, what is asked, and what the errors are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from moviverse_engine.evaluation import ratings
from moviverse_engine.evaluation.errors import NothingToEvaluate
from moviverse_engine.evaluation.ratings import RatingSplit
from moviverse_engine.interactions import IdMap, Interactions
from moviverse_engine.models import EASE, Popularity, PopularityConfig
from moviverse_engine.models.errors import NotARatingModel

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories

Row = tuple[int, int, float]


def table(rows: list[Row]) -> Interactions:
    users, items, values = zip(*rows, strict=True)
    return Interactions.from_columns(users, items, values, np.zeros(len(rows), np.int64))


def rows_of(data: Interactions) -> list[Row]:
    users, items = data.users.ids[data.user_index], data.items.ids[data.item_index]
    return list(zip(users.tolist(), items.tolist(), data.ratings.tolist(), strict=True))


def viewers(n: int = 40) -> Interactions:
    rng = np.random.default_rng(2)
    users, items = np.nonzero(rng.random((n, 30)) < 0.6)
    values = rng.integers(1, 11, len(users)) / 2
    return Interactions.from_columns(users + 50, items * 7, values, rng.integers(0, 99, len(users)))


class Constant:
    """Predict three stars, and half a star more for each rating of the history."""

    def __init__(self, items: list[int]) -> None:
        self.items = IdMap(np.array(items))

    def predict_ratings(
        self, histories: Histories, items: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        counts = np.diff(histories.indptr).astype(np.float32)
        return np.tile((3 + counts / 2)[:, None], (1, len(items)))


def test_the_test_is_the_first_tenth_of_the_permutation_of_the_sorted_rows() -> None:
    data = viewers()
    rows = sorted(rows_of(data))
    order = np.random.RandomState(42).permutation(len(rows)).tolist()
    hidden = order[: round(0.1 * len(rows))]
    split = ratings.random_ratings(data)
    assert rows_of(split.test) == [rows[place] for place in sorted(hidden)]
    assert rows_of(split.train) == [rows[p] for p in range(len(rows)) if p not in set(hidden)]


def test_the_validation_is_cut_from_what_the_test_leaves() -> None:
    data = viewers()
    test = ratings.random_ratings(data, seed=5)
    split = ratings.random_ratings(data, seed=5, part="validation")
    left = rows_of(test.train)
    order = np.random.RandomState(6).permutation(len(left)).tolist()
    hidden = sorted(order[: round(0.1 * len(left))])
    assert rows_of(split.test) == [left[place] for place in hidden]
    assert sorted(rows_of(split.train) + rows_of(split.test)) == left


def test_too_few_ratings_cannot_be_hidden() -> None:
    with pytest.raises(NothingToEvaluate, match="none to predict"):
        ratings.random_ratings(table([(1, 1, 3.0), (1, 2, 4.0)]))


def test_folds_are_read_as_grouplens_ships_them(tmp_path: Path) -> None:
    (tmp_path / "u1.base").write_text("1\t1\t5\t874965758\n1\t2\t3\t876893171\n")
    (tmp_path / "u1.test").write_text("1\t6\t4\t887431973\n")
    split = ratings.given_ratings(tmp_path / "u1.base", tmp_path / "u1.test")
    assert rows_of(split.train) == [(1, 1, 5.0), (1, 2, 3.0)]
    assert rows_of(split.test) == [(1, 6, 4.0)]


def test_errors_are_summed_by_person() -> None:
    train = table([(1, 10, 5.0), (1, 11, 4.0), (2, 10, 2.0)])
    test = table([(1, 12, 3.5), (1, 13, 4.5), (2, 12, 1.0)])
    found = ratings.measure_ratings(Constant([10, 11, 12, 13]), RatingSplit(train, test))
    assert found.users.tolist() == [1, 2]
    assert found.squared_error_sums.tolist() == [0.5**2 + 0.5**2, 2.5**2]
    assert found.absolute_error_sums.tolist() == [1.0, 2.5]
    assert found.counts.tolist() == [2, 1]
    assert found.rmse == pytest.approx(math.sqrt((0.5 + 6.25) / 3))
    assert found.mae == pytest.approx(3.5 / 3)
    assert found.by_baseline == 0


def test_a_person_without_training_ratings_is_asked_with_an_empty_history() -> None:
    split = RatingSplit(table([(1, 10, 5.0)]), table([(9, 10, 4.0)]))
    found = ratings.measure_ratings(Constant([10]), split)
    assert found.squared_error_sums.tolist() == [1.0]


def test_an_item_that_the_model_does_not_know_is_answered_by_the_damped_mean() -> None:
    train = table([(1, 10, 5.0), (1, 11, 4.0), (2, 10, 3.0)])
    test = table([(1, 99, 2.0), (3, 99, 2.0)])
    found = ratings.measure_ratings(Constant([10, 11]), RatingSplit(train, test))
    expected = [4 + (5 - 4 + 4 - 4) / (2 + 10) - 2, 2]
    assert found.absolute_error_sums.tolist() == pytest.approx(expected)
    assert found.by_baseline == 2


def test_batches_of_people_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    split = ratings.random_ratings(viewers())
    model = Popularity(PopularityConfig()).fit(split.train, rng=np.random.default_rng(0))
    heard: list[float] = []
    whole = ratings.measure_ratings(model, split)
    monkeypatch.setattr(ratings, "_CELLS", 100)
    parts = ratings.measure_ratings(model, split, progress=lambda part, _: heard.append(part))
    np.testing.assert_array_equal(parts.squared_error_sums, whole.squared_error_sums)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_a_model_that_ranks_only_is_refused_by_name() -> None:
    split = ratings.random_ratings(viewers())
    model = EASE().fit(split.train, rng=np.random.default_rng(0))
    with pytest.raises(NotARatingModel, match="EASE ranks"):
        ratings.measure_ratings(model, split)
