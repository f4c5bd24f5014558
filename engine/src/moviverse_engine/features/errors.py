"""What can go wrong with item features."""

from __future__ import annotations

from moviverse_engine import EngineError


class InvalidFeatures(EngineError):
    """A record names an unknown field or holds something that is not text."""


class FeaturesDamaged(EngineError):
    """A stored feature table is missing a file or its parts do not fit together."""
