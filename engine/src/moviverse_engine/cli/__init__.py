"""The command line `moviverse-engine`: train, evaluate, recommend."""

from __future__ import annotations

from moviverse_engine.cli.program import main

__all__ = ["main"]
