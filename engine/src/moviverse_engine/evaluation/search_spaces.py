"""Where `tune` looks for settings: for every model by name, the range of each setting worth it.

What a model does not name here stays at its default: `threads`, thresholds that say what a like is,
and budgets are decisions and not hyper-parameters. A setting of a member is written with dots.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Real:
    """Numbers from `low` to `high`, both included; `log` for those whose ratio matters."""

    low: float
    high: float
    log: bool = False


@dataclass(frozen=True)
class Whole:
    """Whole numbers from `low` to `high`, both included."""

    low: int
    high: int
    log: bool = False


@dataclass(frozen=True)
class Choice:
    """A few values without an order; several numbers are written as `--set` has them: "0,0.9"."""

    values: tuple[str | float | bool, ...]


Space: TypeAlias = "Mapping[str, Real | Whole | Choice]"

_NEURAL: Space = {
    "factors": Choice((64, 128, 200, 256)),
    "hidden": Choice((0, 16, 32, 64, 128)),
    "learning_rate": Real(0.0005, 0.02, log=True),
    "dropout": Real(0.0, 0.8),
    "averaging": Choice((0.0, 0.9, 0.98, 0.99)),
    "least_known": Real(0.05, 0.6),
    "most_known": Real(0.6, 1.0),
}
SPACES: Mapping[str, Space] = {
    "Popularity": {
        "half_life_days": Real(30.0, 10_000.0, log=True),
        "item_damping": Real(1.0, 100.0, log=True),
        "user_damping": Real(1.0, 100.0, log=True),
    },
    "ItemKNN": {
        "neighbours": Whole(20, 500, log=True),
        "weighting": Choice(("bm25", "cosine")),
        "shrink": Real(1.0, 300.0, log=True),
        "asymmetry": Real(0.0, 1.0),
        "bm25_k1": Real(0.05, 3.0, log=True),
        "bm25_b": Real(0.0, 1.0),
    },
    "EASE": {
        "l2": Real(20.0, 3000.0, log=True),
        "dropout": Real(0.0, 0.6),
        "popularity_scaling": Real(0.0, 0.5),
        "activity_scaling": Real(0.0, 0.5),
        "signed": Choice((False, True)),
    },
    "iALS": {
        "factors": Choice((64, 128, 256, 512)),
        "alpha0": Real(0.01, 1.0, log=True),
        "l2": Real(0.0005, 0.1, log=True),
        "nu": Real(0.0, 1.0),
        "iterations": Whole(2, 16),
    },
    "SVD": {
        "rank": Whole(4, 60, log=True),
        "iterations": Whole(10, 60),
        "history_l2": Real(1.0, 100.0, log=True),
        "audience_l2": Real(0.2, 20.0, log=True),
    },
    "Content": {
        "neutral_rating": Real(0.5, 3.9),
    },
    "Sequence": {
        "factors": Choice((32, 64, 128, 256)),
        "decays": Choice(
            ("0,0.9", "0,0.6,0.95", "0.0,0.6,0.9,0.98", "0,0.5,0.8,0.95,0.99", "0,0.3,0.7,0.9,0.98")
        ),
        "epochs": Whole(2, 10),
        "rate": Real(0.001, 0.01, log=True),
        "dropout": Real(0.0, 0.5),
        "batch": Choice((512, 1024, 2048, 4096)),
    },
    "NeuralMF": _NEURAL,
    "DeepFM": _NEURAL,
    "Hybrid": {
        "content_new": Real(0.3, 0.9),
        "content_known": Real(0.0, 0.3),
        "history_halfway": Real(0.5, 20.0, log=True),
        "item_halfway": Real(1.0, 50.0, log=True),
        "itemknn_beginner": Real(0.0, 1.0),
        "popularity_beginner": Real(0.1, 3.0, log=True),
        "beginner_ratings": Real(2.0, 60.0, log=True),
        "ease.l2": Real(20.0, 3000.0, log=True),
    },
}
