"""Interactions in: ids, columns, corpora on disk, histories, and readers of public files."""

from __future__ import annotations

from moviverse_engine.interactions.errors import EngineError
from moviverse_engine.interactions.histories import Histories, history
from moviverse_engine.interactions.ids import IdMap
from moviverse_engine.interactions.progress import Progress, silent
from moviverse_engine.interactions.table import Interactions, merge

__all__ = [
    "EngineError",
    "Histories",
    "IdMap",
    "Interactions",
    "Progress",
    "history",
    "merge",
    "silent",
]
