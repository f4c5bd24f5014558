"""The log of what was shown: one insert for each list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from moviverse.core import statements

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from moviverse.recommendations.models import Receipt
    from moviverse.recommendations.wishes import Answer, Recommendation, Told, Wish

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
    values = (
        answer.request_id,
        user_id,
        answer.model,
        answer.model_version,
        answer.strategy,
        _json(wish.parameters()),
        _json([(movie_id, told.rating) for movie_id, told in said.items()]),
        _json([_packed(each) for each in answer.results]),
        answer.generated_at,
    )
    statements.executed(INSERT, values)


def films(receipt: Receipt) -> list[dict[str, Any]]:
    """Return the films of a receipt as they were shown."""
    return [
        {
            "rank": rank,
            "tmdb_id": tmdb_id,
            "title": title,
            "score": score,
            "predicted_rating": predicted_rating,
            "reasons": [_reason(*reason) for reason in reasons],
        }
        for rank, (tmdb_id, title, score, predicted_rating, reasons) in enumerate(
            receipt.results, start=1
        )
    ]


def _packed(each: Recommendation) -> tuple[object, ...]:
    """Return a row of a receipt without the names of its fields, which take a third of the room."""
    return (
        each.movie.tmdb_id,
        each.movie.title,
        each.score,
        each.predicted_rating,
        [(why.type, why.share, why.text, getattr(why, why.type, None)) for why in each.reasons],
    )


def _reason(type_: str, share: float, text: str, about: object) -> dict[str, Any]:
    told = {"type": type_, "share": share, "text": text}
    return told if about is None else {**told, type_: about}


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
