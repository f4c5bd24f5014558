"""What a person has watched, and what they are in the middle of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moviverse.catalog import selectors as catalog
from moviverse.library.models import AnonymousView, Viewing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from moviverse.accounts.models import User
    from moviverse.catalog.selectors import MovieCard


@dataclass(frozen=True, slots=True)
class WatchedFilm:
    """One watching of a film."""

    id: UUID
    movie: MovieCard
    progress_seconds: int | None
    watched: bool
    started_at: datetime
    watched_at: datetime


def history_entries(*, user: User) -> QuerySet[Viewing]:
    """Return every watching of a person's, the latest first."""
    return Viewing.objects.filter(user=user).order_by("-watched_at", "id")


def unfinished(*, user: User) -> QuerySet[Viewing]:
    """Return what a person has started and not watched to its end, the latest first."""
    return history_entries(user=user).filter(is_finished=False)


def watched_films(rows: Iterable[Viewing]) -> list[WatchedFilm]:
    """Return watchings with their films, with one query more."""
    viewings = list(rows)
    cards = catalog.cards([row.movie_id for row in viewings])
    return [
        WatchedFilm(
            id=row.id,
            movie=cards[row.movie_id],
            progress_seconds=row.progress_seconds,
            watched=row.is_finished,
            started_at=row.started_at,
            watched_at=row.watched_at,
        )
        for row in viewings
        if row.movie_id in cards  # unless it was taken away between the two queries
    ]


def oldest_visit() -> datetime | None:
    """Return when the oldest visit that is still kept of somebody not signed in began."""
    visits = AnonymousView.objects.order_by("viewed_at").values_list("viewed_at", flat=True)
    return visits.first()
