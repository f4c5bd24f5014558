"""How the catalogue stands with TMDb."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q

from moviverse.catalog.models import FIRST_LOCAL_ID, Movie, TmdbRun, TmdbSync

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How many films are in which state.

    Attributes:
        held: that TMDb may know.
        synced: of these, at least once.
        failing: whose last sync failed.
        gone: that TMDb did not know when it was last asked.
        edited: of which an editor keeps fields.
        withdrawn: that were deleted here, and are not fetched again.
    """

    held: int
    synced: int
    failing: int
    gone: int
    edited: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A film whose last sync failed."""

    tmdb_id: int
    attempts: int
    failed_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class Run:
    """A run through a list of TMDb's, as somebody sees it who does not run it."""

    kind: str
    first_day: date | None
    last_day: date | None
    wanted: int | None
    next_page: int
    pages: int | None
    synced: int
    failed: int
    started_at: datetime
    finished_at: datetime | None


def standing() -> Standing:
    """Count the films by their state: two queries."""
    held = Exists(Movie.objects.filter(pk=OuterRef("pk")))
    known = TmdbSync.objects.aggregate(
        synced=Count("pk", filter=Q(last_synced_at__isnull=False) & Q(held)),
        failing=Count("pk", filter=Q(failed_at__isnull=False)),
        gone=Count("pk", filter=Q(gone_at__isnull=False) & Q(held)),
        withdrawn=Count("pk", filter=Q(withdrawn_at__isnull=False) & ~Q(held)),
    )
    films = Movie.objects.filter(pk__lt=FIRST_LOCAL_ID)
    ours = films.aggregate(held=Count("pk"), edited=Count("pk", filter=~Q(edited_fields=[])))
    return Standing(**ours, **known)


def failures(*, limit: int) -> list[Failure]:
    """Return the films whose last sync failed, the latest first."""
    rows = TmdbSync.objects.filter(failed_at__isnull=False).order_by("-failed_at", "tmdb_id")
    return [
        Failure(*row)
        for row in rows.values_list("tmdb_id", "attempts", "failed_at", "last_error")[:limit]
    ]


def runs(*, limit: int) -> list[Run]:
    """Return the latest runs, the newest first."""
    rows = TmdbRun.objects.order_by("-started_at").values_list(*Run.__slots__)
    return [Run(*row) for row in rows[:limit]]
