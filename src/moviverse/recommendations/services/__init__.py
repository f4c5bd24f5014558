"""What the interfaces ask of the recommender."""

from __future__ import annotations

from moviverse.recommendations.services.answers import (
    continue_for,
    recommend_context,
    recommend_contexts,
    recommend_for,
    recommend_for_many,
    recommend_like,
)
from moviverse.recommendations.services.data import (
    import_movielens,
    load_and_train_once,
    load_demo,
)
from moviverse.recommendations.services.feedback import give_feedback, undo_feedback
from moviverse.recommendations.services.groups import recommend_group
from moviverse.recommendations.services.preparing import generate_recommendations
from moviverse.recommendations.services.retention import prune_receipts
from moviverse.recommendations.services.retraining import Retrained, enough_is_new, retrain
from moviverse.recommendations.services.training import activate, rollback, train
from moviverse.recommendations.services.trends import flush_views, generate_daily_trending

__all__ = [
    "Retrained",
    "activate",
    "continue_for",
    "enough_is_new",
    "flush_views",
    "generate_daily_trending",
    "generate_recommendations",
    "give_feedback",
    "import_movielens",
    "load_and_train_once",
    "load_demo",
    "prune_receipts",
    "recommend_context",
    "recommend_contexts",
    "recommend_for",
    "recommend_for_many",
    "recommend_group",
    "recommend_like",
    "retrain",
    "rollback",
    "train",
    "undo_feedback",
]
