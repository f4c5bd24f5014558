"""What runs by the clock, and how often.

A period begins at a multiple of its length since midnight of 1970-01-01 (UTC), so that every
worker means the same one: a job of each day is due from midnight. A site that was off then runs it
at its next start, once, however many periods it missed. A new site waits for the next period of each.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from moviverse.core import jobs, periods

if TYPE_CHECKING:
    from collections.abc import Mapping

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(frozen=True)
class Every:
    """A job that is due once in each period of so many seconds.

    Attributes:
        name: Which job.
        seconds: How long a period is.
        arguments: What the job is given; the same job with others is another line.
        offset_seconds: By how much each period begins later, such as three hours after midnight.
    """

    name: str
    seconds: int
    arguments: Mapping[str, jobs.JSON] = field(default_factory=dict)
    offset_seconds: int = 0

    @property
    def is_routine(self) -> bool:
        """Whether it runs so often that only the last of its runs is worth a row."""
        return self.seconds < DAY

    @property
    def key(self) -> str:
        """What tells this line from the others."""
        given = json.dumps(self.arguments, sort_keys=True) if self.arguments else ""
        return f"{self.name} {given}".strip()

    def began(self, now: datetime) -> datetime:
        """Return when the period began that it is now."""
        length = timedelta(seconds=self.seconds)
        first = EPOCH + timedelta(seconds=self.offset_seconds)
        return first + (now - first) // length * length

    def next(self, now: datetime) -> datetime:
        """Return when the next period begins."""
        return self.began(now) + timedelta(seconds=self.seconds)


SCHEDULE: tuple[Every, ...] = (
    Every(name=jobs.PRUNE_JOBS, seconds=HOUR),
    Every(name=jobs.PRUNE_RECEIPTS, seconds=HOUR),
    Every(name=jobs.FLUSH_VIEWS, seconds=MINUTE),
    # Whatever day was not kept yet: a site that slept at midnight has its snapshot, too.
    Every(name=jobs.GENERATE_DAILY_TRENDING, seconds=HOUR, offset_seconds=15 * MINUTE),
    Every(name=jobs.CLEANUP_MEDIA, seconds=HOUR, offset_seconds=20 * MINUTE),
    Every(name=jobs.FLUSH_EXPIRED_TOKENS, seconds=HOUR, offset_seconds=40 * MINUTE),
    Every(name=jobs.PRUNE_TMDB, seconds=HOUR, offset_seconds=50 * MINUTE),
    Every(name=jobs.TRAIN_MODELS, seconds=DAY, offset_seconds=3 * HOUR),
    Every(name=jobs.WARM_CACHE, seconds=10 * MINUTE),
    Every(name=jobs.SYNC_CHANGES, seconds=DAY, offset_seconds=4 * HOUR),
    Every(name=jobs.GENERATE_RECOMMENDATIONS, seconds=DAY, offset_seconds=5 * HOUR),
)


def enqueue_due(*, now: datetime) -> int:
    """Enqueue each job whose period has begun without it; return how many there were."""
    last = periods.enqueued_at()
    if new := {each.key: each.next(now) for each in SCHEDULE if each.key not in last}:
        periods.begin(new, now=now)
    enqueued = 0
    for each in SCHEDULE:
        since = each.began(now)
        if each.key in new or last[each.key] >= since:
            continue  # so that a look which finds nothing costs one query
        job_id = periods.enqueue_once(
            key=each.key,
            name=each.name,
            arguments=each.arguments,
            since=since,
            until=each.next(now),
            is_routine=each.is_routine,
            now=now,
        )
        enqueued += job_id is not None
    return enqueued
