"""The log of what was shown: one insert for each list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from moviverse.recommendations.wishes import Answer, Told, Wish

# A receipt is a log, not something that we acknowledged: PostgreSQL need not wait for the disk
# before the list is shown. `set_config` holds for this one statement's transaction alone, and
# making it part of the statement saves three round trips.
INSERT = """
    with quick as (select set_config('synchronous_commit', 'off', true))
    insert into recommendations_receipt
        (id, user_id, model, model_version, strategy, parameters, history, results, created_at)
    select %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s::jsonb, %s from quick
"""


def keep(*, answer: Answer, user_id: UUID, said: Mapping[int, Told], wish: Wish) -> None:
    """Write down a list as it is shown.

    The sizes are bounded: 100 films of four reasons, and a history as long as the person's.
    """
    results = [
        {
            "rank": each.rank,
            "score": each.score,
            "predicted_rating": each.predicted_rating,
            "tmdb_id": each.movie.tmdb_id,
            "title": each.movie.title,
            "reasons": each.reasons,
        }
        for each in answer.results
    ]
    values = (
        answer.request_id,
        user_id,
        answer.model,
        answer.model_version,
        answer.strategy,
        _json(wish.parameters()),
        _json([(movie_id, told.rating) for movie_id, told in said.items()]),
        _json(results),
        answer.generated_at,
    )
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
