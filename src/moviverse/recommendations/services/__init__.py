"""What the interfaces ask of the recommender."""

from __future__ import annotations

from moviverse.recommendations.services.answers import (
    continue_for,
    recommend_context,
    recommend_contexts,
    recommend_for,
    recommend_for_many,
)
from moviverse.recommendations.services.data import (
    import_movielens,
    load_and_train_once,
    load_demo,
)
from moviverse.recommendations.services.feedback import give_feedback, undo_feedback
from moviverse.recommendations.services.training import rollback, train

__all__ = [
    "continue_for",
    "give_feedback",
    "import_movielens",
    "load_and_train_once",
    "load_demo",
    "recommend_context",
    "recommend_contexts",
    "recommend_for",
    "recommend_for_many",
    "rollback",
    "train",
    "undo_feedback",
]
