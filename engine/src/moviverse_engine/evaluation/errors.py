"""What can go wrong before a model is measured."""

from __future__ import annotations

from moviverse_engine import EngineError


class NothingToEvaluate(EngineError):
    """The split leaves nothing to train on or nobody to ask."""


class WrongSplitFile(EngineError):
    """The file is no split, or not one of this data."""
