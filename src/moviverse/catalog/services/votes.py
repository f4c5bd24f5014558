"""Votes of films that no source brought any for, from a corpus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

from moviverse.catalog import search_entries, upserting
from moviverse.core import versions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from moviverse.catalog.rows import Votes

DAMPING_VOTES = 5  # as many average votes are added to a film's own: one 5.0 is no masterpiece
VOTES_AT_ONCE = 1_000
SUMMARISE = """
    update catalog_movie as movie
    set vote_average = votes.average, vote_count = votes.count, popularity = votes.popularity,
        votes_are_summarised = true, updated_at = %(now)s
    from unnest(%(ids)s::bigint[], %(averages)s::float8[], %(counts)s::int[],
                %(popularities)s::float8[]) as votes (id, average, count, popularity)
    where movie.tmdb_id = votes.id and (movie.vote_count = 0 or movie.votes_are_summarised)
      and (movie.vote_average, movie.vote_count, movie.popularity)
          is distinct from (votes.average, votes.count, votes.popularity)
"""


def summarise_votes(*, ratings: Iterable[Votes], now: datetime) -> int:
    """Fill votes and popularity of films that no source brought votes for; return how many changed.

    `vote_average` is the mean on TMDb's scale of 10, damped towards the mean of all ratings by
    `DAMPING_VOTES`; `popularity` is the number of votes in per cent of the most rated film's.

    Args:
        ratings: Mean (0.5-5.0) and number of ratings a film; films without any are left out.
        now: When.
    """
    votes = [each for each in ratings if each.count > 0]
    if not votes:
        return 0
    everything = sum(each.count for each in votes)
    mean = sum(each.mean * each.count for each in votes) / everything
    most = max(each.count for each in votes)
    changed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        upserting.line_up()
        for batch in upserting.batches(
            sorted(votes, key=lambda each: each.movie_id), VOTES_AT_ONCE
        ):
            ids = [each.movie_id for each in batch]
            cursor.execute(
                SUMMARISE,
                {
                    "now": now,
                    "ids": ids,
                    "averages": [
                        round(
                            2
                            * (each.mean * each.count + mean * DAMPING_VOTES)
                            / (each.count + DAMPING_VOTES),
                            2,
                        )
                        for each in batch
                    ],
                    "counts": [each.count for each in batch],
                    "popularities": [round(100 * each.count / most, 3) for each in batch],
                },
            )
            changed += cursor.rowcount
            cursor.execute(search_entries.FOLLOW_POPULARITY, {"ids": ids})
        if changed:
            versions.raise_(versions.CATALOGUE)
    return changed
