"""EASE: an item-item model with a closed form and no hidden dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from moviverse_engine.models import ease_completion, ease_dense, ease_sparse
from moviverse_engine.models.base import Model, Training
from moviverse_engine.models.breakdown import Breakdown
from moviverse_engine.models.ease_config import EASEConfig
from moviverse_engine.models.ease_problem import Inputs, Problem, pose
from moviverse_engine.models.ease_weights import DenseWeights, SparseWeights, Weights
from moviverse_engine.models.errors import ModelDamaged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories, IdMap, Progress
    from moviverse_engine.models.storage import Folder

__all__ = ["EASE", "EASEConfig"]

_NOTHING: NDArray[np.int32] = np.empty(0, dtype=np.int32)


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
    - `unknown_lows`: low ratings count as missing where they would have to be predicted.
    - `feature_weight`: under X stands one more person for each feature (Jeunen, Van Balen &
      Goethals, "Closed-Form Models for Collaborative Filtering with Side-Information", RecSys
      2020); so items that nobody rated have scores, too.

    B is in C order: a history needs whole rows of it, which are added up one after the other. Past
    the memory budget it is exact among the most liked items alone, and sparse for the others.
    """

    name = "EASE"
    config_type: ClassVar = EASEConfig
    _weights: Weights

    @property
    def form(self) -> Literal["dense", "sparse"]:
        """Say which form B has."""
        return self._weights.form

    def _fit(self, training: Training) -> None:
        inputs, problem = pose(training, self.config)
        weights: Weights = self._learnt(problem, training.progress)
        self._inputs = inputs
        self._weights = weights

    def _learnt(self, problem: Problem, progress: Progress) -> Weights:
        config, n = self.config, problem.n_inputs
        fits = ease_sparse.dense_fits(problem, config.memory_budget_mb)
        if config.form == "dense" or (config.form == "auto" and fits):
            solver = ease_completion if config.unknown_lows else ease_dense
            return DenseWeights(solver.solve(problem, progress))
        most = n if config.form == "auto" else n // 2
        head = ease_sparse.head(problem, config.memory_budget_mb, config.neighbours, most=most)
        said = (
            f"EASE is sparse: exact for the {len(head)} most frequent of {n} inputs, "
            f"{config.neighbours} neighbours for each of the others"
        )
        progress(0.0, f"{said}; low ratings are zeros." if config.unknown_lows else f"{said}.")
        return SparseWeights(head, *ease_sparse.solve(problem, head, config.neighbours, progress))

    def _score(self, histories: Histories) -> NDArray[np.float32]:
        if histories.shape[0] == 1:
            scores = self._weights.sum(self._inputs.spoken(histories))[None, :]
        else:
            scores = self._weights.sums(self._inputs.matrix(histories))
        if len(self._inputs.likes) == histories.shape[1]:
            return scores
        everything = np.zeros(histories.shape, dtype=np.float32)
        everything[:, self._inputs.likes] = scores
        return everything

    def _breakdown(self, history: Histories, items: NDArray[np.int64]) -> Breakdown:
        parts = Breakdown.empty(history, len(items))
        rows = self._inputs.rows(history)
        spoken = np.flatnonzero(rows >= 0)
        targets = self._inputs.like_row[items]
        known = np.flatnonzero(targets >= 0)
        values = self._weights.values(rows[spoken], targets[known])
        parts.by_item[np.ix_(known, spoken)] = values.T
        return parts

    def _save(self, files: Folder) -> None:
        files.put("columns", self._inputs.likes)
        if self.config.signed:
            files.put("lows", self._inputs.lows)
        self._weights.save(files)

    def _load(self, files: Folder, items: IdMap) -> None:
        names = ("columns", "lows") if self.config.signed else ("columns",)
        likes, lows = (*(_rows_of_items(files, name, len(items)) for name in names), _NOTHING)[:2]
        thresholds = (self.config.like_threshold, self.config.low_below)
        inputs = Inputs.of(likes, lows, len(items), thresholds)
        kind: type[Weights] = SparseWeights if (files.path / "head.npy").exists() else DenseWeights
        self._weights = kind.load(files, len(inputs), len(likes))
        self._inputs = inputs


def _rows_of_items(files: Folder, name: str, n_items: int) -> NDArray[np.int32]:
    rows = files.get(name, np.int32)
    if len(rows) and not 0 <= rows.min() <= rows.max() < n_items:
        raise ModelDamaged(f"{files.path / name}.npy names items that there are not.")
    return np.asarray(rows)
