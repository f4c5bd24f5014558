"""From scores to a list: the best, and the best that are not all alike."""

from __future__ import annotations

from moviverse_engine.rerank.diversity import mmr
from moviverse_engine.rerank.errors import InvalidRanking
from moviverse_engine.rerank.ranking import top_k

__all__ = ["InvalidRanking", "mmr", "top_k"]
