"""How good models are, on people and ratings held out of a training of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from moviverse.recommendations.services.fitting import LIKED, fitted
from moviverse_engine.evaluation import (
    RatingSplit,
    Split,
    measure,
    measure_ratings,
    random_ratings,
    strong,
)
from moviverse_engine.evaluation.errors import NothingToEvaluate
from moviverse_engine.evaluation.intervals import Pooled
from moviverse_engine.evaluation.splits import select, since, with_low_ratings
from moviverse_engine.models import SVD, HybridConfig, SVDConfig

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from moviverse.recommendations.services.fitting import Fit
    from moviverse.transfer.progress import Progress
    from moviverse_engine.features import ItemFeatures
    from moviverse_engine.interactions import Interactions
    from moviverse_engine.models import Model

    Metrics = dict[str, dict[str, Any]]

SEED = 1  # of the people and ratings held out: the same data gives the same figures
SHOWN = ("NDCG@10", "Recall@20")
DIGITS = 4
MOST_HELD_OUT = 0.2  # of all ratings, by time
MOST_ASKED, LEAST_ASKED = 2_000, 20  # people, of what came since a moment
_IDLE = SVDConfig(rank=0, iterations=1)  # of the member that takes no part in a ranking


@dataclass(frozen=True)
class Holdout:
    """What models are asked for that they have not learnt from.

    Attributes:
        protocol: "strong" for people of whom the training knew nothing, "temporal" for what came
            after a moment.
        ranking: for models that rank.
        rating: for SVD, which predicts ratings.
    """

    protocol: str
    ranking: Split
    rating: RatingSplit


@dataclass(frozen=True)
class Figures:
    """How good one model was.

    Attributes:
        metrics: what its card says.
        judged_by: the name of the metric that counts.
        by_person: that metric, in parts of people.
    """

    metrics: dict[str, Any]
    judged_by: str
    by_person: Pooled

    @property
    def people(self) -> int:
        """Return how many people were asked."""
        return int(self.metrics["people"])

    @property
    def value(self) -> float:
        """Return the metric that counts."""
        return self.by_person.value


def held_out_people(ratings: Interactions) -> Holdout:
    """Hold a tenth of the people out, and for SVD a tenth of the ratings.

    Raises:
        NothingToEvaluate: there are too few.
    """
    ranking = with_low_ratings(strong(ratings, seed=SEED), ratings)
    return Holdout("strong", ranking, random_ratings(ratings, seed=SEED))


def came_since(ratings: Interactions, moment: datetime) -> Holdout:
    """Hold the later half of what came since a moment out, and at most a fifth of all ratings.

    The earlier half is learnt from: what is new is to show that it makes a model better. A random
    `MOST_ASKED` are asked of those who gave ratings before and since.

    Raises:
        NothingToEvaluate: fewer than LEAST_ASKED have liked a film since.
    """
    unseen = ratings.timestamps[ratings.timestamps > moment.timestamp()]
    if not len(unseen):
        raise NothingToEvaluate("Nothing came since.")
    largest = np.quantile(ratings.timestamps, 1 - MOST_HELD_OUT)
    cut = int(np.ceil(max(np.median(unseen), largest)))
    split = since(ratings, cut)
    known = split.train.items.rows(split.target.items.ids)[split.target.item_index] >= 0
    people = split.target.users.ids[np.unique(split.target.user_index[known])]
    if len(people) < LEAST_ASKED:
        raise NothingToEvaluate(f"Of {len(people)} people nothing can be concluded.")
    if len(people) > MOST_ASKED:
        people = np.random.default_rng(SEED).choice(people, MOST_ASKED, replace=False)
    target = _of(split.target, people)
    later = _of(select(ratings, ratings.timestamps >= cut), people)
    return Holdout(
        "temporal", replace(split, target=target), RatingSplit(train=split.train, test=later)
    )


def learnt(
    wanted: Sequence[str],
    holdout: Holdout,
    features: ItemFeatures,
    *,
    rng: np.random.Generator,
    progress: Progress,
    fit: Fit = fitted,
) -> dict[str, Model[Any]]:
    """Fit models to what a hold-out leaves them, each as few times as can be."""
    if holdout.rating.train is holdout.ranking.train:
        return fit(wanted, holdout.ranking.train, features, rng=rng, progress=progress)
    config = replace(HybridConfig(like_threshold=LIKED), svd=_IDLE)
    rankers = [name for name in wanted if name != SVD.name]
    models = fit(
        rankers, holdout.ranking.train, features, rng=rng, progress=progress, config=config
    )
    if SVD.name in wanted:
        models |= fit([SVD.name], holdout.rating.train, features, rng=rng, progress=progress)
    return models


def figures(model: Model[Any], holdout: Holdout) -> Figures:
    """Ask a model for what was held out; of one that knows a film less, the film is never shown."""
    if model.name == SVD.name:
        errors = measure_ratings(model, holdout.rating)
        return Figures(
            metrics={
                "RMSE": round(errors.rmse, DIGITS),
                "MAE": round(errors.mae, DIGITS),
                "people": len(errors.users),
                "protocol": "rating" if holdout.protocol == "strong" else holdout.protocol,
            },
            judged_by="RMSE",
            by_person=Pooled(errors.squared_error_sums, errors.counts.astype(float), root=True),
        )
    result = measure(model, holdout.ranking)
    return Figures(
        metrics={
            **{each: round(float(result.values[each].mean()), DIGITS) for each in SHOWN},
            "Coverage@20": round(result.coverage, DIGITS),
            "people": len(result.users),
            "protocol": holdout.protocol,
        },
        judged_by=SHOWN[0],
        by_person=Pooled.mean_of(result.values[SHOWN[0]]),
    )


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
    try:
        holdout = held_out_people(ratings)
        models = learnt(wanted, holdout, features, rng=rng, progress=progress)
        found: Mapping[str, Figures] = {
            name: figures(model, holdout) for name, model in models.items()
        }
    except NothingToEvaluate:
        return {}
    return {name: each.metrics for name, each in found.items()}


def _of(data: Interactions, people: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Interactions:
    return select(data, np.isin(data.users.ids, people)[data.user_index])
