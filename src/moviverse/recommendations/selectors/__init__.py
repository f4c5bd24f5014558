"""Reading what was recommended, what is known of a taste, and which models there are."""

from __future__ import annotations

from moviverse.recommendations.selectors.past import (
    Outcome,
    Shown,
    feedback,
    first_page,
    receipt,
    receipt_with,
    receipts,
    shown,
    shown_receipt,
)
from moviverse.recommendations.selectors.prepared import (
    awaiting_lists,
    prepared,
    taste_versions,
)
from moviverse.recommendations.selectors.states import (
    ModelState,
    Rejected,
    is_learnt_from_synthetic_viewers,
    is_ready,
    models,
    rejected,
)
from moviverse.recommendations.selectors.tastes import (
    Memory,
    genres_of,
    history,
    members,
    memories,
    memory,
    preferred_genres,
)
from moviverse.recommendations.selectors.trends import PastTrend, past_trends

__all__ = [
    "Memory",
    "ModelState",
    "Outcome",
    "PastTrend",
    "Rejected",
    "Shown",
    "awaiting_lists",
    "feedback",
    "first_page",
    "genres_of",
    "history",
    "is_learnt_from_synthetic_viewers",
    "is_ready",
    "members",
    "memories",
    "memory",
    "models",
    "past_trends",
    "preferred_genres",
    "prepared",
    "receipt",
    "receipt_with",
    "receipts",
    "rejected",
    "shown",
    "shown_receipt",
    "taste_versions",
]
