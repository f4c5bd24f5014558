"""The trends of days that are over, as they were kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moviverse.recommendations.errors import TrendsNotKept
from moviverse.recommendations.models import CountedDay, TrendingSnapshot

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class PastTrend:
    """A film's place at the end of a day."""

    rank: int
    movie_id: int
    title: str
    score: float
    views: int
    viewers: int


def past_trends(*, day: date, time_range: str, genre: str = "") -> list[PastTrend]:
    """Return the trends as they were at the end of a day of UTC, the strongest first.

    Args:
        day: Which day.
        time_range: "day" or "week": the range that ended with it.
        genre: Only films of this genre; all of them when it is empty.

    Raises:
        TrendsNotKept: the day is not over, or nothing is known of it.
    """
    places = TrendingSnapshot.objects.filter(
        day=day, time_range=time_range, genre__iexact=genre
    ).order_by("rank")
    columns = ("rank", "movie_id", "movie__title", "score", "views", "viewers")
    found = [PastTrend(*row) for row in places.values_list(*columns)]
    if not found and not CountedDay.objects.filter(day=day, snapshot_at__isnull=False).exists():
        raise TrendsNotKept
    return found
