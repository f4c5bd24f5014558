"""Full-ranking evaluation: protocols, metrics and how sure they are."""

from __future__ import annotations

from moviverse_engine.evaluation.intervals import bootstrap_interval, paired_difference
from moviverse_engine.evaluation.measurement import Measurement, measure
from moviverse_engine.evaluation.splits import Split, leave_last_out, strong, temporal

__all__ = [
    "Measurement",
    "Split",
    "bootstrap_interval",
    "leave_last_out",
    "measure",
    "paired_difference",
    "strong",
    "temporal",
]
