"""What is being watched and rated here, film by film: the numbers that a trend is made of.

One statement reads the window through the indexes by time of the three tables that tell of it.
Other sources of the same numbers (counters, another site) need only give `Activity`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moviverse.core import statements

if TYPE_CHECKING:
    from datetime import datetime, timedelta

# What a viewer's coming back to a film on the same day adds at most, and after how many times.
COMING_BACK, MOST_TIMES = 0.5, 4
# A visitor is an address, and addresses are cheap: two of them count as one member.
TRUST_IN_VISITORS = 0.5
READ = """
    with happened as (
        select movie_id, user_id::text as viewer, happened_at as at, 1 as times, 1.0 as trust
        from library_interaction
        where happened_at > %(since)s and happened_at <= %(now)s and type <> 'recommend'
        union all
        select movie_id, user_id::text, rated_at, 1, 1.0
        from library_rating where rated_at > %(since)s and rated_at <= %(now)s
        union all
        select movie_id, visitor, viewed_at, count, %(trust)s::numeric
        from library_anonymousview where viewed_at > %(since)s and viewed_at <= %(now)s
    ), day_of_a_viewer as (
        select movie_id, viewer, trust, max(at) as at, sum(times) as times
        from happened group by movie_id, viewer, trust, (at at time zone 'UTC')::date
    ), viewer as (
        select movie_id, sum(times) as views, sum(
            trust * (1 + %(coming_back)s::float8 * ln(least(times, %(most)s::int)) / ln(%(most)s::int))
            * power(0.5, extract(epoch from %(now)s - at) / %(half_life)s::float8)
        ) as attention
        from day_of_a_viewer group by movie_id, viewer
    ), rated as (
        select movie_id, sum(weight) as weight, sum(weight * value) as total from (
            select movie_id, value,
                power(0.5, extract(epoch from %(now)s - rated_at) / %(half_life)s::float8) as weight
            from library_rating where rated_at > %(since)s and rated_at <= %(now)s
        ) as recent group by movie_id
    )
    select watched.movie_id, watched.attention::float8, watched.views::bigint, watched.viewers,
        coalesce(rated.weight, 0)::float8, coalesce(rated.total, 0)::float8
    from (
        select movie_id, sum(attention) as attention, sum(views) as views, count(*) as viewers
        from viewer group by movie_id
    ) as watched left join rated using (movie_id)
"""


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
    """Return what happened in the `window` before `now`: one query.

    An event counts half as much for every `half_life` that it is old. What one viewer does with
    one film on one day (of UTC) counts as one event at the time of the last: by n times
    1 + `COMING_BACK` ln(min(n, `MOST_TIMES`)) / ln(`MOST_TIMES`), so that nobody makes a trend by
    reloading a page.
    """
    rows = statements.fetched(
        READ,
        {
            "since": now - window,
            "now": now,
            "half_life": half_life.total_seconds(),
            "trust": TRUST_IN_VISITORS,
            "coming_back": COMING_BACK,
            "most": MOST_TIMES,
        },
    )
    return [Activity(*row) for row in rows]
