"""A list whose films are good and not all of one kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moviverse_engine.rerank.errors import InvalidRanking

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moviverse_engine.features import ItemFeatures


def mmr(
    scores: NDArray[np.float32],
    candidates: NDArray[np.int64],
    features: ItemFeatures,
    diversity: float,
    k: int,
) -> NDArray[np.int64]:
    """Choose k of the candidates by maximal marginal relevance, best first.

    Each step takes the candidate with the largest (1 - d) rel_i - d max_chosen cos(i, chosen)
    (Carbonell & Goldstein, SIGIR 1998, lambda = 1 - d). rel is the score scaled to 0..1 over the
    candidates. At d = 0 the order is that of the scores; ties go to the earlier candidate.

    Args:
        scores: float32[n_items].
        candidates: rows of items, usually a few hundred from `top_k`.
        features: what the items are about, with one row for each of the n items.
        diversity: d, from 0 (scores alone) to 1 (difference alone after the first).
        k: how many, at most.

    Raises:
        InvalidRanking: diversity outside 0..1, k negative, features of other items.
    """
    if not 0.0 <= diversity <= 1.0 or k < 0:
        raise InvalidRanking("Diversity is within 0 and 1 and k at least 0.")
    if features.matrix.shape[0] != len(scores):
        raise InvalidRanking(f"{features.matrix.shape[0]} features, {len(scores)} scores.")
    if len(candidates) == 0:
        return candidates.astype(np.int64)
    relevance = scores[candidates].astype(np.float64)
    spread = relevance.max() - relevance.min()
    relevance = (relevance - relevance.min()) / spread if spread > 0 else np.ones(len(candidates))
    chosen_features = features.matrix[candidates]
    cosine = (chosen_features @ chosen_features.T).toarray()
    nearest = np.zeros(len(candidates))
    open_places = np.ones(len(candidates), dtype=bool)
    picked: list[int] = []
    for _ in range(min(k, len(candidates))):
        # The first pick is the most relevant one at any diversity: nothing is near it yet.
        worth = (1 - diversity) * relevance - diversity * nearest if picked else relevance
        place = int(np.argmax(np.where(open_places, worth, -np.inf)))
        picked.append(place)
        open_places[place] = False
        nearest = np.maximum(nearest, cosine[place])
    return candidates[np.array(picked, dtype=np.int64)]
