"""What a person does with films: each a verb, in one transaction."""

from __future__ import annotations

from moviverse.library.services.ratings import NewEvent, rate, record, record_batch, unrate
from moviverse.library.services.reviews import delete_review, edit_review, write_review
from moviverse.library.services.saved import (
    add_favorite,
    add_to_watchlist,
    remove_favorite,
    remove_from_watchlist,
)
from moviverse.library.services.viewings import (
    correct_viewing,
    forget_viewing,
    view,
    view_anonymously,
    watch,
)
from moviverse.library.services.visits import forget_visits

__all__ = [
    "NewEvent",
    "add_favorite",
    "add_to_watchlist",
    "correct_viewing",
    "delete_review",
    "edit_review",
    "forget_viewing",
    "forget_visits",
    "rate",
    "record",
    "record_batch",
    "remove_favorite",
    "remove_from_watchlist",
    "unrate",
    "view",
    "view_anonymously",
    "watch",
    "write_review",
]
