"""What comes next: a linear model of the order in which people meet films."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy.sparse import csr_array

from moviverse_engine.models.base import Model, Training
from moviverse_engine.models.breakdown import Breakdown
from moviverse_engine.models.config import Config
from moviverse_engine.models.errors import ModelDamaged
from moviverse_engine.models.gathering import is_one_short_history
from moviverse_engine.models.sequence_members import train_members
from moviverse_engine.models.sequence_order import canonical_items, pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories, IdMap
    from moviverse_engine.models.storage import Folder


@dataclass(frozen=True, kw_only=True)
class SequenceConfig(Config):
    """Set Sequence.

    Attributes:
        factors: d, the length of an item's vectors in one member.
        members: trainings from other beginnings, side by side in threads; scores are their sum.
        decays: for each memory, what an event still counts one event later; 0 remembers the last
            event alone.
        epochs: passes over all next items.
        most_events: the training ends after so many next items, even within the first pass.
        batch: next items to a step; less where the data is small, so that a pass has 200 steps.
        rate: the highest step of Adam.
        dropout: share of the memories' numbers that a training step leaves out.
        window: longer sequences are cut into pieces of that many next items.
        most_items: only so many items with the most events are learnt; the others come last.
    """

    factors: int = 128
    members: int = 2
    decays: tuple[float, ...] = (0.0, 0.6, 0.9, 0.98)
    epochs: int = 4
    most_events: int = 6_000_000
    batch: int = 2048
    rate: float = 0.004
    dropout: float = 0.2
    window: int = 1000
    most_items: int = 20_000

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require(self.factors >= 1, "factors is at least 1")
        self.require(self.members >= 1, "members is at least 1")
        self.require(len(self.decays) >= 1, "decays has at least one")
        self.require(all(0 <= a <= 1 for a in self.decays), "decays are between 0 and 1")
        self.require(self.epochs >= 1, "epochs is at least 1")
        self.require(self.most_events >= 1, "most_events is at least 1")
        self.require(self.batch >= 1, "batch is at least 1")
        self.require(math.isfinite(self.rate) and self.rate > 0, "rate is a positive number")
        self.require(0 <= self.dropout < 1, "dropout is at least 0 and less than 1")
        self.require(self.window >= 1, "window is at least 1")
        self.require(self.most_items >= 1, "most_items is at least 1")


class Sequence(Model[SequenceConfig]):
    """Score item j after the items i_1 .. i_T by s_j = b_j + v_j . sum_k sum_t a_k^(T-t) e_k(i_t).

    Every memory k has an embedding e_k of its own and forgets at its own speed a_k, so that the
    last item can say something else than what came long before. It is the factorised Markov chain
    of Rendle, Freudenthaler & Schmidt-Thieme ("Factorizing Personalized Markov Chains for
    Next-Basket Recommendation", WWW 2010) with exponential memories instead of a user's vector, and
    trained as Klenitskiy & Vasilev found best for transformers: at every place of every sequence,
    by the cross-entropy of the softmax over all items that have not come yet ("Turning Dross Into
    Gold Loss", RecSys 2023).

    Members differ in nothing but their draws; their scores are added up, which is one model of
    longer vectors.

    Every event counts, whatever its rating. The score is an unnormalised log-probability.
    """

    name = "Sequence"
    config_type: ClassVar = SequenceConfig

    def _fit(self, training: Training) -> None:
        data, config = training.interactions, self.config
        rows = canonical_items(data)
        if len(rows) > config.most_items:
            training.progress(
                0.0,
                f"Of {len(rows)} items the {config.most_items} with the most events are learnt.",
            )
            rows = rows[: config.most_items]
        place = _place(rows, len(data.items))
        events = pieces(data, place, config.window)
        counts = np.bincount(data.item_index, minlength=len(data.items))[rows]
        factors = train_members(
            config.members, events, counts, config, rng=training.rng, progress=training.progress
        )
        ascending = np.argsort(rows)
        self._rows = rows[ascending].astype(np.int32)
        self._E = np.ascontiguousarray(factors.E[:, ascending])
        self._V = np.ascontiguousarray(factors.V[ascending, :-1])
        prior = np.full(len(training.items), factors.V[:, -1].min(initial=0), dtype=np.float32)
        prior[rows] = factors.V[:, -1]
        self._prior = prior
        self._place = _place(self._rows, len(training.items))

    def _score(self, histories: Histories) -> NDArray[np.float32]:
        scores = np.tile(self._prior, (histories.shape[0], 1))
        sums = self._states(histories) @ self._V.T
        if len(self._rows) == histories.shape[1]:
            scores += sums
        else:
            scores[:, self._rows] += sums
        return scores

    def _states(self, histories: Histories) -> NDArray[np.float32]:
        """Return sum_k sum_t a_k^(T-t) e_k(i_t) of every history: float32[n_users, d]."""
        if is_one_short_history(histories):
            columns = self._place[histories.indices]
            columns = columns[columns >= 0]
            weights = self._weights(np.arange(len(columns) - 1, -1, -1))
            state: NDArray[np.float32] = (weights[:, None] @ self._E[:, columns]).sum(axis=0)
            return state
        columns = self._place[histories.indices]
        known = columns >= 0
        bounds = np.append(0, np.cumsum(known))[histories.indptr]
        ages = np.repeat(bounds[1:], np.diff(bounds)) - 1 - np.arange(bounds[-1])
        shape = (histories.shape[0], len(self._rows))
        states = np.zeros((histories.shape[0], self._V.shape[1]), dtype=np.float32)
        for weights, E in zip(self._weights(ages), self._E, strict=True):
            states += csr_array((weights, columns[known], bounds), shape=shape) @ E
        return states

    def _weights(self, ages: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return what events of some ages, 0 the last, count in each memory: float32[k, n]."""
        rates = np.array(self.config.decays, dtype=np.float32)
        weights: NDArray[np.float32] = rates[:, None] ** ages.astype(np.float32)
        return weights

    def _breakdown(self, history: Histories, items: NDArray[np.int64]) -> Breakdown:
        parts = replace(Breakdown.empty(history, len(items)), prior=self._prior[items])
        columns, targets = self._place[history.indices], self._place[items]
        spoken, known = np.flatnonzero(columns >= 0), np.flatnonzero(targets >= 0)
        weights = self._weights(np.arange(len(spoken) - 1, -1, -1))
        said = (weights[:, :, None] * self._E[:, columns[spoken]]).sum(axis=0)
        parts.by_item[np.ix_(known, spoken)] = self._V[targets[known]] @ said.T
        return parts

    def _save(self, files: Folder) -> None:
        files.put("rows", self._rows)
        files.put("E", self._E)
        files.put("V", self._V)
        files.put("prior", self._prior)

    def _load(self, files: Folder, items: IdMap) -> None:
        rows = files.get("rows", np.int32)
        if len(rows) and not 0 <= rows.min() <= rows.max() < len(items):
            raise ModelDamaged(f"{files.path / 'rows.npy'} names items that there are not.")
        n, d = len(rows), self.config.members * self.config.factors
        self._E = files.get("E", np.float32, (len(self.config.decays), n, d))
        self._V = files.get("V", np.float32, (n, d))
        self._prior = files.get("prior", np.float32, (len(items),))
        self._rows = np.asarray(rows)
        self._place = _place(rows, len(items))


def _place(rows: NDArray[np.int64] | NDArray[np.int32], n_items: int) -> NDArray[np.int32]:
    place = np.full(n_items, -1, dtype=np.int32)
    place[rows] = np.arange(len(rows), dtype=np.int32)
    return place
