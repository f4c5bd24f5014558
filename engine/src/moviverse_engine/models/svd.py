"""SVD: predicts how many stars a person would give."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy.sparse import csr_array

from moviverse_engine.interactions.table import HIGHEST_RATING, LOWEST_RATING
from moviverse_engine.models.base import Model, Training
from moviverse_engine.models.breakdown import Breakdown
from moviverse_engine.models.config import Config
from moviverse_engine.models.factorisation import (
    BLOCK,
    Factors,
    Prior,
    factorise,
    ones,
    posterior,
    posterior_mean,
    unpacked,
)
from moviverse_engine.models.gathering import is_one_short_history

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories, IdMap
    from moviverse_engine.models.storage import Folder


@dataclass(frozen=True, kw_only=True)
class SVDConfig(Config):
    """Set SVD.

    Attributes:
        rank: factors beside the biases; training takes time as its square.
        iterations: rounds of training.
        history_l2: how little is believed of a person for the mere choice of films.
        audience_l2: how little is believed of a film for the mere choice of its audience.
    """

    rank: int = 32
    iterations: int = 30
    history_l2: float = 2.0
    audience_l2: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require(self.rank >= 0, "rank is not negative")
        self.require(self.iterations >= 1, "iterations is at least 1")
        for l2 in (self.history_l2, self.audience_l2):
            self.require(math.isfinite(l2) and l2 > 0, "an l2 is a positive number")


class SVD(Model[SVDConfig]):
    """Predict r_ui = mu + p_u . q_i, in which the two biases are factors too.

    Biased matrix factorisation (Koren, Bell & Volinsky, "Matrix Factorization Techniques for
    Recommender Systems", 2009) with the presence of ratings as a hint of its own (Koren 2008,
    SVD++), learnt as `factorisation` says: its penalties are priors that the data itself gives,
    and it allows for how little is known of rare films.

    A person is placed by one ridge solve over the history. With W_j the mean of q_j q_j^T and m_u
    what is believed of the person for the choice of films alone,

        p_u = m_p + sum over j of [B_j / sqrt(n) + alpha C_u ((r_j - mu) q_j - W_j m_u)],

    where C_u = (alpha sum W_j + L)^-1. So each rating adds its own part, and an empty history
    leaves m_p. The score is p_u . q_i: stars above the mean of all ratings, not cut to the scale.
    """

    name = "SVD"
    config_type: ClassVar = SVDConfig

    def _fit(self, training: Training) -> None:
        data, config = training.interactions, self.config
        if not len(data):
            factors, mean = _nothing(len(training.items)), (LOWEST_RATING + HIGHEST_RATING) / 2
            bounds = (LOWEST_RATING, HIGHEST_RATING)
        else:
            mean = float(data.ratings.mean(dtype=np.float64))
            bounds = float(data.ratings.min()), float(data.ratings.max())
            matrix = data.matrix()
            centred = (matrix.data - np.float32(mean)).astype(np.float32)
            factors = factorise(
                csr_array(
                    (centred, matrix.indices, matrix.indptr),
                    shape=(matrix.shape[0], len(training.items)),
                ),
                rank=config.rank,
                iterations=config.iterations,
                history_l2=config.history_l2,
                audience_l2=config.audience_l2,
                progress=training.progress,
            )
        self._factors = factors
        self._scale = np.array([mean, *bounds], dtype=np.float32)

    def _score(self, histories: Histories) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = self._people(histories) @ self._factors.items.T
        return scores

    def predict_ratings(
        self, histories: Histories, items: Sequence[int] | NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Predict mu + p_u . q_i, cut to the lowest and highest rating of the training data."""
        people = self._people(self._checked(histories))
        mean, lowest, highest = self._scale
        wanted = self._factors.items[np.asarray(items, dtype=np.int64)]
        predicted: NDArray[np.float32] = np.clip(mean + people @ wanted.T, lowest, highest)
        return predicted

    def _people(self, histories: Histories) -> NDArray[np.float32]:
        """Return p_u, float32[n_users, K]."""
        if is_one_short_history(histories):
            return self._person(histories)
        factors, mean = self._factors, self._scale[0]
        pattern = ones(histories)
        centred = csr_array(
            (histories.data - mean, histories.indices, histories.indptr), shape=histories.shape
        )
        means, linear = factors.people.means(pattern), centred @ factors.items
        people = np.empty_like(means)
        for start in range(0, len(people), BLOCK):
            rows = slice(start, start + BLOCK)
            people[rows], _ = posterior(
                pattern[rows] @ factors.moments,
                linear[rows],
                means[rows],
                factors.people.precision,
                factors.alpha,
            )
        return people

    def _person(self, history: Histories) -> NDArray[np.float32]:
        """Return p_u of one history, float32[1, K]."""
        factors, rows = self._factors, history.indices
        hints = factors.people.map[rows].sum(axis=0) / np.sqrt(np.float32(max(len(rows), 1)))
        person = posterior_mean(
            factors.moments[rows].sum(axis=0),
            (history.data - self._scale[0]) @ factors.items[rows],
            factors.people.mean + hints,
            factors.people.precision,
            factors.alpha,
        )
        return person[None, :]

    def _breakdown(self, history: Histories, items: NDArray[np.int64]) -> Breakdown:
        factors, prior = self._factors, self._factors.people
        parts = Breakdown.empty(history, len(items))
        rows, wanted = parts.history, factors.items[items]
        prior_parts = wanted @ prior.mean
        if not len(rows):
            return replace(parts, prior=prior_parts)
        hints = prior.map[rows] / np.sqrt(np.float32(len(rows)))
        believed = prior.mean + hints.sum(axis=0)
        W = unpacked(factors.moments[rows], len(prior.mean))
        covariance = np.linalg.inv(factors.alpha * W.sum(axis=0) + prior.precision)
        surplus = (history.data - self._scale[0])[:, None] * factors.items[rows] - W @ believed
        told = hints + factors.alpha * surplus @ covariance
        return replace(parts, by_item=wanted @ told.T, prior=prior_parts)

    def _save(self, files: Folder) -> None:
        factors = self._factors
        files.put("items", factors.items)
        files.put("moments", factors.moments)
        files.put("people_mean", factors.people.mean)
        files.put("people_map", factors.people.map)
        files.put("people_precision", factors.people.precision)
        files.put("alpha", np.array([factors.alpha], dtype=np.float32))
        files.put("scale", self._scale)

    def _load(self, files: Folder, items: IdMap) -> None:
        mean = files.get("people_mean", np.float32)
        n, K = len(items), mean.size
        prior = Prior(
            files.get("people_mean", np.float32, (K,)),
            files.get("people_map", np.float32, (n, K)),
            files.get("people_precision", np.float32, (K, K)),
        )
        self._factors = Factors(
            files.get("items", np.float32, (n, K)),
            files.get("moments", np.float32, (n, K * (K + 1) // 2)),
            prior,
            np.float32(files.get("alpha", np.float32, (1,))[0]),
        )
        self._scale = files.get("scale", np.float32, (3,))


def _nothing(n_items: int) -> Factors:
    """Return factors that say 0 of every item."""
    items = np.zeros((n_items, 2), dtype=np.float32)
    moments = np.zeros((n_items, 3), dtype=np.float32)
    prior = Prior(items[:0].sum(axis=0), items, np.eye(2, dtype=np.float32))
    return Factors(items, moments, prior, np.float32(1))
