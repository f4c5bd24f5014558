"""What is being watched and rated here, film by film: the numbers that a trend is made of.

One statement reads the window through the indexes by time of the three tables that tell of it.
Other sources of the same numbers (counters, another site) need only give `Activity`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import OperationalError, transaction
from psycopg.errors import QueryCanceled

from moviverse.core import errors, statements

if TYPE_CHECKING:
    from datetime import datetime, timedelta

# What a viewer's coming back to a film on the same day adds at most, and after how many times.
COMING_BACK, MOST_TIMES = 0.5, 4
# A visitor is an address, and addresses are cheap: two of them count as one member.
TRUST_IN_VISITORS = 0.5
# A day's views of a visitor are one row already; only members' events have to be gathered.
READ = """
    with happened as (
        select movie_id, user_id, happened_at as at, null::numeric as rating
        from library_interaction
        where happened_at > %(since)s and happened_at <= %(now)s and type <> 'recommend'
        union all
        select movie_id, user_id, rated_at, value
        from library_rating where rated_at > %(since)s and rated_at <= %(now)s
    ), day_of_a_member as (
        select movie_id, user_id, count(*) as times, max(rating)::float8 as rating,
            power(0.5, extract(epoch from %(now)s - max(at))::float8 / %(half_life)s::float8) as fresh,
            power(0.5, extract(epoch from %(now)s - max(at) filter (where rating is not null))::float8
                / %(half_life)s::float8) as fresh_rating
        from happened group by movie_id, user_id, (at at time zone 'UTC')::date
    ), member as (
        select movie_id, sum(times) as views,
            sum(fresh * (1 + %(coming_back)s::float8
                * ln(least(times, %(most)s::int)) / ln(%(most)s::int))) as attention,
            sum(fresh_rating) as weight, sum(fresh_rating * rating) as total
        from day_of_a_member group by movie_id, user_id
    ), viewer as (
        select movie_id, views, attention, weight, total, 1 as viewers from member
        union all
        select movie_id, sum(count), sum(
            %(trust)s::float8
            * power(0.5, extract(epoch from %(now)s - viewed_at)::float8 / %(half_life)s::float8)
            * (1 + %(coming_back)s::float8 * ln(least(count, %(most)s::int)) / ln(%(most)s::int))
        ), null, null, count(*)
        from library_anonymousview where viewed_at > %(since)s and viewed_at <= %(now)s
        group by movie_id
    )
    select movie_id, sum(attention), sum(views)::bigint, sum(viewers)::bigint,
        coalesce(sum(weight), 0), coalesce(sum(total), 0)
    from viewer group by movie_id
"""

LIMIT_MILLISECONDS = 2_000  # somebody waits for the page
SET_LIMIT = "select set_config('statement_timeout', %s, true)"  # until the transaction ends


class TooMuchHappened(errors.Unavailable):
    """Counting took longer than a page may wait."""

    message = "The trends take too long to count."


@dataclass(frozen=True, slots=True)
class Activity:
    """What happened around one film in a window of time.

    Attributes:
        movie_id: the film.
        attention: viewers, each once a day, faded by age.
        views: how often it was looked at, and rated, in all.
        viewers: how many people that were.
        rating_weight: how many ratings it was given, faded by age.
        rating_total: their sum, faded alike.
    """

    movie_id: int
    attention: float
    views: int
    viewers: int
    rating_weight: float = 0.0
    rating_total: float = 0.0


def recent(*, window: timedelta, half_life: timedelta, now: datetime) -> list[Activity]:
    """Return what happened in the `window` before `now`: one statement, under a time limit.

    An event counts half as much for every `half_life` that it is old. What one viewer does with
    one film on one day (of UTC) counts as one event at the time of the last: by n times
    1 + `COMING_BACK` ln(min(n, `MOST_TIMES`)) / ln(`MOST_TIMES`), so that nobody makes a trend by
    reloading a page.

    Raises:
        TooMuchHappened: it cannot be counted in `LIMIT_MILLISECONDS`.
    """
    values = {
        "since": now - window,
        "now": now,
        "half_life": half_life.total_seconds(),
        "trust": TRUST_IN_VISITORS,
        "coming_back": COMING_BACK,
        "most": MOST_TIMES,
    }
    try:
        with transaction.atomic(savepoint=False):  # nothing is written
            statements.executed(SET_LIMIT, [str(LIMIT_MILLISECONDS)])
            rows = statements.fetched(READ, values)
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooMuchHappened from error
        raise
    return [Activity(*row) for row in rows]
