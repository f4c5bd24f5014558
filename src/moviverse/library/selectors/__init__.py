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
from moviverse.library.selectors.taste import SAID, SELECTED_COUNTS_AS

__all__ = [
    "RATE",
    "RATING_SORTS",
    "SAID",
    "SELECTED_COUNTS_AS",
    "TYPES",
    "Event",
    "RatingsSummary",
    "interactions",
    "rating",
    "ratings",
    "summary",
    "value",
]
