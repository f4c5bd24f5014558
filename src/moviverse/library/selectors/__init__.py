"""What is known of a person's films. Everything starts from the person: nobody reads another's."""

from __future__ import annotations

from moviverse.library.selectors.ratings import (
    RATE,
    RATING_SORTS,
    TYPES,
    Event,
    RatedFilm,
    RatingsSummary,
    interactions,
    rating,
    ratings,
    summary,
    value,
)
from moviverse.library.selectors.reviews import (
    REVIEW_SORTS,
    Author,
    ReviewedFilm,
    WrittenReview,
    newest_reviews,
    own_review,
    review,
    reviews,
    reviews_of,
)
from moviverse.library.selectors.saved import (
    SAVED_SORTS,
    SavedFilm,
    favorites,
    movie_on_watchlist,
    saved_films,
    watchlist,
)
from moviverse.library.selectors.taste import (
    SAID,
    SELECTED_COUNTS_AS,
    WATCHED,
    Standing,
    standing,
)
from moviverse.library.selectors.viewings import (
    WatchedFilm,
    history,
    oldest_visit,
    unfinished,
    watched_films,
)

__all__ = [
    "RATE",
    "RATING_SORTS",
    "REVIEW_SORTS",
    "SAID",
    "SAVED_SORTS",
    "SELECTED_COUNTS_AS",
    "TYPES",
    "WATCHED",
    "Author",
    "Event",
    "RatedFilm",
    "RatingsSummary",
    "ReviewedFilm",
    "SavedFilm",
    "Standing",
    "WatchedFilm",
    "WrittenReview",
    "favorites",
    "history",
    "interactions",
    "movie_on_watchlist",
    "newest_reviews",
    "oldest_visit",
    "own_review",
    "rating",
    "ratings",
    "review",
    "reviews",
    "reviews_of",
    "saved_films",
    "standing",
    "summary",
    "unfinished",
    "value",
    "watched_films",
    "watchlist",
]
