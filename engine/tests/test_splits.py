"""Protocols: who trains, who is asked, for what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moviverse_engine.evaluation import split_files, splits
from moviverse_engine.evaluation.errors import NothingToEvaluate, WrongSplitFile
from moviverse_engine.interactions import Interactions

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

Pairs = set[tuple[int, int]]


def pairs(data: Interactions) -> Pairs:
    users, items = data.users.ids[data.user_index], data.items.ids[data.item_index]
    return set(zip(users.tolist(), items.tolist(), strict=True))


def people(data: Interactions) -> set[int]:
    return {int(user) for user in data.users.ids}


def viewers(n_users: int, n_items: int, seed: int) -> Interactions:
    rng = np.random.default_rng(seed)
    seen = rng.random((n_users, n_items)) < 0.5
    users, items = np.nonzero(seen)
    ratings = rng.integers(1, 11, size=len(users)) / 2
    times = rng.integers(0, 50, size=len(users))
    return Interactions.from_columns(users + 100, items + 7, ratings, times)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_strong_holds_out_whole_people_and_asks_for_a_fifth_of_their_likes(seed: int) -> None:
    data = viewers(60, 60, seed % 1000)
    likes = data.filter(min_rating=4.0, min_user=5)
    parts = {part: splits.strong(data, seed=seed, part=part) for part in ("validation", "test")}
    assert pairs(parts["test"].train) == pairs(parts["validation"].train)
    groups = [people(parts["test"].train), *(people(s.target) for s in parts.values())]
    assert not groups[1] & groups[2]
    assert not groups[0] & (groups[1] | groups[2])
    known = set(parts["test"].train.items.ids.tolist())
    for split in parts.values():
        history, target = pairs(split.history), pairs(split.target)
        assert not history & target
        assert history | target <= {pair for pair in pairs(likes) if pair[1] in known}
        for person in people(split.target):
            asked = sum(user == person for user, _ in target)
            told = sum(user == person for user, _ in history)
            assert asked == (asked + told) // 5
    assert parts["test"].train.ratings.min() >= 4.0


def test_low_ratings_are_told_and_nobody_is_asked_for_anything_else() -> None:
    data = viewers(60, 60, 3)
    likes = splits.strong(data, seed=5)
    everything = splits.with_low_ratings(likes, data)
    films = set(likes.train.items.ids.tolist())
    low = pairs(data) - pairs(data.filter(min_rating=4.0))
    low = {(user, film) for user, film in low if film in films}
    learning, asked = people(likes.train), people(likes.history) | people(likes.target)
    told = {pair for pair in low if pair[0] in learning}
    assert told
    assert pairs(everything.train) == pairs(likes.train) | told
    assert pairs(everything.history) == pairs(likes.history) | {p for p in low if p[0] in asked}
    assert everything.target is likes.target
    assert everything.train.items == likes.train.items
    given = dict(zip(zip(data.user_index, data.item_index, strict=True), data.ratings, strict=True))
    assert set(everything.train.ratings.tolist()) == set(given.values())
    assert everything.train.timestamps.max() > 0


def test_a_target_that_the_data_rates_low_is_never_told(tmp_path: Path) -> None:
    arrays = {**STRONG, "train": np.array([[1, 10], [1, 11], [2, 11]])}
    low = replace(DATA, ratings=np.full(len(DATA), 2.0, dtype=np.float32))
    split = split_files.strong(written(tmp_path / "s.npz", arrays), low)
    everything = splits.with_low_ratings(split, low)
    assert pairs(everything.train) == {(1, 10), (1, 11), (2, 10), (2, 11)}
    assert (pairs(everything.history), pairs(everything.target)) == ({(4, 11)}, {(4, 10)})


def test_one_seed_gives_one_strong_split_and_another_seed_another() -> None:
    data = viewers(60, 60, 1)
    one, same, other = (splits.strong(data, seed=seed) for seed in (5, 5, 6))
    assert pairs(one.target) == pairs(same.target)
    assert pairs(one.target) != pairs(other.target)


def test_too_few_people_cannot_be_held_out() -> None:
    with pytest.raises(NothingToEvaluate, match="nobody to ask"):
        splits.strong(viewers(8, 30, 1), seed=1)


def sequences() -> Interactions:
    rows = [
        *[(1, 10, 30), (1, 11, 10), (1, 12, 20), (1, 13, 40)],
        *[(2, 10, 1), (2, 11, 1), (2, 12, 1)],  # of one second: by id
        *[(3, 10, 1), (3, 11, 2)],  # too short to be asked
    ]
    users, items, times = zip(*rows, strict=True)
    return Interactions.from_columns(users, items, [1.0] * len(rows), times)


def test_the_last_film_is_asked_for_at_the_test() -> None:
    split = splits.leave_last_out(sequences())
    assert pairs(split.target) == {(1, 13), (2, 12)}
    assert pairs(split.history) == {(1, 11), (1, 12), (1, 10), (2, 10), (2, 11)}
    assert pairs(split.train) == {(1, 11), (1, 12), (2, 10), (3, 10), (3, 11)}


def test_the_last_but_one_is_asked_for_at_validation_and_the_last_is_not_looked_at() -> None:
    split = splits.leave_last_out(sequences(), part="validation")
    assert pairs(split.target) == {(1, 10), (2, 11)}
    assert pairs(split.history) == {(1, 11), (1, 12), (2, 10)}
    assert pairs(split.train) == pairs(splits.leave_last_out(sequences()).train)


def test_every_film_seen_counts_alike_when_the_next_one_is_asked_for() -> None:
    split = splits.leave_last_out(sequences())
    assert set(split.train.ratings.tolist()) == {5.0}
    assert sequences().ratings.tolist() == [1.0] * 9


def test_time_is_cut_once_for_everybody() -> None:
    rows = [
        (user, item, 4.5 if item % 2 else 2.0, item) for user in (1, 2) for item in range(1, 10)
    ]
    rows.append((3, 9, 5.0, 9))  # came after the cut: nothing is known of them
    users, items, ratings, times = zip(*rows, strict=True)
    data = Interactions.from_columns(users, items, ratings, times)
    split = splits.temporal(data)
    assert split.train.timestamps.max() < 8
    assert pairs(split.target) == {(1, 9), (2, 9)}
    assert pairs(split.history) == pairs(split.train)
    validation = splits.temporal(data, part="validation")
    assert validation.train.timestamps.max() < 6
    assert pairs(validation.target) == {(1, 7), (2, 7)}


def test_without_two_moments_there_is_no_cut() -> None:
    data = Interactions.from_columns([1, 1], [1, 2], [5.0, 5.0], [9, 9])
    with pytest.raises(NothingToEvaluate):
        splits.temporal(data)
    with pytest.raises(NothingToEvaluate):
        splits.temporal(data, part="validation")


STRONG: dict[str, Any] = {
    "train": np.array([[1, 10], [1, 11], [2, 11]], dtype=np.int32),
    "validation_history": np.array([[3, 10]]),
    "validation_target": np.array([[3, 11]]),
    "test_history": np.array([[4, 11]]),
    "test_target": np.array([[4, 10]]),
}
DATA = Interactions.from_columns(np.repeat([1, 2, 3, 4], 2), [10, 11] * 4, [4.0] * 8, range(8))


def written(path: Path, arrays: dict[str, NDArray[Any]]) -> Path:
    np.savez(path, allow_pickle=False, **arrays)
    return path


def test_a_given_strong_split_is_taken_with_the_ratings_and_times_of_the_data(
    tmp_path: Path,
) -> None:
    path = written(tmp_path / "s.npz", STRONG)
    split = split_files.strong(path, DATA)
    assert pairs(split.train) == {(1, 10), (1, 11), (2, 11)}
    assert (pairs(split.history), pairs(split.target)) == ({(4, 11)}, {(4, 10)})
    assert set(split.history.ratings.tolist()) == {4.0}
    assert split.train.timestamps.tolist() == [0, 1, 3]
    validation = split_files.strong(path, DATA, part="validation")
    assert pairs(validation.target) == {(3, 11)}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"test_target": None}, "lacks the arrays"),
        ({"train": np.zeros((2, 3), int)}, r"train has shape \(2, 3\)"),
        ({"train": np.zeros(2, int)}, "train has shape"),
        ({"train": np.zeros((2, 2))}, "train holds float64"),
        ({"train": np.array([[99, 10]])}, "the user 99, which the data does not have"),
        ({"test_target": np.array([[4, 99]])}, "test_target has the film 99"),
        ({"test_target": np.array([[1, 10]])}, "people in test_target are in train too"),
    ],
)
def test_a_wrong_split_file_says_what_is_wrong(
    tmp_path: Path, change: dict[str, NDArray[Any] | None], message: str
) -> None:
    arrays = {name: array for name, array in {**STRONG, **change}.items() if array is not None}
    with pytest.raises(WrongSplitFile, match=message):
        split_files.strong(written(tmp_path / "s.npz", arrays), DATA)


ORDER = {
    "users": np.array([1, 2]),
    "len": np.array([3, 2]),
    "flat": np.array([12, 10, 11, 10, 11]),
}
THREE = Interactions.from_columns([1, 1, 1, 2, 2], [10, 11, 12, 10, 11], [1.0] * 5, [0, 1, 2, 3, 4])


def test_a_given_order_decides_which_film_was_last(tmp_path: Path) -> None:
    split = split_files.ordered(written(tmp_path / "o.npz", ORDER), THREE)
    assert pairs(split.target) == {(1, 11)}
    assert pairs(split.history) == {(1, 12), (1, 10)}
    assert pairs(split.train) == {(1, 12), (2, 10), (2, 11)}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"len": np.array([3, 3])}, "does not add up"),
        ({"len": np.array([6, -1])}, "does not add up"),
        ({"len": np.array([5])}, "not two columns of one length"),
        ({"flat": np.array([12, 10, 99, 10, 11])}, "flat has the film 99"),
    ],
)
def test_a_wrong_order_file_says_what_is_wrong(
    tmp_path: Path, change: dict[str, NDArray[Any]], message: str
) -> None:
    with pytest.raises(WrongSplitFile, match=message):
        split_files.ordered(written(tmp_path / "o.npz", {**ORDER, **change}), THREE)


def test_a_file_that_is_no_npz_is_named(tmp_path: Path) -> None:
    for name, content in (("a.npz", b""), ("b.npz", b"PK\x03\x04rubbish"), ("c.npz", b"text")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(WrongSplitFile, match="cannot be read as a split"):
            split_files.strong(tmp_path / name, DATA)
    np.save(tmp_path / "plain.npy", np.zeros(3))
    with pytest.raises(WrongSplitFile):
        split_files.strong(tmp_path / "plain.npy", DATA)
    with pytest.raises(WrongSplitFile):
        split_files.strong(tmp_path / "absent.npz", DATA)


def test_arrays_of_objects_are_never_unpickled(tmp_path: Path) -> None:
    arrays = {**STRONG, "train": np.array([[1, "x"]], dtype=object)}
    path = tmp_path / "s.npz"
    np.savez(path, **arrays)
    with pytest.raises(WrongSplitFile, match="cannot be read as a split"):
        split_files.strong(path, DATA)
