"""Where the benchmarks find real data, when it is there."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def datasets() -> Path:
    """Return the folder of data sets: `MOVIVERSE_DATASETS`, or the one beside the repository."""
    return Path(os.environ.get("MOVIVERSE_DATASETS", ROOT.parent / "shared" / "datasets"))
