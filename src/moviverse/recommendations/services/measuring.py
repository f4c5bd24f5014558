"""How good models are, on people and ratings held out of a training of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from moviverse.recommendations.services.fitting import LIKED, fitted
from moviverse_engine.evaluation import measure, measure_ratings, random_ratings, strong
from moviverse_engine.evaluation.errors import NothingToEvaluate
from moviverse_engine.evaluation.splits import with_low_ratings
from moviverse_engine.models import SVD, HybridConfig, SVDConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from moviverse.transfer.progress import Progress
    from moviverse_engine.features import ItemFeatures
    from moviverse_engine.interactions import Interactions

    Metrics = dict[str, dict[str, Any]]

SEED = 1  # of the people and ratings held out: the same data gives the same figures
SHOWN = ("NDCG@10", "Recall@20")
DIGITS = 4
_IDLE = SVDConfig(rank=0, iterations=1)  # of the member that takes no part in a ranking


def measured(
    wanted: Sequence[str],
    ratings: Interactions,
    features: ItemFeatures,
    *,
    rng: np.random.Generator,
    progress: Progress,
) -> Metrics:
    """Return the metrics of each model by name; none where there is too little to hold out.

    Models that rank are asked for what people like who took no part in the training, all of whose
    other ratings they are told. SVD predicts a tenth of the ratings.
    """
    rankers = [name for name in wanted if name != SVD.name]
    found: Metrics = {}
    try:
        found |= _of_rankings(rankers, ratings, features, rng=rng, progress=progress)
        if SVD.name in wanted:
            found[SVD.name] = _of_ratings(ratings, features, rng=rng, progress=progress)
    except NothingToEvaluate:
        return {}
    return found


def _of_rankings(
    names: Sequence[str],
    ratings: Interactions,
    features: ItemFeatures,
    *,
    rng: np.random.Generator,
    progress: Progress,
) -> Metrics:
    split = with_low_ratings(strong(ratings, seed=SEED), ratings)
    config = replace(HybridConfig(like_threshold=LIKED), svd=_IDLE)
    models = fitted(names, split.train, features, rng=rng, progress=progress, config=config)
    results = {name: measure(model, split) for name, model in models.items()}
    return {
        name: {
            **{each: round(float(result.values[each].mean()), DIGITS) for each in SHOWN},
            "Coverage@20": round(result.coverage, DIGITS),
            "people": len(result.users),
            "protocol": "strong",
        }
        for name, result in results.items()
    }


def _of_ratings(
    ratings: Interactions,
    features: ItemFeatures,
    *,
    rng: np.random.Generator,
    progress: Progress,
) -> dict[str, Any]:
    split = random_ratings(ratings, seed=SEED)
    (model,) = fitted([SVD.name], split.train, features, rng=rng, progress=progress).values()
    result = measure_ratings(model, split)
    return {
        "RMSE": round(result.rmse, DIGITS),
        "MAE": round(result.mae, DIGITS),
        "people": len(result.users),
        "protocol": "rating",
    }
