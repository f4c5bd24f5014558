"""A recommender engine for one machine: inductive, explained, measured."""

from __future__ import annotations

__version__ = "0.1.0"


class EngineError(Exception):
    """The root of everything this package raises on purpose; its message is one sentence."""
