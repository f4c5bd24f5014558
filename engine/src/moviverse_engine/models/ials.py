"""iALS: matrix factorisation for implicit feedback, folded in by one small solve."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits

from moviverse_engine.models.base import Model, Training
from moviverse_engine.models.breakdown import Breakdown, Reading
from moviverse_engine.models.config import LikesConfig
from moviverse_engine.models.errors import ModelDamaged
from moviverse_engine.models.least_squares import (
    Direct,
    Dual,
    Factors,
    regression_of,
    solve_rows,
)
from moviverse_engine.models.likes import likes_among
from moviverse_engine.models.singular_vectors import right_singular_vectors

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories, IdMap
    from moviverse_engine.models.storage import Folder


@dataclass(frozen=True, kw_only=True)
class IALSConfig(LikesConfig):
    """Set iALS.

    Attributes:
        factors: the paper's d; fewer are used where there are fewer items or people.
        alpha0: the weight of a pair that is no like; a like weighs 1 more.
        l2: the paper's lambda.
        nu: how strongly the penalty grows with how often a person or item occurs.
        frequency: what counts as an occurrence: "all" pairs, a like as 1 and every pair as alpha0,
            or the "likes" alone (Zhou et al., AAIM 2008; MLlib).
        iterations: how often people and items are solved in turn.
        unknown_lows: whether a pair with a rating that is no like has no weight, instead of alpha0:
            it was seen, and what was seen is not to be ranked.
    """

    factors: int = 256
    alpha0: float = 0.2
    l2: float = 0.01
    nu: float = 1.0
    frequency: Literal["all", "likes"] = "all"
    iterations: int = 3
    unknown_lows: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require(self.factors >= 1, "factors is at least 1")
        self.require(self.iterations >= 1, "iterations is at least 1")
        for name in ("alpha0", "l2"):
            value = getattr(self, name)
            self.require(math.isfinite(value) and value > 0, f"{name} is a positive number")
        self.require(0 <= self.nu <= 1, "nu is within 0 and 1")

    def penalty(self, likes: float, others: int) -> float:
        """Return the weight of |w|^2 for a row with so many likes among `others` columns."""
        occurrences = likes + (self.alpha0 * others if self.frequency == "all" else 0.0)
        return float(self.l2 * occurrences**self.nu)

    def weights(
        self, histories: Histories, position: NDArray[np.int32], n_positions: int
    ) -> Histories:
        """Return by how much each pair weighs more than alpha0: csr float32[n_users, n_positions].

        Args:
            histories: ratings by item.
            position: int32[n_items], column of each item in the result, -1 where it has none.
            n_positions: how many columns the result has.
        """
        if not self.unknown_lows:
            return likes_among(histories, self.like_threshold, position, n_positions)
        liked = histories.data >= self.like_threshold
        data = np.where(liked, np.float32(1), np.float32(-self.alpha0))
        columns = position[histories.indices]
        known = columns >= 0
        before = np.zeros(len(known) + 1, dtype=np.int32)
        np.cumsum(known, out=before[1:])
        shape = (histories.shape[0], n_positions)
        return csr_array((data[known], columns[known], before[histories.indptr]), shape=shape)

    def diagonal(self, factors: Factors) -> Callable[[int], NDArray[np.float32]]:
        """Return what joins the Gram matrix of a row's likes, float32[d], by how many they are."""
        unseen = np.float32(self.alpha0) * factors.spectrum
        others = len(factors.V)
        return lambda likes: unseen + np.float32(self.penalty(likes, others))


@dataclass(frozen=True)
class _Placed:
    """Where a history puts its person.

    Attributes:
        liked: int64[l], places in the history of the likes of items that have factors.
        regression: solves for the person; None without such a like.
    """

    liked: NDArray[np.int64]
    regression: Direct | Dual | None


class IALS(Model[IALSConfig]):
    """Score items by w^T v_i, where w is solved from the history alone.

    Minimises, over w_u and v_i, the sum over likes of (w_u^T v_i - 1)^2, plus alpha0 times the sum
    over all pairs of (w_u^T v_i)^2, plus lambda (|I_u| + alpha0 |I|)^nu |w_u|^2 for every person
    and lambda (|U_i| + alpha0 |U|)^nu |v_i|^2 for every item (Hu, Koren & Volinsky, ICDM 2008;
    Rendle et al., "Revisiting the Performance of iALS on Item Recommendation Benchmarks", RecSys
    2022, eq. 2-5). A person's w is the solution of their own row given all v, whether or not they
    took part in the training. People and items without a like have no factors and count nowhere.

    It begins at the leading right singular vectors of X instead of a draw: half the iterations do,
    and nothing depends on ids or on an order.
    """

    name = "iALS"
    config_type: ClassVar = IALSConfig

    def _fit(self, training: Training) -> None:
        interactions, config = training.interactions, self.config
        likes = interactions.ratings >= config.like_threshold
        columns = np.unique(interactions.item_index[likes])
        people = np.unique(interactions.user_index[likes])
        ratings = interactions.matrix()[people]
        position = _position(columns, len(interactions.items))
        X = config.weights(ratings, position, len(columns))
        training.progress(0.0, "iALS looks for its first factors.")
        liked = likes_among(ratings, config.like_threshold, position, len(columns))
        start = right_singular_vectors(liked, config.factors, training.rng)
        items = Factors.turned(start)
        for iteration in range(config.iterations):

            def progress(share: float, done: int = iteration) -> None:
                part = (done + share) / config.iterations
                message = f"iALS, iteration {done + 1} of {config.iterations}."
                training.progress(0.1 + 0.9 * part, message)

            items = alternated(X, items, config, progress)
        self._keep(items, columns, len(training.items))

    @classmethod
    def of_factors(
        cls,
        config: IALSConfig,
        items: IdMap,
        columns: NDArray[np.int64],
        V: NDArray[np.float32],
    ) -> Self:
        """Build a model from item factors that were trained elsewhere for the same objective.

        Args:
            config: what they were trained with.
            items: the columns of the model.
            columns: int64[n], ascending rows of the items that have factors.
            V: float32[n, d].
        """
        model = cls(config)
        model._keep(Factors.turned(V), columns, len(items))
        model._items = items
        return model

    def _keep(self, factors: Factors, columns: NDArray[Any], n_items: int) -> None:
        self._columns = columns.astype(np.int32)
        self._position = _position(columns, n_items)
        self._factors = factors

    def _score(self, histories: Histories) -> NDArray[np.float32]:
        if histories.shape[0] == 1:  # what a request asks; making a sparse X costs as much
            return self._scores(self._solution(self._placed(histories))[None, :])
        X = self.config.weights(histories, self._position, len(self._columns))
        with threadpool_limits(limits=self.config.threads):  # these are too small for several
            people = solve_rows(X, self._factors, self.config.diagonal(self._factors))
        return self._scores(people)

    def reading(self, history: Histories) -> Reading:
        """Do as `Model.reading`, placing the person once."""
        history = self._checked_one(history)
        placed = self._placed(history)
        scores = self._scores(self._solution(placed)[None, :])[0]
        return Reading(scores, partial(self._parts, history, placed))

    def _breakdown(self, history: Histories, items: NDArray[np.int64]) -> Breakdown:
        return self._parts(history, self._placed(history), items)

    def _placed(self, history: Histories) -> _Placed:
        """Return where a history puts its person."""
        liked = history.data >= self.config.like_threshold
        known = self._position[history.indices] >= 0
        spoken = np.flatnonzero((liked | self.config.unknown_lows) & known)
        weights = np.where(liked[spoken], np.float32(1), np.float32(-self.config.alpha0))
        columns = self._position[history.indices[spoken]]
        diagonal = self.config.diagonal(self._factors)
        return _Placed(
            spoken[liked[spoken]], regression_of(columns, weights, self._factors, diagonal)
        )

    def _solution(self, placed: _Placed) -> NDArray[np.float32]:
        if placed.regression is None:
            return np.zeros(self._factors.V.shape[1], dtype=np.float32)
        return placed.regression.solution()

    def _scores(self, people: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return float32[n_users, n_items] of factors float32[n_users, d]."""
        scores: NDArray[np.float32] = people @ self._factors.V.T
        if len(self._columns) == len(self._position):
            return scores
        everything = np.zeros((len(people), len(self._position)), dtype=np.float32)
        everything[:, self._columns] = scores
        return everything

    def _parts(self, history: Histories, placed: _Placed, items: NDArray[np.int64]) -> Breakdown:
        parts = Breakdown.empty(history, len(items))
        targets = self._position[items]
        known = np.flatnonzero(targets >= 0)
        if placed.regression is not None and len(known):
            shares = placed.regression.shares(self._factors.V[targets[known]])
            parts.by_item[np.ix_(known, placed.liked)] = shares
        return parts

    def _save(self, files: Folder) -> None:
        files.put("columns", self._columns)
        files.put("V", self._factors.V)
        files.put("spectrum", self._factors.spectrum)

    def _load(self, files: Folder, items: IdMap) -> None:
        columns = files.get("columns", np.int32)
        if len(columns) and not 0 <= columns.min() <= columns.max() < len(items):
            raise ModelDamaged(f"{files.path / 'columns.npy'} names items that there are not.")
        spectrum = files.get("spectrum", np.float32)
        V = files.get("V", np.float32, (len(columns), len(spectrum)))
        self._keep(Factors(V, np.asarray(spectrum)), columns, len(items))


def alternated(
    X: Histories, items: Factors, config: IALSConfig, progress: Callable[[float], object]
) -> Factors:
    """Solve all people against the items, then all items against those people.

    Args:
        X: csr [n_users, n_items] as `solve_rows` takes it, nothing without a like.
        items: what is there so far.
        config: its penalty and alpha0 count.
        progress: hears which share is done; may raise to stop.
    """
    w = solve_rows(X, items, config.diagonal(items), lambda share: progress(share / 2))
    people = Factors.turned(w)
    v = solve_rows(
        csr_array(X.T), people, config.diagonal(people), lambda share: progress(0.5 + share / 2)
    )
    return Factors.turned(v)


def _position(columns: NDArray[np.int64] | NDArray[np.int32], n_items: int) -> NDArray[np.int32]:
    position = np.full(n_items, -1, dtype=np.int32)
    position[columns] = np.arange(len(columns), dtype=np.int32)
    return position
