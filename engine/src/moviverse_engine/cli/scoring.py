"""Train a model on one side of a split and bring what it does on the other into one form."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from moviverse_engine import rerank
from moviverse_engine.cli import terminal
from moviverse_engine.evaluation import measurement, ratings, splits
from moviverse_engine.evaluation.intervals import Pooled
from moviverse_engine.evaluation.ratings import RatingSplit
from moviverse_engine.interactions import IdMap
from moviverse_engine.models import Model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from moviverse_engine.cli.protocols import Question
    from moviverse_engine.evaluation.splits import Split
    from moviverse_engine.interactions import Histories, Interactions, Progress

_TIMED_PEOPLE = 300
_SHOWN = measurement.SHOWN


@dataclass(frozen=True)
class Scored:
    """What one model did.

    Attributes:
        figures: each metric over the same people.
        catalogue: metrics of all lists together.
        history_lengths: int64 [n_users].
        left_out: people about whom nothing can be asked.
        by_baseline: ratings of films that the model does not know.
    """

    figures: Mapping[str, Pooled]
    catalogue: Mapping[str, float]
    history_lengths: NDArray[np.int64]
    left_out: int = 0
    by_baseline: int = 0


def predicts_ratings(model_type: type[Model[Any]]) -> bool:
    """Say whether a kind of model can do the protocol `rating`."""
    return model_type.predict_ratings is not Model.predict_ratings


def trained(
    model: Model[Any], question: Question, interactions: Interactions | None = None
) -> tuple[Model[Any], float]:
    """Train a model of the same settings and say how many seconds it took.

    Args:
        model: its settings count alone; it stays as it is.
        question: where the training data comes from.
        interactions: take these instead of all that the question allows.
    """
    fresh: Model[Any] = type(model)(model.config)
    start = time.perf_counter()
    with terminal.progress(f"training {model.name}") as progress:
        fresh.fit(
            question.split.train if interactions is None else interactions,
            question.features,
            rng=np.random.default_rng(question.protocol.seed),
            progress=progress,
        )
    return fresh, time.perf_counter() - start


def scored(model: Model[Any], question: Question) -> Scored:
    """Measure a trained model."""
    with terminal.progress(f"measuring {model.name}") as progress:
        if isinstance(question.split, RatingSplit):
            return _rated(model, question.split, progress)
        result = measurement.measure(
            model, question.split, features=question.features, progress=progress
        )
    return Scored(
        figures={name: Pooled.mean_of(values) for name, values in result.values.items()},
        catalogue={f"Coverage@{_SHOWN}": result.coverage, f"Gini@{_SHOWN}": result.gini},
        history_lengths=result.history_lengths,
        left_out=result.left_out,
    )


def answer_milliseconds(model: Model[Any], question: Question) -> dict[str, float]:
    """Time one answer at a time: a list of 20, or the predicted ratings of all films."""
    if isinstance(question.split, RatingSplit):
        films = np.arange(len(model.items))
        histories = _some_histories(model, question.split)
        taken = measurement.answer_milliseconds(
            lambda history: model.predict_ratings(history, films), histories
        )
    else:
        taken = measurement.answer_milliseconds(
            lambda history: _top(model, history),
            measurement.single_histories(model, question.split, people=_TIMED_PEOPLE),
        )
    p50, p99 = np.percentile(taken, (50, 99))
    return {"p50": float(p50), "p99": float(p99)}


def some_people(data: Interactions, share: float, seed: int) -> Interactions:
    """Take the ratings of a random share of the people; a smaller share is part of a larger one."""
    order = np.random.default_rng(seed).permutation(len(data.users))
    chosen = np.zeros(len(data.users), dtype=bool)
    chosen[order[: max(1, round(share * len(order)))]] = True
    return splits.select(data, chosen[data.user_index])


def _rated(model: Model[Any], split: RatingSplit, progress: Progress) -> Scored:
    result = ratings.measure_ratings(model, split, progress=progress)
    counts = result.counts.astype(np.float64)
    users = split.train.users.rows(result.users)
    told = np.bincount(split.train.user_index, minlength=len(split.train.users))
    return Scored(
        figures={
            "RMSE": Pooled(result.squared_error_sums, counts, root=True),
            "MAE": Pooled(result.absolute_error_sums, counts),
        },
        catalogue={},
        history_lengths=np.where(users >= 0, told[users], 0),
        by_baseline=result.by_baseline,
    )


def _top(model: Model[Any], history: Histories) -> object:
    return rerank.top_k(model.score(history)[0], _SHOWN, exclude=history.indices)


def _some_histories(model: Model[Any], split: Split | RatingSplit) -> list[Histories]:
    ids = split.train.users.ids
    places = np.linspace(0, len(ids) - 1, min(_TIMED_PEOPLE, len(ids))).astype(np.int64)
    histories = measurement.aligned(split.train, IdMap(ids[places]), model.items)
    return [histories[[row]] for row in range(len(places))]
