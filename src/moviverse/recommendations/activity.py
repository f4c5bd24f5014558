"""What is being watched and rated here, film by film: the numbers that a trend is made of.

One statement reads what was counted (`rollup`), never the events themselves. Other sources of the
same numbers (another site) need only give `Activity`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from moviverse.core import statements
from moviverse.recommendations import rollup

if TYPE_CHECKING:
    from datetime import datetime, timedelta

READ = """
    select movie_id,
        sum(weight * power(0.5, greatest(date_part('epoch', %(now)s - seen_at), 0)
            / %(half_life)s::float8)) as attention,
        sum(views)::bigint, sum(viewers)::bigint,
        coalesce(sum(ratings * fresh), 0), coalesce(sum(rating_total * fresh), 0)
    from recommendations_attention, lateral (
        select power(0.5, greatest(date_part('epoch', %(now)s - rated_at), 0)
            / %(half_life)s::float8) as fresh
    ) as rated
    where is_day = %(is_day)s and began_at > %(since)s and began_at <= %(now)s
    group by movie_id order by attention desc, movie_id limit %(most)s
"""
MOST = 20_000  # films with the most attention, among which the trends are
LIMIT_MILLISECONDS = 2_000  # somebody waits for the page
PATIENCE = 4  # counts of the worker that may fail to come before the page counts by itself

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Activity:
    """What happened around one film in a window of time.

    Attributes:
        movie_id: the film.
        attention: viewers, each once a day, faded by age.
        views: how often it was looked at, and rated, in all.
        viewers: how many people that were, each once a day.
        rating_weight: how many ratings it was given, faded by age.
        rating_total: their sum, faded alike.
    """

    movie_id: int
    attention: float
    views: int
    viewers: int
    rating_weight: float = 0.0
    rating_total: float = 0.0


def recent(
    *,
    window: timedelta,
    half_life: timedelta,
    now: datetime,
    limit_milliseconds: int | None = None,
) -> list[Activity]:
    """Return what happened in the `window` before `now`, as far as it was counted.

    A window of more than a day is read by the day, else by the hour: those that began in it. Each
    counts half as much for every `half_life` that its viewers are old on the average.

    Raises:
        TooMuchHappened: it cannot be added up in `limit_milliseconds`, which is as long as a page
            may wait unless told.
    """
    values = {
        "is_day": window > rollup.ONE_DAY,
        "since": now - window,
        "now": now,
        "half_life": half_life.total_seconds(),
        "most": MOST,
    }
    with rollup.limited(milliseconds=limit_milliseconds or LIMIT_MILLISECONDS):
        return [Activity(*row) for row in statements.fetched(READ, values)]


def catch_up(*, now: datetime) -> None:
    """Count what no worker has counted for a while, as far as a page may wait for it."""
    began = time.monotonic()
    for day in rollup.due(now=now, patience=PATIENCE):
        left = LIMIT_MILLISECONDS - round(1_000 * (time.monotonic() - began))
        if left <= 0:
            return
        try:
            rollup.count(day, now=now, limit_milliseconds=left)
        except rollup.TooMuchHappened:  # then it is told as it was counted last
            log.warning("trends_take_too_long", day=str(day))
            return
