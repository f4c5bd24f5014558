"""Measuring a model: what it is told, what is hidden, and the figures of the field."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from moviverse_engine.evaluation import measurement, split_files, splits
from moviverse_engine.evaluation.errors import NothingToEvaluate
from moviverse_engine.features import ItemFeatures
from moviverse_engine.interactions import IdMap, Interactions, movielens
from moviverse_engine.models import EASE, Popularity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories

REPOSITORY = Path(__file__).resolve().parents[2]
DATASETS = Path(os.environ.get("MOVIVERSE_DATASETS", REPOSITORY.parent / "shared" / "datasets"))


@dataclass
class Fixed:
    """Gives everybody the same scores and remembers the histories it was asked about."""

    items: IdMap
    scores: list[float]
    asked: list[NDArray[np.float32]] = field(default_factory=list)

    def score(self, histories: Histories, /) -> NDArray[np.float32]:
        self.asked.append(histories.toarray())
        return np.tile(np.array(self.scores, dtype=np.float32), (histories.shape[0], 1))


def interactions(rows: list[tuple[int, int]], rating: float = 5.0) -> Interactions:
    users, items = np.array(rows).reshape(-1, 2).T
    return Interactions.from_columns(users, items, np.full(len(rows), rating), np.arange(len(rows)))


def split() -> splits.Split:
    return splits.Split(
        train=interactions([(1, 10), (1, 20), (2, 10), (2, 30), (3, 10), (3, 40)]),
        history=interactions([(8, 10), (9, 20), (9, 99)], rating=4.5),
        target=interactions([(8, 30), (8, 99), (9, 10), (7, 99)]),
    )


def test_films_of_the_history_are_left_out_and_films_nobody_trained_on_do_not_count() -> None:
    model = Fixed(IdMap(np.array([10, 20, 30, 40])), [4.0, 3.0, 2.0, 1.0])
    result = measurement.measure(model, split())
    assert result.users.tolist() == [8, 9]
    assert (result.left_out, result.items) == (1, 4)
    # 8 sees 20, 30, 40 and waits for 30; 9 sees 10, 30, 40 and waits for 10.
    assert result.values["MRR"].tolist() == [0.5, 1.0]
    assert result.values["HR@10"].tolist() == [1.0, 1.0]
    assert result.coverage == 1.0
    assert model.asked[0].tolist() == [[4.5, 0, 0, 0], [0, 4.5, 0, 0]]


def test_novelty_is_that_of_the_films_shown() -> None:
    model = Fixed(IdMap(np.array([10, 20, 30, 40])), [4.0, 3.0, 2.0, 1.0])
    bits = np.log2([3.0, 3.0, 3.0]), np.log2([1.0, 3.0, 3.0])
    result = measurement.measure(model, split())
    assert result.values["Novelty@20"].tolist() == pytest.approx([b.mean() for b in bits])


def test_what_lists_are_about_is_measured_where_films_are_described() -> None:
    model = Fixed(IdMap(np.array([10, 20, 30, 40])), [4.0, 3.0, 2.0, 1.0])
    plain = measurement.measure(model, split())
    assert set(plain.values) == set(measurement.METRICS)
    records = {film: {"genres": ["Drama", "War"][: 1 + film // 20]} for film in (40, 30, 20, 10)}
    features = ItemFeatures.build(IdMap(np.array([40, 30, 20, 10])), records)
    result = measurement.measure(model, split(), features=features)
    assert set(result.values) == {*measurement.METRICS, *measurement.DESCRIBED}
    F = features.matrix.toarray()[::-1]
    for user, shown in enumerate([[1, 2, 3], [0, 2, 3]]):
        cosines = [F[i] @ F[j] for i in shown for j in shown if i < j]
        found = result.values["Diversity@20"][user]
        assert found == pytest.approx(1 - np.mean(cosines), abs=1e-6)
    assert result.values["Miscalibration@20"][0] > 0
    assert result.history_lengths.tolist() == [1, 1]
    assert result.gini == pytest.approx((-3 * 1 - 1 * 1 + 1 * 2 + 3 * 2) / (4 * 6))


def test_genres_of_films_that_were_disliked_are_nothing_to_be_calibrated_to() -> None:
    model = Fixed(IdMap(np.array([10, 20, 30, 40])), [4.0, 3.0, 2.0, 1.0])
    asked = replace(split(), history=interactions([(8, 10), (9, 20)], rating=2.0))
    records = {film: {"genres": ["Drama"]} for film in (10, 20, 30, 40)}
    features = ItemFeatures.build(IdMap(np.array([10, 20, 30, 40])), records)
    values = measurement.measure(model, asked, features=features).values
    assert np.isnan(values["Miscalibration@20"]).all()


def test_a_model_with_its_own_order_of_items_and_more_of_them_gets_the_same_figures() -> None:
    plain = Fixed(IdMap(np.array([10, 20, 30, 40])), [4.0, 3.0, 2.0, 1.0])
    other = Fixed(IdMap(np.array([99, 40, 30, 20, 10])), [9.0, 1.0, 2.0, 3.0, 4.0])
    one, two = measurement.measure(plain, split()), measurement.measure(other, split())
    for name in measurement.METRICS:
        assert one.values[name].tolist() == two.values[name].tolist()
    assert other.asked[0][1].tolist() == [4.5, 0, 0, 4.5, 0]


def test_a_film_the_model_does_not_know_is_never_shown() -> None:
    model = Fixed(IdMap(np.array([20, 30, 40])), [3.0, 2.0, 1.0])
    result = measurement.measure(model, split())
    assert result.values["MRR"].tolist() == [0.5, 0.0]
    assert result.coverage == 0.75


def test_batches_do_not_change_the_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    seen = np.argwhere(rng.random((40, 25)) < 0.4)
    rows = [(int(user), int(item)) for user, item in rng.permutation(seen)]
    divided = splits.leave_last_out(interactions(rows))
    model = EASE().fit(divided.train, rng=rng)
    whole = measurement.measure(model, divided)
    monkeypatch.setattr(measurement, "_CELLS", 60)
    told: list[float] = []
    batched = measurement.measure(model, divided, progress=lambda part, _: told.append(part))
    assert len(told) > 10
    assert told[-1] == 1.0
    assert batched.coverage == whole.coverage
    for name in measurement.METRICS:
        np.testing.assert_allclose(batched.values[name], whole.values[name], atol=1e-6)


def test_nobody_who_waits_for_a_known_film_is_an_error() -> None:
    nobody = splits.Split(
        train=interactions([(1, 10)]),
        history=interactions([(2, 10)]),
        target=interactions([(2, 11)]),
    )
    with pytest.raises(NothingToEvaluate, match="Nobody waits"):
        measurement.measure(Fixed(IdMap(np.array([10])), [1.0]), nobody)


def test_answers_are_timed_one_by_one_after_a_warm_up() -> None:
    ticks = iter(np.arange(100) * 0.25)
    model = Fixed(IdMap(np.array([10, 20, 30, 40])), [1.0] * 4)
    histories = list(measurement.single_histories(model, split(), people=50))
    assert [history.shape for history in histories] == [(1, 4), (1, 4)]
    taken = measurement.answer_milliseconds(
        model.score, histories, clock=lambda: float(next(ticks))
    )
    assert taken.tolist() == [250.0, 250.0]
    assert len(model.asked) == 3


@pytest.fixture(scope="module")
def movielens_1m() -> Interactions:
    if not (DATASETS / "ml-1m").is_dir():
        pytest.skip(f"ml-1m is not in {DATASETS}; set MOVIVERSE_DATASETS to measure on it")
    return movielens.read_ratings(DATASETS / "ml-1m")[0]


@pytest.mark.parametrize("part", ["validation", "test"])
def test_our_own_draw_is_the_published_one(movielens_1m: Interactions, part: splits.Part) -> None:
    path = DATASETS / "ml-1m" / "strong_split_98765.npz"
    drawn = splits.strong(movielens_1m, seed=98765, part=part)
    given = split_files.strong(path, movielens_1m, part=part)
    for name in ("train", "history", "target"):
        ours, theirs = getattr(drawn, name), getattr(given, name)
        assert ours.users == theirs.users
        assert ours.items == theirs.items
        np.testing.assert_array_equal(ours.user_index, theirs.user_index)
        np.testing.assert_array_equal(ours.item_index, theirs.item_index)


def test_five_libraries_agree_with_our_figures_of_ease_on_movielens_1m(
    movielens_1m: Interactions,
) -> None:
    divided = splits.strong(movielens_1m, seed=98765)
    rng = np.random.default_rng(0)
    ease = measurement.measure(EASE().fit(divided.train, rng=rng), divided)
    means = {name: float(values.mean()) for name, values in ease.values.items()}
    assert (len(ease.users), ease.items) == (603, 3497)
    assert means["NDCG@100"] == pytest.approx(0.44092, abs=5e-4)
    assert means["NDCG@10"] == pytest.approx(0.35468, abs=5e-4)
    assert means["Recall@20"] == pytest.approx(0.37645, abs=5e-4)


def test_the_floor_on_movielens_1m_is_that_of_other_libraries(movielens_1m: Interactions) -> None:
    path = DATASETS / "ml-1m" / "strong_split_98765.npz"
    given = split_files.strong(path, movielens_1m)
    floor = Popularity().fit(given.train, rng=np.random.default_rng(0))
    values = measurement.measure(floor, given).values
    assert float(values["NDCG@100"].mean()) == pytest.approx(0.2201, abs=1e-3)


def test_with_low_ratings_ease_on_movielens_1m_reaches_what_other_code_does(
    movielens_1m: Interactions,
) -> None:
    path = DATASETS / "ml-1m" / "strong_split_98765.npz"
    likes = split_files.strong(path, movielens_1m)
    divided = splits.with_low_ratings(likes, movielens_1m)
    assert divided.train.items == likes.train.items
    ease = measurement.measure(EASE().fit(divided.train, rng=np.random.default_rng(0)), divided)
    assert float(ease.values["NDCG@100"].mean()) == pytest.approx(0.4861, abs=1e-3)
