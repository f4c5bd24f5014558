"""What can go wrong when a model is configured, asked or opened."""

from __future__ import annotations

from moviverse_engine import EngineError


class NotFitted(EngineError):
    """A model was asked before it was trained or loaded."""


class WrongItemCount(EngineError):
    """A history's columns are not the model's items."""


class NotOneHistory(EngineError):
    """Several histories, or none, came where one is explained."""


class ItemOutOfRange(EngineError):
    """An item row that the model does not have."""


class NotARatingModel(EngineError):
    """The model ranks and has no rating scale."""


class MissingFeatures(EngineError):
    """The model needs item features and got none."""


class InvalidConfig(EngineError):
    """A setting is unknown, of the wrong type or out of its range."""


class UnknownModel(EngineError):
    """No model has that name."""


class ModelDamaged(EngineError):
    """A stored model misses a file or its parts do not fit together."""


class MissingLibrary(EngineError):
    """The training needs a library that is not installed."""
