"""A recommender engine for one machine: inductive, explained, measured."""

from __future__ import annotations

__version__ = "0.1.0"
