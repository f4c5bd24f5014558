"""Models behind one inductive interface: a history in, scores and reasons out."""

from __future__ import annotations

from moviverse_engine.models.base import Model, Training
from moviverse_engine.models.breakdown import Breakdown, Contribution, Reading, SharedFeatures
from moviverse_engine.models.content import Content, ContentConfig
from moviverse_engine.models.ease import EASE, EASEConfig
from moviverse_engine.models.hybrid import Hybrid, HybridConfig
from moviverse_engine.models.itemknn import ItemKNN, ItemKNNConfig
from moviverse_engine.models.popularity import Popularity, PopularityConfig

__all__ = [
    "EASE",
    "Breakdown",
    "Content",
    "ContentConfig",
    "Contribution",
    "EASEConfig",
    "Hybrid",
    "HybridConfig",
    "ItemKNN",
    "ItemKNNConfig",
    "Model",
    "Popularity",
    "PopularityConfig",
    "Reading",
    "SharedFeatures",
    "Training",
]
