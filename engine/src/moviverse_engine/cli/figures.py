"""The figures that a card tells: a model of the same settings, measured on people held out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from moviverse_engine.cli import terminal
from moviverse_engine.evaluation import measurement, splits

if TYPE_CHECKING:
    from moviverse_engine.cli.sources import Dataset
    from moviverse_engine.models import Model

SPLIT_SEED = 98765  # as `evaluate` draws it


def on_validation(model: Model[Any], data: Dataset, *, seed: int) -> dict[str, object]:
    """Train a model on eight tenths of the people and return its metrics on another tenth.

    Raises:
        NothingToEvaluate: there are too few people.
    """
    split = splits.strong(data.interactions, seed=SPLIT_SEED, part="validation")
    with terminal.progress(f"measuring {model.name}") as progress:
        model.fit(split.train, data.features, rng=np.random.default_rng(seed), progress=progress)
    found = measurement.measure(model, split)
    return {
        **{name: round(float(np.mean(each)), 4) for name, each in found.values.items()},
        "protocol": "strong",
        "part": "validation",
        "split_seed": SPLIT_SEED,
        "people": len(found.users),
    }
