"""Divide interactions into what a model may learn and what it is asked afterwards.

Every protocol comes in two parts: `validation`, to choose settings on, and `test`, to be looked at
once at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from moviverse_engine.evaluation.errors import NothingToEvaluate
from moviverse_engine.interactions import Interactions
from moviverse_engine.interactions.table import IMPLICIT_RATING

if TYPE_CHECKING:
    from numpy.typing import NDArray

Part: TypeAlias = Literal["validation", "test"]
Feedback: TypeAlias = Literal["likes", "all"]

LIKED = 4.0
_MIN_USER = 5  # Liang et al. 2018
_SEQUENCE = 3  # one to learn from, one for validation, one for test
_LATER = 0.2


@dataclass(frozen=True)
class Split:
    """Hold what to train on, what is known of the people asked, and what they are waiting for.

    People are matched between `history` and `target` by id.
    """

    train: Interactions
    history: Interactions
    target: Interactions

    def __post_init__(self) -> None:
        if not len(self.train) or not len(self.target):
            raise NothingToEvaluate("The split leaves nothing to train on or nobody to ask.")


def strong(data: Interactions, *, seed: int, part: Part = "test") -> Split:
    """Hold out whole people, and ask them for a fifth of what they like (Liang et al. 2018).

    Ratings of at least 4 count, people with at least 5 of them. A tenth of the people are for
    validation, a tenth for test; the films are those of the training people. Of each one asked a
    random fifth, rounded down, is the target. The draws are those of the authors' code, in its
    order, so that one seed gives their split.

    Raises:
        NothingToEvaluate: there are too few people.
    """
    data = data.filter(min_rating=LIKED, min_user=_MIN_USER)
    rng = np.random.RandomState(seed)  # the published splits come from this generator
    held_out = len(data.users) // 10
    shuffled = rng.permutation(len(data.users))
    learning, asked = shuffled[: -2 * held_out or None], shuffled[len(shuffled) - 2 * held_out :]
    trains = np.isin(data.user_index, learning)
    known = np.zeros(len(data.items), dtype=bool)
    known[data.item_index[trains]] = True
    groups = {"validation": asked[:held_out], "test": asked[held_out:]}
    drawn = {}
    for name, people in groups.items():  # both, since the second draws after the first
        rows = np.flatnonzero(np.isin(data.user_index, people) & known[data.item_index])
        target = _a_fifth_of_each(people, data.user_index[rows], rng)
        drawn[name] = (rows[~target], rows[target])
    history, wanted = drawn[part]
    return Split(
        train=select(data, trains), history=select(data, history), target=select(data, wanted)
    )


def with_low_ratings(split: Split, data: Interactions) -> Split:
    """Let a strong split know what people did not like, as a service does.

    The training people's ratings below 4 go to the training data, and those of the people asked to
    their histories; both for the films that the split trains on alone, so that the films ranked and
    those asked for stay the same and figures compare. What was seen is in the history and left out
    of every list, whether it was liked or not.

    Args:
        split: of likes alone.
        data: the ratings it was drawn from.
    """
    asked = np.union1d(split.history.users.ids, split.target.users.ids)
    fixed = np.concatenate(
        [pairs(side, data) for side in (split.train, split.history, split.target)]
    )
    low = np.flatnonzero(data.ratings < LIKED)
    low = low[split.train.items.rows(data.items.ids)[data.item_index[low]] >= 0]
    low = low[~np.isin(pairs(data, data)[low], fixed)]
    trains, is_asked = (np.isin(data.users.ids, ids) for ids in (split.train.users.ids, asked))
    return Split(
        train=_joined(split.train, select(data, low[trains[data.user_index[low]]])),
        history=_joined(split.history, select(data, low[is_asked[data.user_index[low]]])),
        target=split.target,
    )


def pairs(side: Interactions, data: Interactions) -> NDArray[np.int64]:
    """Number the pairs of (user, item) of one side by the rows of other data that knows them all."""
    users, items = data.users.rows(side.users.ids), data.items.rows(side.items.ids)
    return users[side.user_index] * len(data.items) + items[side.item_index]


def leave_last_out(data: Interactions, *, part: Part = "test") -> Split:
    """Ask everybody for the film that came last, whatever its rating; before it, for validation.

    Every film seen counts alike, as 5.0. People with fewer than three films only train. The model
    trains without the last two films of the others; at the test it is told the last but one.
    Films of the same second count in the order of their ids.
    """
    data = replace(data, ratings=np.full(len(data), IMPLICIT_RATING, dtype=np.float32))
    order = np.lexsort((data.timestamps, data.user_index))
    counts = np.bincount(data.user_index, minlength=len(data.users))
    from_end = np.empty(len(data), dtype=np.int64)
    ends = np.cumsum(counts)[data.user_index[order]]
    from_end[order] = ends - 1 - np.arange(len(data))
    long = counts[data.user_index] >= _SEQUENCE
    last = 0 if part == "test" else 1
    return Split(
        train=select(data, ~long | (from_end >= _SEQUENCE - 1)),
        history=select(data, long & (from_end > last)),
        target=select(data, long & (from_end == last)),
    )


def temporal(data: Interactions, *, part: Part = "test") -> Split:
    """Cut time once: the model learns from the first 80 % of all ratings.

    Asked is everybody with a rating before the cut, for the films liked (4 and above) after it.
    For validation the first 80 % are cut once more in the same way, and the rest is not looked at.
    """
    train, later = _cut(data)
    if part == "validation":
        train, later = _cut(train)
    return _asked_later(train, later)


def since(data: Interactions, moment: int) -> Split:
    """Do as `temporal`, and cut at a moment, in seconds since 1970: what came then is asked for.

    Raises:
        NothingToEvaluate: nothing came before, or nobody who was known then liked a film since.
    """
    before = data.timestamps < moment
    return _asked_later(select(data, before), select(data, ~before))


def _asked_later(train: Interactions, later: Interactions) -> Split:
    asked = np.isin(later.users.ids, train.users.ids)[later.user_index]
    target = select(later, asked & (later.ratings >= LIKED))
    return Split(train=train, history=train, target=target)


def select(data: Interactions, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Interactions:
    """Keep some rows, and only the users and items that they name."""
    return Interactions.from_columns(
        data.users.ids[data.user_index[rows]],
        data.items.ids[data.item_index[rows]],
        data.ratings[rows],
        data.timestamps[rows],
    )


def _joined(one: Interactions, other: Interactions) -> Interactions:
    sides = (one, other)
    return Interactions.from_columns(
        np.concatenate([side.users.ids[side.user_index] for side in sides]),
        np.concatenate([side.items.ids[side.item_index] for side in sides]),
        np.concatenate([side.ratings for side in sides]),
        np.concatenate([side.timestamps for side in sides]),
    )


def _cut(data: Interactions) -> tuple[Interactions, Interactions]:
    if not len(data):
        raise NothingToEvaluate("There are no ratings before the cut.")
    place = int(len(data) * (1 - _LATER))
    moment = np.partition(data.timestamps, place)[place]
    before = data.timestamps < moment
    return select(data, before), select(data, ~before)


def _a_fifth_of_each(
    people: NDArray[np.int64], user_index: NDArray[np.int32], rng: np.random.RandomState
) -> NDArray[np.bool_]:
    """Mark a random fifth of each one's rows; `user_index` is ascending."""
    chosen = np.zeros(len(user_index), dtype=bool)
    starts = np.searchsorted(user_index, people)
    stops = np.searchsorted(user_index, people, side="right")
    for start, size in zip(starts, stops - starts, strict=True):
        if size >= _MIN_USER:
            chosen[start + rng.choice(size, size=int(0.2 * size), replace=False)] = True
    return chosen
