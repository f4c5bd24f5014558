"""What was recommended to a person, for them to take along: one line a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F

from moviverse.recommendations.models import Feedback, PreparedList, Receipt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from moviverse.accounts.models import User

LIST = ("created_at", "id", "model", "model_version", "strategy", "first_id", "first_rank")
WHY = ("parameters", "history", "results")
AHEAD = ("made_at", "model", "model_version", "movie_ids", "scores")


def of(*, user: User) -> Mapping[str, QuerySet[Any, Any]]:
    """Return everything by its name: rows that are read when they are asked for, the oldest first."""
    shown = Receipt.objects.filter(user=user).order_by("created_at", "id")
    said = Feedback.objects.filter(user=user).order_by("given_at", "id")
    film = {"tmdb_id": F("movie_id"), "movie_title": F("movie__title")}
    return {
        "prepared_recommendations": PreparedList.objects.filter(user=user).values(*AHEAD),
        "recommendations": shown.values(*LIST, *WHY),
        "recommendation_feedback": said.values("given_at", "action", "receipt_id", **film),
    }
