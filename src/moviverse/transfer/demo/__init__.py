"""The demo: films written for it by hand, and synthetic viewers who rate them."""

from __future__ import annotations

from moviverse.transfer.demo.audience import Viewings, viewers
from moviverse.transfer.demo.shelf import SOURCE, DemoDamaged, DemoFilm, films

__all__ = ["SOURCE", "DemoDamaged", "DemoFilm", "Viewings", "films", "viewers"]
