"""What can go wrong when a list is made."""

from __future__ import annotations

from moviverse_engine import EngineError


class InvalidRanking(EngineError):
    """Scores, candidates or diversity do not fit."""
