"""What a library holds of its owner, for them to take along: one line a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F

from moviverse.library.models import (
    Favorite,
    Interaction,
    Rating,
    Review,
    Viewing,
    WatchlistItem,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from moviverse.accounts.models import User

FILM = {"tmdb_id": F("movie_id"), "movie_title": F("movie__title")}
SAVED = ("title", "poster_url", "added_at")
VIEWING = ("id", "progress_seconds", "is_finished", "started_at")


def of(*, user: User) -> Mapping[str, QuerySet[Any, Any]]:
    """Return everything by its name: rows that are read when they are asked for, the oldest first."""
    mine = {"user": user}
    return {
        "ratings": _films(Rating.objects.filter(**mine), "rated_at", rating=F("value")),
        "interactions": _films(Interaction.objects.filter(**mine), "happened_at", "id", "type"),
        "favorites": _saved(Favorite.objects.filter(**mine)),
        "watchlist": _saved(WatchlistItem.objects.filter(**mine)),
        "viewings": _films(Viewing.objects.filter(**mine), "watched_at", *VIEWING),
        "reviews": _films(Review.objects.filter(**mine), "created_at", "id", "text", "updated_at"),
    }


def _films(rows: QuerySet[Any], moment: str, *names: str, **told: Any) -> QuerySet[Any, Any]:
    return rows.order_by(moment, "pk").values(*names, moment, **FILM, **told)


def _saved(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    return rows.order_by("added_at", "pk").values("id", *SAVED, tmdb_id=F("movie_id"))
