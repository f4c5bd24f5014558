"""The protocol `rating`: hide some ratings of people who are known, and predict them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from moviverse_engine.evaluation.errors import NothingToEvaluate
from moviverse_engine.evaluation.measurement import aligned
from moviverse_engine.evaluation.splits import Part, select
from moviverse_engine.interactions import IdMap, movielens, silent

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories, Interactions, Progress

_HIDDEN = 0.1
_CELLS = 2_000_000  # ratings predicted at a time
_DAMPING = 10.0


class Rater(Protocol):
    """Anything that predicts ratings of the items it names."""

    @property
    def items(self) -> IdMap: ...

    def predict_ratings(
        self, histories: Histories, items: NDArray[np.int64], /
    ) -> NDArray[np.float32]: ...


@dataclass(frozen=True)
class RatingSplit:
    """Hold the ratings that are told and, of people matched by id, those to predict."""

    train: Interactions
    test: Interactions

    def __post_init__(self) -> None:
        if not len(self.train) or not len(self.test):
            raise NothingToEvaluate("The split leaves no rating to train on or none to predict.")


@dataclass(frozen=True)
class RatingMeasurement:
    """Hold the errors of one model on one split, by person, so that people can be drawn again.

    Attributes:
        users: int64[n], ids of the people asked.
        squared_error_sums: float64[n], of each one's predictions.
        absolute_error_sums: float64[n].
        counts: int64[n], how many ratings of each were predicted.
        by_baseline: how many of them are of items that the model does not know.
    """

    users: NDArray[np.int64]
    squared_error_sums: NDArray[np.float64]
    absolute_error_sums: NDArray[np.float64]
    counts: NDArray[np.int64]
    by_baseline: int = 0

    @property
    def rmse(self) -> float:
        """Give the root of the mean squared error over all ratings."""
        return math.sqrt(self.squared_error_sums.sum() / self.counts.sum())

    @property
    def mae(self) -> float:
        """Give the mean absolute error over all ratings."""
        return float(self.absolute_error_sums.sum() / self.counts.sum())


def random_ratings(data: Interactions, *, seed: int = 42, part: Part = "test") -> RatingSplit:
    """Hide a random tenth of all ratings, whoever they are of.

    The ratings stand in the order of user id, then item id; the first round(n / 10) of NumPy's
    `RandomState(seed).permutation(n)` are the test. For validation the same is done with the m
    ratings that are left, in the same order, by `RandomState(seed + 1)`: the test is not looked at.

    Raises:
        NothingToEvaluate: there are too few ratings.
    """
    users, items = data.users.ids[data.user_index], data.items.ids[data.item_index]
    told, hidden = _drawn(np.lexsort((items, users)), seed)
    if part == "validation":
        told, hidden = _drawn(told, seed + 1)
    return RatingSplit(train=select(data, told), test=select(data, hidden))


def given_ratings(train: Path, test: Path) -> RatingSplit:
    """Read a split that somebody else drew, as two rating files: `u1.base` and `u1.test` of 100K.

    Raises:
        DataNotFound, MissingColumn, NothingToEvaluate: as `movielens.read_ratings` and `RatingSplit`.
    """
    return RatingSplit(train=movielens.read_ratings(train)[0], test=movielens.read_ratings(test)[0])


def measure_ratings(
    model: Rater, split: RatingSplit, *, progress: Progress | None = None
) -> RatingMeasurement:
    """Predict every rating of the test from its person's training ratings.

    A person without training ratings is asked with an empty history. An item that the model does
    not know is answered by the person's damped mean, mu + sum(r - mu) / (10 + n), over the n
    training ratings: nothing is left out.

    Raises:
        NotARatingModel: the model ranks only.
    """
    tell = progress or silent
    test, people = split.test, split.test.users
    told = aligned(split.train, people, split.train.items)
    mean = float(split.train.ratings.mean(dtype=np.float64))
    counts = np.diff(told.indptr)
    predicted = (mean + (told.sum(axis=1) - counts * mean) / (counts + _DAMPING))[test.user_index]
    histories = aligned(split.train, people, model.items)
    columns = model.items.rows(test.items.ids)
    known = columns[test.item_index] >= 0
    bounds = np.searchsorted(test.user_index, np.arange(len(people) + 1))
    step = max(1, _CELLS // len(test.items))
    for first in range(0, len(people), step):
        last = min(first + step, len(people))
        rows = np.arange(bounds[first], bounds[last])
        rows = rows[known[rows]]
        wanted, place = np.unique(columns[test.item_index[rows]], return_inverse=True)
        table = model.predict_ratings(histories[first:last], wanted)
        predicted[rows] = table[test.user_index[rows] - first, place]
        tell(last / len(people), "predicting")
    error = predicted - test.ratings
    return RatingMeasurement(
        users=people.ids,
        squared_error_sums=_sums(error**2, test.user_index, len(people)),
        absolute_error_sums=_sums(np.abs(error), test.user_index, len(people)),
        counts=np.bincount(test.user_index, minlength=len(people)),
        by_baseline=int((~known).sum()),
    )


def _sums(values: NDArray[np.float64], owner: NDArray[np.int32], n: int) -> NDArray[np.float64]:
    return np.asarray(np.bincount(owner, values, minlength=n), dtype=np.float64)


def _drawn(rows: NDArray[np.int64], seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (the rows told, the rows hidden), each in the order given."""
    n = len(rows)
    order = np.random.RandomState(seed).permutation(n)  # the published splits draw from it
    hidden = round(_HIDDEN * n)
    return rows[np.sort(order[hidden:])], rows[np.sort(order[:hidden])]
