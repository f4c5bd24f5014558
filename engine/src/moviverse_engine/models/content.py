"""Content: films that are about what a person liked, and not about what they disliked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy.sparse import csr_array

from moviverse_engine.features import FeaturesDamaged, ItemFeatures
from moviverse_engine.models.base import Contribution, Model, Training
from moviverse_engine.models.config import Config
from moviverse_engine.models.errors import MissingFeatures, ModelDamaged

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
        F = self._features.matrix
        weighted = self._weighted(histories)
        scores = np.empty(histories.shape, dtype=np.float32)
        for first in range(0, histories.shape[0], _PEOPLE_AT_ONCE):
            profiles = weighted[first : first + _PEOPLE_AT_ONCE] @ F
            scores[first : first + _PEOPLE_AT_ONCE] = (F @ _unit(profiles).T.toarray()).T
        return scores

    def _explain(self, history: Histories, items: NDArray[np.int64]) -> list[list[Contribution]]:
        features = self._features
        weighted = self._weighted(history)
        shares = features.matrix[weighted.indices]
        length = _lengths(weighted @ features.matrix)[0]
        if length == 0:
            return [[] for _ in items]
        spoken = np.repeat(np.arange(len(weighted.indices)), np.diff(shares.indptr))
        values = shares.data * weighted.data[spoken] / length
        order = np.argsort(shares.indices, kind="stable")
        spoken, values, columns = spoken[order], values[order], shares.indices[order]
        explained = []
        for item in items.tolist():
            start, end = features.matrix.indptr[item : item + 2]
            found = []
            for feature, weight in zip(
                features.matrix.indices[start:end].tolist(),
                features.matrix.data[start:end].tolist(),
                strict=True,
            ):
                low, high = np.searchsorted(columns, (feature, feature + 1))
                if low == high:
                    continue
                parts = values[low:high] * weight
                value = float(parts.sum())
                via = weighted.indices[spoken[low + int(np.argmax(parts * np.sign(value)))]]
                found.append(
                    Contribution(
                        "feature",
                        feature,
                        value,
                        field=features.field(feature),
                        name=features.names[feature],
                        via=int(via),
                    )
                )
            explained.append(found)
        return explained

    def _save(self, files: Folder) -> None:
        self._features.save(files.path / "features")

    def _load(self, files: Folder, items: IdMap) -> None:
        try:
            self._features = ItemFeatures.load(
                files.path / "features", items=items, mmap=files.mmap
            )
        except FeaturesDamaged as error:
            raise ModelDamaged(str(error)) from error

    def _weighted(self, histories: Histories) -> Histories:
        data = histories.data - np.float32(self.config.neutral_rating)
        return csr_array((data, histories.indices, histories.indptr), shape=histories.shape)


def _lengths(matrix: Histories) -> NDArray[np.float32]:
    return np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)))


def _unit(matrix: Histories) -> Histories:
    lengths = _lengths(matrix)
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    data = (matrix.data * np.repeat(scale, np.diff(matrix.indptr))).astype(np.float32)
    return csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)
