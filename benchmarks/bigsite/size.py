"""How large the site is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How much of everything there is; all but films and members are five million things done."""

    films: int = 50_000
    members: int = 100_000
    ratings: int = 3_500_000
    views: int = 850_000
    selects: int = 150_000
    visitors: int = 50_000
    favorites: int = 130_000
    watchlist: int = 130_000
    viewings: int = 130_000
    reviews: int = 60_000

    @property
    def deeds(self) -> int:
        """Return how many things people did."""
        mine = self.favorites + self.watchlist + self.viewings + self.reviews
        return self.ratings + self.views + self.selects + self.visitors + mine
