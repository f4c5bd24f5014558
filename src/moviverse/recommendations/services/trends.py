"""The pulse of the trends: views counted into hours and days, and a snapshot of each day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from moviverse.catalog import selectors as catalog
from moviverse.library import daily_views
from moviverse.library import selectors as library
from moviverse.library import services as visits
from moviverse.recommendations import rollup, trending
from moviverse.recommendations.models import CountedDay, TrendingSnapshot

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from moviverse.core.sweeping import Report
    from moviverse.recommendations.trending import Trend

LIMIT_MILLISECONDS = 60_000  # of a statement that nobody waits for
VISITS_KEPT = timedelta(days=rollup.DAYS + 2)
DAYS_A_RUN = 30  # of visits that nobody counted for long, before they are forgotten
PUBLISHED = 5_000  # films of which each view of today is told in Redis
COMPLETE_AFTER = timedelta(minutes=10)  # what happened at the end of a day is committed by then


def flush_views(*, now: datetime, report: Report) -> int:
    """Count what people looked at and rated, as far as it is due; return how many days that were.

    Visits that were counted and are older than any window are removed. Called twice, by two at
    once, or stopped anywhere, it has the effect of one call.

    Args:
        now: The time.
        report: Hears of each day.

    Raises:
        TooMuchHappened: a day cannot be counted in `LIMIT_MILLISECONDS`.
    """
    counted = _count_due(now=now, report=report)
    daily_views.publish(rollup.views(rollup.of(now), most=PUBLISHED), now=now)
    _forget_visits(now=now, report=report)
    return counted


def generate_daily_trending(*, now: datetime, report: Report) -> int:
    """Keep the trends as they were at the end of the latest days; return of how many days.

    A day has one snapshot, the first; those that are older than TRENDS_KEPT_DAYS are removed.
    Days that a site slept through are made up for while their hours are known.

    Args:
        now: The time.
        report: Hears of each day.

    Raises:
        TooMuchHappened: a day cannot be counted, or its trends not be added up, in time.
    """
    _count_due(now=now, report=report)
    today = rollup.of(now)
    days = [today - place * rollup.ONE_DAY for place in range(rollup.HOURS_OF_DAYS - 1, 0, -1)]
    over = [day for day in days if now >= rollup.bounds(day)[1] + COMPLETE_AFTER]
    kept = 0
    for day in over:
        report(kept / len(over), f"Keeping the trends of {day}")
        kept += _keep(day, now=now)
    first = today - timedelta(days=settings.TRENDS_KEPT_DAYS)
    TrendingSnapshot.objects.filter(day__lt=first).delete()
    rollup.forget(before=min(first, today - timedelta(days=rollup.DAYS)))
    return kept


def _count_due(*, now: datetime, report: Report) -> int:
    days, counted = rollup.due(now=now), 0
    for done, day in enumerate(days):
        report(done / len(days), f"Counting {day}")
        counted += _count(day, now=now)
    return counted


def _count(day: date, *, now: datetime) -> bool:
    return rollup.count(day, now=now, limit_milliseconds=LIMIT_MILLISECONDS)


def _keep(day: date, *, now: datetime) -> bool:
    _, end = rollup.bounds(day)
    with transaction.atomic():
        counted = CountedDay.objects.select_for_update().filter(day=day).first()
        if counted is None or counted.snapshot_at is not None:
            return False
        last = end - timedelta(microseconds=1)
        for time_range in trending.HALF_LIVES:
            trends = trending.current(
                time_range=time_range, now=last, limit_milliseconds=LIMIT_MILLISECONDS
            )
            for genre in ("", *catalog.genres().values_list("name", flat=True)):
                shown = trending.shown(trends, ((genre,),) if genre else ())
                TrendingSnapshot.objects.bulk_create(_rows(day, time_range, genre, shown))
        counted.snapshot_at = now
        counted.save(update_fields=["snapshot_at"])
    return True


def _rows(
    day: date, time_range: str, genre: str, trends: Iterable[Trend]
) -> Iterable[TrendingSnapshot]:
    return (
        TrendingSnapshot(
            day=day,
            time_range=time_range,
            genre=genre,
            rank=rank,
            movie_id=trend.movie_id,
            score=trend.score or 0.0,
            views=trend.views,
            viewers=trend.viewers,
        )
        for rank, trend in enumerate(trends, 1)
    )


def _forget_visits(*, now: datetime, report: Report) -> None:
    """Remove old visits day by day, each counted after its end before its rows go."""
    today = rollup.of(now)
    last = rollup.of(now - VISITS_KEPT)
    counts_from = today - timedelta(days=settings.TRENDS_KEPT_DAYS)
    for done in range(DAYS_A_RUN):
        oldest = library.oldest_visit()
        if oldest is None or rollup.of(oldest) >= last:
            return
        day = rollup.of(oldest)
        report(done / DAYS_A_RUN, f"Forgetting the visits of {day}")
        _, end = rollup.bounds(day)
        is_counted = CountedDay.objects.filter(day=day, counted_at__gt=end + rollup.OPEN_FOR)
        if day >= counts_from and not is_counted.exists() and not _count(day, now=now):
            return  # somebody else is at it
        before = end if day >= counts_from else rollup.bounds(min(counts_from, last))[0]
        visits.forget_visits(before=before)
