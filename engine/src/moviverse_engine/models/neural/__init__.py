"""Neural models: trained with PyTorch, an extra, and served with NumPy alone."""

from __future__ import annotations

from moviverse_engine.models.neural.deepfm import DeepFM, DeepFMConfig
from moviverse_engine.models.neural.neuralmf import NeuralMF, NeuralMFConfig

__all__ = ["DeepFM", "DeepFMConfig", "NeuralMF", "NeuralMFConfig"]
