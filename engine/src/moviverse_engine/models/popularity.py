"""Popularity: the floor that every model must beat, and the answer to an empty history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from moviverse_engine.models.base import Model, Training
from moviverse_engine.models.breakdown import Breakdown
from moviverse_engine.models.config import LikesConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories, IdMap
    from moviverse_engine.models.storage import Folder

_SECONDS_A_DAY = 86_400
_LOWEST, _HIGHEST = 0.5, 5.0


@dataclass(frozen=True, kw_only=True)
class PopularityConfig(LikesConfig):
    """Set Popularity.

    Attributes:
        half_life_days: a like counts half after that long; it is counted from the newest rating
            of the data, so that old data does not fade as a whole.
        item_damping: how many average ratings an item starts with, for predicted ratings.
        user_damping: the same for a person.
    """

    half_life_days: float = 365.0
    item_damping: float = 25.0
    user_damping: float = 10.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require(self.half_life_days > 0, "half_life_days is positive")
        self.require(min(self.item_damping, self.user_damping) >= 0, "a damping is not negative")


class Popularity(Model[PopularityConfig]):
    """Score items by log(1 + likes), each like halved every half-life, the same for everybody.

    The logarithm keeps the order and makes the score fit to be added to others. Ratings are
    predicted by the damped baseline mu + b_i + b_u (Koren, Bell & Volinsky, "Matrix Factorization
    Techniques for Recommender Systems", 2009, eq. 3; dampings as in Koren 2010, section 2.1).
    """

    name = "Popularity"
    config_type: ClassVar = PopularityConfig

    def _fit(self, training: Training) -> None:
        data, config, n_items = training.interactions, self.config, len(training.items)
        newest = int(data.timestamps.max()) if len(data) else 0
        age_days = (newest - data.timestamps) / _SECONDS_A_DAY
        weight = np.exp2(-age_days / config.half_life_days) * (
            data.ratings >= config.like_threshold
        )
        counts = np.bincount(data.item_index, weights=weight, minlength=n_items)
        mean = float(data.ratings.mean(dtype=np.float64)) if len(data) else (_LOWEST + _HIGHEST) / 2
        surplus = np.bincount(data.item_index, weights=data.ratings - mean, minlength=n_items)
        rated = np.bincount(data.item_index, minlength=n_items)
        damped = np.maximum(rated + config.item_damping, 1.0)
        self._scores = np.log1p(counts).astype(np.float32)
        self._baseline = (mean + surplus / damped).astype(np.float32)

    def _score(self, histories: Histories) -> NDArray[np.float32]:
        return np.tile(self._scores, (histories.shape[0], 1))

    def _breakdown(self, history: Histories, items: NDArray[np.int64]) -> Breakdown:
        return replace(Breakdown.empty(history, len(items)), prior=self._scores[items])

    def predict_ratings(
        self, histories: Histories, items: Sequence[int] | NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Predict mu + b_i + b_u within 0.5-5.0; b_u is the history's damped mean surplus."""
        histories = self._checked(histories)
        n_users = histories.shape[0]
        counts = np.diff(histories.indptr)
        person = np.repeat(np.arange(n_users), counts)
        surplus = histories.data - self._baseline[histories.indices]
        b_u = np.bincount(person, weights=surplus, minlength=n_users) / np.maximum(
            counts + self.config.user_damping, 1.0
        )
        wanted = self._baseline[np.asarray(items, dtype=np.int64)]
        predicted = np.clip(wanted + b_u[:, None], _LOWEST, _HIGHEST)
        return np.asarray(predicted, dtype=np.float32)

    def _save(self, files: Folder) -> None:
        files.put("scores", self._scores)
        files.put("baseline", self._baseline)

    def _load(self, files: Folder, items: IdMap) -> None:
        self._scores = files.get("scores", np.float32, (len(items),))
        self._baseline = files.get("baseline", np.float32, (len(items),))
