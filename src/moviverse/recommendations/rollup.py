"""From the library's facts to what each film got of each hour: made a whole day at a time.

Members' interactions and ratings, and the visitors of a day, are the facts; they are in PostgreSQL
before a view is acknowledged. A day's `Attention` is a function of its facts alone. So it may be
counted twice, by two at once, or be stopped anywhere: the result is the same, nothing is lost, and
nothing is counted twice. What arrives late (a transaction that took its time, a clock that differs,
an imported rating, an account that was deleted) is in the next count of its day.

A day that is not over is counted every minute, as are the first hours after it; an older one of
`DAYS` every hour.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import OperationalError, transaction
from psycopg.errors import QueryCanceled

from moviverse.core import errors, statements
from moviverse.recommendations.models import Attention, CountedDay

if TYPE_CHECKING:
    from collections.abc import Iterator

# What a viewer's coming back to a film on the same day adds at most, and after how many times.
COMING_BACK, MOST_TIMES = 0.5, 4
# A visitor is an address, and addresses are cheap: two of them count as one member.
TRUST_IN_VISITORS = 0.5

DAYS = 8  # a week, and what is needed of it to tell yesterday's
HOURS_OF_DAYS = 3  # the latest days are told by the hour, too
ONE_DAY = timedelta(days=1)
OPEN_FOR = timedelta(hours=3)  # after its end a day is still counted as often as before
OPEN_EVERY, SETTLED_EVERY = timedelta(seconds=50), timedelta(hours=1)
REST = 20  # times as long as the last count took: at most a twentieth of a processor

# A day's views of a visitor are one row already; only members' events have to be gathered.
# What is rounded does not change with the order in which rows are added up.
COUNT = """
    with event as (
        select movie_id, user_id, happened_at as at, null::numeric as rating
        from library_interaction
        where happened_at >= %(start)s and happened_at < %(end)s and type <> 'recommend'
        union all
        select movie_id, user_id, rated_at, value
        from library_rating where rated_at >= %(start)s and rated_at < %(end)s
    ), viewer as (
        select movie_id, count(*) as times, max(at) as at, max(rating)::float8 as rating,
            max(at) filter (where rating is not null) as rated_at, 1.0::float8 as trust
        from event group by movie_id, user_id
        union all
        select movie_id, count, viewed_at, null, null, %(trust)s::float8
        from library_anonymousview where viewed_at >= %(start)s and viewed_at < %(end)s
    ), weighed as (
        select movie_id, times, rating,
            date_part('epoch', at - %(start)s) as second,
            date_part('epoch', rated_at - %(start)s) as rated_second,
            case when %(hours)s::bool then extract(hour from at at time zone 'UTC')::int end as hour,
            trust * (1 + %(coming_back)s::float8
                * ln(least(times, %(most)s::int)) / ln(%(most)s::int)) as weight
        from viewer
    ), added as (
        select movie_id, hour, grouping(hour) = 1 as is_day,
            sum(weight) as weight, sum(weight * second) / sum(weight) as second,
            sum(times)::bigint as views, count(*)::int as viewers, count(rating)::int as ratings,
            coalesce(sum(rating), 0) as rating_total, avg(rated_second) as rated_second
        from weighed group by grouping sets ((movie_id, hour), (movie_id))
    ), counted as (
        select movie_id, is_day, %(start)s + make_interval(hours => coalesce(hour, 0)) as began_at,
            round(weight * 1e6) / 1e6 as weight,
            %(start)s + make_interval(secs => round(second * 1e3) / 1e3) as seen_at,
            views, viewers, ratings, round(rating_total * 2) / 2 as rating_total,
            %(start)s + make_interval(secs => round(rated_second * 1e3) / 1e3) as rated_at
        from added where is_day or %(hours)s::bool
    ), gone as (
        delete from recommendations_attention as old
        where is_day in (false, true) and began_at >= %(start)s and began_at < %(end)s
            and not exists (
            select from counted
            where counted.is_day = old.is_day and counted.began_at = old.began_at
                and counted.movie_id = old.movie_id)
    ), changed as (
        update recommendations_attention as old set weight = new.weight, seen_at = new.seen_at,
            views = new.views, viewers = new.viewers, ratings = new.ratings,
            rating_total = new.rating_total, rated_at = new.rated_at
        from counted as new
        where old.is_day in (false, true) and old.began_at >= %(start)s
            and old.began_at < %(end)s
            and old.is_day = new.is_day and old.began_at = new.began_at
            and old.movie_id = new.movie_id
            and (old.weight, old.seen_at, old.views, old.viewers, old.ratings, old.rating_total,
                    old.rated_at)
                is distinct from (new.weight, new.seen_at, new.views, new.viewers, new.ratings,
                    new.rating_total, new.rated_at)
    )
    insert into recommendations_attention (movie_id, is_day, began_at, weight, seen_at, views, viewers,
        ratings, rating_total, rated_at)
    select * from counted where not exists (
        select from recommendations_attention as old
        where old.is_day in (false, true) and old.began_at >= %(start)s
            and old.began_at < %(end)s
            and old.is_day = counted.is_day and old.began_at = counted.began_at
            and old.movie_id = counted.movie_id)
    order by is_day, began_at, movie_id
"""
SET_MEMORY = "select set_config('work_mem', %s, true)"
MEMORY = "64MB"  # a million viewers of a day are not put on disk and read again
SET_LIMIT = "select set_config('statement_timeout', %s, true)"  # until the transaction ends


class TooMuchHappened(errors.Unavailable):
    """Counting took longer than it may."""

    message = "The trends take too long to count."


def due(*, now: datetime, patience: int = 1) -> list[date]:
    """Return the days that should be counted, today first.

    Args:
        now: The time.
        patience: How often a count may have failed to come before the day is due.
    """
    today = of(now)
    days = [today - place * ONE_DAY for place in range(DAYS)]
    counted = CountedDay.objects.filter(counted_at__isnull=False).in_bulk(days)
    return [day for day in days if _is_due(day, counted.get(day), now=now, patience=patience)]


def count(day: date, *, now: datetime, limit_milliseconds: int) -> bool:
    """Count what happened on a day of UTC; say whether it was done here, and not by another.

    Raises:
        TooMuchHappened: one statement took longer than `limit_milliseconds`.
    """
    start, end = bounds(day)
    values: dict[str, Any] = {
        "start": start,
        "end": end,
        "hours": of(now) - day < HOURS_OF_DAYS * ONE_DAY,
        "trust": TRUST_IN_VISITORS,
        "coming_back": COMING_BACK,
        "most": MOST_TIMES,
    }
    with limited(milliseconds=limit_milliseconds):
        if not _is_ours(day):
            return False
        began = time.monotonic()
        statements.executed(SET_MEMORY, [MEMORY])
        statements.executed(COUNT, values)
        took = round(1_000 * (time.monotonic() - began))
        CountedDay.objects.filter(day=day).update(counted_at=now, took_milliseconds=took)
    return True


@contextmanager
def limited(*, milliseconds: int) -> Iterator[None]:
    """Run the block as one transaction, each statement of which has a time limit.

    Raises:
        TooMuchHappened: one took longer.
    """
    try:
        with transaction.atomic():
            statements.executed(SET_LIMIT, [str(milliseconds)])
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooMuchHappened from error
        raise


def views(day: date, *, most: int) -> dict[int, int]:
    """Return how often films were looked at on a day, of the `most` that most was counted of."""
    of_day = Attention.objects.filter(is_day=True, began_at=bounds(day)[0])
    return dict(of_day.order_by("-views", "movie_id").values_list("movie_id", "views")[:most])


def bounds(day: date) -> tuple[datetime, datetime]:
    """Return the first moment of a day of UTC, and the first after it."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return start, start + ONE_DAY


def of(moment: datetime) -> date:
    """Return the day of UTC that a moment is in."""
    return moment.astimezone(UTC).date()


def forget(*, before: date) -> int:
    """Remove what was counted of the days before one; return how many rows that were."""
    old = Attention.objects.filter(is_day__in=[False, True], began_at__lt=bounds(before)[0])
    removed, _ = old.delete()
    CountedDay.objects.filter(day__lt=before).delete()
    return removed


def _is_due(day: date, counted: CountedDay | None, *, now: datetime, patience: int) -> bool:
    if counted is None or counted.counted_at is None:
        return True
    usual = OPEN_EVERY if now < bounds(day)[1] + OPEN_FOR else SETTLED_EVERY
    rest = timedelta(milliseconds=REST * counted.took_milliseconds)
    return now - counted.counted_at >= patience * max(usual, rest)


def _is_ours(day: date) -> bool:
    """Take the day's row until the transaction ends; say whether nobody else has it."""
    CountedDay.objects.bulk_create([CountedDay(day=day)], ignore_conflicts=True)
    rows = CountedDay.objects.select_for_update(skip_locked=True).filter(day=day)
    return bool(rows.values_list("day"))
