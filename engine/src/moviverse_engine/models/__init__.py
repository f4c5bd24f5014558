"""Models behind one inductive interface: a history in, scores and reasons out."""

from __future__ import annotations

from moviverse_engine.models.base import Model, Training
from moviverse_engine.models.breakdown import Breakdown, Contribution, Reading, SharedFeatures
from moviverse_engine.models.content import Content, ContentConfig
from moviverse_engine.models.ease import EASE, EASEConfig
from moviverse_engine.models.hybrid import Hybrid, HybridConfig
from moviverse_engine.models.ials import IALS, IALSConfig
from moviverse_engine.models.itemknn import ItemKNN, ItemKNNConfig
from moviverse_engine.models.neural import DeepFM, DeepFMConfig, NeuralMF, NeuralMFConfig
from moviverse_engine.models.popularity import Popularity, PopularityConfig
from moviverse_engine.models.sequence import Sequence, SequenceConfig
from moviverse_engine.models.svd import SVD, SVDConfig

__all__ = [
    "EASE",
    "IALS",
    "SVD",
    "Breakdown",
    "Content",
    "ContentConfig",
    "Contribution",
    "DeepFM",
    "DeepFMConfig",
    "EASEConfig",
    "Hybrid",
    "HybridConfig",
    "IALSConfig",
    "ItemKNN",
    "ItemKNNConfig",
    "Model",
    "NeuralMF",
    "NeuralMFConfig",
    "Popularity",
    "PopularityConfig",
    "Reading",
    "SVDConfig",
    "Sequence",
    "SequenceConfig",
    "SharedFeatures",
    "Training",
]
