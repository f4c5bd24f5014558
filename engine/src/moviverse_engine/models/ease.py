"""EASE: an item-item model with a closed form and no hidden dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from moviverse_engine.models import ease_dense
from moviverse_engine.models.base import Model, Training
from moviverse_engine.models.breakdown import Breakdown
from moviverse_engine.models.ease_config import EASEConfig
from moviverse_engine.models.ease_problem import Inputs, pose
from moviverse_engine.models.errors import ModelDamaged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories, IdMap
    from moviverse_engine.models.storage import Folder

__all__ = ["EASE", "EASEConfig"]

_NOTHING: NDArray[np.int32] = np.empty(0, dtype=np.int32)
_SHORT = 256  # ratings in a history whose rows of B may be gathered at once


class EASE(Model[EASEConfig]):
    """Score items by S = X B, where B has a zero diagonal and minimises |X - X B|^2 + lambda |B|^2.

    With G = X^T X + lambda I and P = G^-1 the solution is B_ij = -P_ij / P_jj for i != j
    (Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019, eq. 8). X is binary.

    The settings change X and lambda, and never the one closed form:

    - `dropout`: lambda_j = l2 + p / (1 - p) G_jj (EDLAE: Steck, "Autoencoders that don't overfit
      towards the Identity", NeurIPS 2020).
    - `popularity_scaling`, `activity_scaling`: the columns or rows of X are scaled beforehand.
    - `signed`: X B becomes [X D] B, where D has the low ratings; neither a like nor a low rating
      speaks for its own item.
    - `feature_weight`: under X stands one more person for each feature (Jeunen, Van Balen &
      Goethals, "Closed-Form Models for Collaborative Filtering with Side-Information", RecSys
      2020); so items that nobody rated have scores, too.

    B is in C order: a history needs whole rows of it.
    """

    name = "EASE"
    config_type: ClassVar = EASEConfig

    def _fit(self, training: Training) -> None:
        inputs, problem = pose(training, self.config)
        B = ease_dense.solve(problem, training.progress)
        self._inputs = inputs
        self._B = B

    def _score(self, histories: Histories) -> NDArray[np.float32]:
        scores = self._sums(histories)
        if len(self._inputs.likes) == histories.shape[1]:
            return scores
        everything = np.zeros(histories.shape, dtype=np.float32)
        everything[:, self._inputs.likes] = scores
        return everything

    def _sums(self, histories: Histories) -> NDArray[np.float32]:
        """Return the scores of the items that have some, float32[n_users, n_targets]."""
        if histories.shape[0] == 1 and histories.nnz <= _SHORT:
            rows = self._inputs.rows(histories)  # making a sparse matrix takes as long as the rest
            gathered: NDArray[np.float32] = self._B[rows[rows >= 0]].sum(axis=0, keepdims=True)
            return gathered
        sums: NDArray[np.float32] = self._inputs.matrix(histories) @ self._B
        return sums

    def _breakdown(self, history: Histories, items: NDArray[np.int64]) -> Breakdown:
        parts = Breakdown.empty(history, len(items))
        rows = self._inputs.rows(history)
        spoken = np.flatnonzero(rows >= 0)
        targets = self._inputs.like_row[items]
        known = np.flatnonzero(targets >= 0)
        values = self._B[np.ix_(rows[spoken], targets[known])]
        parts.by_item[np.ix_(known, spoken)] = values.T
        return parts

    def _save(self, files: Folder) -> None:
        files.put("columns", self._inputs.likes)
        if self.config.signed:
            files.put("lows", self._inputs.lows)
        files.put("B", self._B)

    def _load(self, files: Folder, items: IdMap) -> None:
        names = ("columns", "lows") if self.config.signed else ("columns",)
        likes, lows = (*(_rows_of_items(files, name, len(items)) for name in names), _NOTHING)[:2]
        thresholds = (self.config.like_threshold, self.config.low_below)
        self._inputs = Inputs.of(likes, lows, len(items), thresholds)
        self._B = files.get("B", np.float32, (len(self._inputs), len(likes)))


def _rows_of_items(files: Folder, name: str, n_items: int) -> NDArray[np.int32]:
    rows = files.get(name, np.int32)
    if len(rows) and not 0 <= rows.min() <= rows.max() < n_items:
        raise ModelDamaged(f"{files.path / name}.npy names items that there are not.")
    return np.asarray(rows)
