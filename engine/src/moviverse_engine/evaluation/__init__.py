"""Full-ranking evaluation: protocols, metrics and how sure they are."""

from __future__ import annotations

from moviverse_engine.evaluation.intervals import bootstrap_interval, paired_difference
from moviverse_engine.evaluation.measurement import Measurement, measure
from moviverse_engine.evaluation.ratings import (
    RatingMeasurement,
    RatingSplit,
    given_ratings,
    measure_ratings,
    random_ratings,
)
from moviverse_engine.evaluation.splits import Split, leave_last_out, strong, temporal

__all__ = [
    "Measurement",
    "RatingMeasurement",
    "RatingSplit",
    "Split",
    "bootstrap_interval",
    "given_ratings",
    "leave_last_out",
    "measure",
    "measure_ratings",
    "paired_difference",
    "random_ratings",
    "strong",
    "temporal",
]
