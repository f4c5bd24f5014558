"""How fast the service is at 50,000 films, 100,000 members and 5,000,000 things that they did."""

from __future__ import annotations

import os

from benchmarks.data import ROOT

# Before the site chooses the settings: this one takes minutes to make, and is kept.
os.environ.setdefault("BENCHMARK_HOME", str(ROOT / "var" / "bench"))

from benchmarks import site

__all__ = ["site"]
