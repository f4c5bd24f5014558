"""Content: films that are about what a person liked, and not about what they disliked."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy.sparse import csr_array

from moviverse_engine.features import FeaturesDamaged, ItemFeatures
from moviverse_engine.models.base import Model, Training
from moviverse_engine.models.breakdown import Breakdown, Reading, SharedFeatures
from moviverse_engine.models.config import Config
from moviverse_engine.models.errors import MissingFeatures, ModelDamaged
from moviverse_engine.models.gathering import entries, is_one_short_history

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories, IdMap
    from moviverse_engine.models.storage import Folder

_PEOPLE_AT_ONCE = 64  # their profiles are dense over all features


@dataclass(frozen=True, kw_only=True)
class ContentConfig(Config):
    """Set Content.

    Attributes:
        neutral_rating: a rating above it draws towards a film's features, one below pushes away.
    """

    neutral_rating: float = 2.75


@dataclass(frozen=True)
class _Profile:
    """What a history is about, and which of its films say so.

    Attributes:
        values: float32[n_features], of length 1.
        spoken: int64[m], place in the history of the film that a voice is from.
        feature: int32[m], what the voice is for.
        voices: float[m], what it adds to the value of its feature.
    """

    values: NDArray[np.float32]
    spoken: NDArray[np.int64]
    feature: NDArray[np.int32]
    voices: NDArray[np.floating]


class Content(Model[ContentConfig]):
    """Score item j by the cosine of its features f_j and the profile p = sum_h (r_h - neutral) f_h.

    The features are TF-IDF rows of unit length (Salton & Buckley 1988; the profile is Rocchio's,
    1971, with ratings as weights), so that score_j = sum_h w_h f_h.f_j / |p| splits by feature.
    """

    name = "Content"
    config_type: ClassVar = ContentConfig
    _features: ItemFeatures

    @property
    def features(self) -> ItemFeatures:
        """Give the features, one row for each item of the model."""
        return self._features

    def _fit(self, training: Training) -> None:
        if training.features is None:
            raise MissingFeatures("Content needs item features.")
        self._features = training.features

    def _score(self, histories: Histories) -> NDArray[np.float32]:
        if is_one_short_history(histories):
            return self.reading(histories).scores[None, :]
        F = self._features.matrix
        weighted = self._weighted(histories)
        scores = np.empty(histories.shape, dtype=np.float32)
        for first in range(0, histories.shape[0], _PEOPLE_AT_ONCE):
            profiles = weighted[first : first + _PEOPLE_AT_ONCE] @ F
            scores[first : first + _PEOPLE_AT_ONCE] = (F @ _unit(profiles).T.toarray()).T
        return scores

    def reading(self, history: Histories) -> Reading:
        """Do as `Model.reading`, making the profile of the history once."""
        history = self._checked_one(history)
        profile = self._profile(history)
        return Reading(
            self._features.matrix @ profile.values, partial(self._parts, history, profile)
        )

    def _breakdown(self, history: Histories, items: NDArray[np.int64]) -> Breakdown:
        return self._parts(history, self._profile(history), items)

    def _profile(self, history: Histories) -> _Profile:
        F = self._features.matrix
        spoken, own, voices = entries(F, history.indices)
        voices = voices * self._weights(history)[spoken]
        values = np.bincount(own, weights=voices, minlength=F.shape[1])
        length = math.sqrt(float(values @ values)) or 1.0
        return _Profile((values / length).astype(np.float32), spoken, own, voices / length)

    def _parts(self, history: Histories, profile: _Profile, items: NDArray[np.int64]) -> Breakdown:
        F, own = self._features.matrix, profile.feature
        # A feature speaks most through the film that pulls hardest in the direction of the
        # sum: written in ascending order, the hardest is the one that stays.
        order = np.argsort(profile.voices * np.sign(profile.values[own]), kind="stable")
        through = np.zeros(F.shape[1], dtype=np.int64)
        through[own[order]] = profile.spoken[order]
        asked, wanted, weights = entries(F, items)
        values = weights * profile.values[wanted]
        shared = np.flatnonzero(values)
        feature = wanted[shared].astype(np.int64)
        features = SharedFeatures(
            asked=asked[shared],
            feature=feature,
            via=through[feature],
            values=values[shared],
            table=self._features,
        )
        return replace(Breakdown.empty(history, len(items)), features=features)

    def _save(self, files: Folder) -> None:
        self._features.save(files.path / "features")

    def _load(self, files: Folder, items: IdMap) -> None:
        try:
            self._features = ItemFeatures.load(
                files.path / "features", items=items, mmap=files.mmap
            )
        except FeaturesDamaged as error:
            raise ModelDamaged(str(error)) from error

    def _weights(self, histories: Histories) -> NDArray[np.float32]:
        """Return what each stored rating weighs: float32[nnz]."""
        return histories.data - np.float32(self.config.neutral_rating)

    def _weighted(self, histories: Histories) -> Histories:
        weights = self._weights(histories)
        return csr_array((weights, histories.indices, histories.indptr), shape=histories.shape)


def _lengths(matrix: Histories) -> NDArray[np.float32]:
    return np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)))


def _unit(matrix: Histories) -> Histories:
    lengths = _lengths(matrix)
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    data = (matrix.data * np.repeat(scale, np.diff(matrix.indptr))).astype(np.float32)
    return csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)
