"""Item features: what films are about, as weighted sparse vectors."""

from __future__ import annotations

from moviverse_engine.features.errors import FeaturesDamaged, InvalidFeatures
from moviverse_engine.features.table import FieldWeights, ItemFeatures

__all__ = ["FeaturesDamaged", "FieldWeights", "InvalidFeatures", "ItemFeatures"]
