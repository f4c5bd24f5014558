"""What is known of a person's films. Everything starts from the person: nobody reads another's."""

from __future__ import annotations

from moviverse.library.selectors.ratings import (
    RATE,
    RATING_SORTS,
    TYPES,
    Event,
    RatingsSummary,
    interactions,
    rating,
    ratings,
    summary,
    value,
)
from moviverse.library.selectors.taste import HISTORY, history

__all__ = [
    "HISTORY",
    "RATE",
    "RATING_SORTS",
    "TYPES",
    "Event",
    "RatingsSummary",
    "history",
    "interactions",
    "rating",
    "ratings",
    "summary",
    "value",
]
