"""What the interfaces ask of the recommender."""

from __future__ import annotations

from moviverse.recommendations.services.answers import (
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
from moviverse.recommendations.services.training import rollback, train

__all__ = [
    "import_movielens",
    "load_and_train_once",
    "load_demo",
    "recommend_context",
    "recommend_contexts",
    "recommend_for",
    "recommend_for_many",
    "rollback",
    "train",
]
