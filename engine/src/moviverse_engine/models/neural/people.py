"""The people of the training: their histories cut in two for each step, and some held back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy.sparse import csr_array

from moviverse_engine.models.neural.network import input_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories
    from moviverse_engine.models.neural.network import Network
    from moviverse_engine.models.neural.order import Canonical
    from moviverse_engine.models.neural.settings import NeuralConfig

    Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]

_ASKED_SHARE = 0.2
_FEWEST_LIKES = 5  # of a person held back (Liang et al. 2018)
_FIRST = 100


@dataclass(frozen=True)
class Batch:
    """Hold n people's histories for one step.

    Attributes:
        rows: int64[m], rows of `Network.inputs`, one person's after another's.
        starts: int64[n], first of each person's rows.
        counts: int64[n], how many each person has.
        asked: int64[n_asked], the items among which the likes are to be found.
        seen: (person, place in `asked`) of the items of the histories.
        wanted: (person, place in `asked`) of the likes that were taken out.
    """

    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]
    asked: NDArray[np.int64]
    seen: Pairs
    wanted: Pairs


@dataclass(frozen=True)
class People:
    """Hold those who are learnt from, and those on whom the best epoch is chosen.

    Attributes:
        ratings: csr [n_users, n_items] to learn from, items with a like first.
        liked: how many items have a like.
        histories: csr [n_held_back, n_items], without what is asked of these people.
        targets: bool[n_held_back, liked], what is asked of them.
    """

    ratings: Histories
    liked: int
    histories: Histories
    targets: NDArray[np.bool_]

    @classmethod
    def divided(cls, table: Canonical, config: NeuralConfig, rng: np.random.Generator) -> Self:
        """Hold a random share of the people with at least five likes back, and ask for a fifth."""
        ratings = table.ratings
        likes = ratings.data >= config.like_threshold
        before = np.concatenate([np.zeros(1, np.int64), np.cumsum(likes)])
        able = np.flatnonzero(np.diff(before[ratings.indptr]) >= _FEWEST_LIKES)
        count = int(config.held_back * len(able))
        back = np.sort(rng.choice(able, size=count, replace=False))
        learning = np.setdiff1d(np.arange(ratings.shape[0]), back)
        held = ratings[back]
        asked = _a_fifth(held, config.like_threshold, rng)
        targets = np.zeros((count, table.liked), dtype=bool)
        targets[_people_of(held)[asked], held.indices[asked]] = True
        bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(~asked)])[held.indptr]
        known = csr_array((held.data[~asked], held.indices[~asked], bounds), shape=held.shape)
        return cls(ratings[learning], table.liked, known, targets)

    def batches(self, config: NeuralConfig, rng: np.random.Generator) -> Iterator[Batch]:
        """Yield everybody once, in a random order; nobody, where nothing is liked."""
        order = rng.permutation(self.ratings.shape[0] if self.liked else 0)
        for first in range(0, len(order), config.batch):
            yield self._batch(self.ratings[order[first : first + config.batch]], config, rng)

    def _batch(self, some: Histories, config: NeuralConfig, rng: np.random.Generator) -> Batch:
        n, people = some.shape[0], _people_of(some)
        share = rng.uniform(config.least_known, config.most_known, n)
        known = rng.random(some.nnz) < share[people]
        counts = np.bincount(people[known], minlength=n)
        asked = np.arange(self.liked)
        if self.liked > config.softmax_items:
            asked = np.sort(rng.choice(self.liked, config.softmax_items, replace=False))
        place = np.full(some.shape[1], -1, dtype=np.int64)
        place[asked] = np.arange(len(asked))
        columns = place[some.indices]
        wanted = ~known & (columns >= 0) & (some.data >= config.like_threshold)
        seen = known & (columns >= 0)
        return Batch(
            rows=input_rows(some, config.like_threshold)[known].astype(np.int64),
            starts=np.cumsum(counts) - counts,
            counts=counts,
            asked=asked,
            seen=(people[seen], columns[seen]),
            wanted=(people[wanted], columns[wanted]),
        )

    def ndcg(self, network: Network, like_threshold: float) -> float | None:
        """Return the mean NDCG@100 of the people held back; None where there is nobody."""
        if len(self.targets) == 0:
            return None
        scores = network.scores(self.histories, like_threshold)
        scores[_people_of(self.histories), self.histories.indices] = -np.inf
        order = np.argsort(-scores[:, : self.liked], axis=1, kind="stable")[:, :_FIRST]
        discounts = 1.0 / np.log2(np.arange(2, _FIRST + 2))
        gained = np.take_along_axis(self.targets, order, axis=1) @ discounts[: order.shape[1]]
        most = np.cumsum(discounts)[np.minimum(self.targets.sum(axis=1), _FIRST) - 1]
        return float((gained / most).mean())


def _people_of(histories: Histories) -> NDArray[np.int64]:
    """Return the row of each stored rating: int64[nnz]."""
    return np.repeat(np.arange(histories.shape[0]), np.diff(histories.indptr))


def _a_fifth(held: Histories, threshold: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Mark a random fifth of each one's likes, rounded down: bool[nnz]."""
    people = _people_of(held)
    likes = held.data >= threshold
    draw = np.where(likes, rng.random(held.nnz), np.inf)
    order = np.lexsort((draw, people))
    rank = np.empty(held.nnz, dtype=np.int64)
    rank[order] = np.arange(held.nnz) - held.indptr[people[order]]
    number = np.bincount(people[likes], minlength=held.shape[0])
    return likes & (rank < (_ASKED_SHARE * number).astype(np.int64)[people])
