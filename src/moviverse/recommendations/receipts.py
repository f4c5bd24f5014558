"""The log of what was shown: one insert for each list, and what follows the list for its pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from moviverse.core import statements
from moviverse.recommendations import lineup
from moviverse.recommendations.wishes import ASKED_FOR, Told, Wish

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from moviverse.recommendations.models import Receipt
    from moviverse.recommendations.wishes import Answer, Recommendation

# A receipt is a log, not something that we acknowledged: PostgreSQL need not wait for the disk
# before the list is shown. `set_config` holds for this one statement's transaction alone, and
# making it part of the statement saves three round trips.
INSERT = """
    with quick as (select set_config('synchronous_commit', 'off', true))
    insert into recommendations_receipt
        (id, user_id, model, model_version, strategy, parameters, history, results, movie_ids,
         created_at, first_id, first_rank, behind)
    select %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s::jsonb, %s::bigint[], %s, %s, %s, %s
    from quick
"""
PICKED = "picked"
RATED = "rated"


@dataclass(frozen=True, slots=True)
class Page:
    """Where an answer stands in its list.

    Attributes:
        behind: of a first page, the films that follow it, in their order.
        first: of a later page, the receipt of the first one.
        rank: of its first film.
    """

    behind: Sequence[int] = ()
    first: UUID | None = None
    rank: int = 1


def keep(
    *, answer: Answer, user_id: UUID, said: Mapping[int, Told], wish: Wish, page: Page
) -> None:
    """Write down a list as it is shown.

    The sizes are bounded: 100 films of four reasons, 200 ids behind them, and a history as long
    as the person's.
    """
    values = (
        answer.request_id,
        user_id,
        answer.model,
        answer.model_version,
        answer.strategy,
        _json(wish.parameters()),
        _json([_said(movie_id, told) for movie_id, told in said.items()]),
        _json([_packed(each) for each in answer.results]),
        [each.movie.tmdb_id for each in answer.results],
        answer.generated_at,
        page.first,
        page.rank,
        np.array(page.behind, dtype="<i8").tobytes() if page.behind else None,
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
            receipt.results, start=receipt.first_rank
        )
    ]


def behind(receipt: Receipt) -> list[int]:
    """Return the films that follow a first page, in their order."""
    ids: list[int] = np.frombuffer(bytes(receipt.behind or b""), dtype="<i8").tolist()
    return ids


def history(receipt: Receipt) -> dict[int, Told]:
    """Return the history that a list was made from, the oldest first."""
    return {movie_id: _told(rating, *kind) for movie_id, rating, *kind in receipt.history}


def kind(told: Told) -> str:
    """Return in a word what a film was said to be: rated, picked, or to have more or less of."""
    return RATED if told.rated else told.asked or PICKED


def wish(receipt: Receipt, *, limit: int | None) -> Wish:
    """Return the wish behind a first page as its further pages need it: their films are chosen."""
    asked = receipt.parameters
    return Wish(
        known=lineup.find(asked.get("model", receipt.model)),
        limit=limit or asked["limit"],
        diversity=asked["diversity"],
        genres=tuple(tuple(group.split(",")) for group in asked["genre"]),
        year_from=asked["year_from"],
        year_to=asked["year_to"],
        exclude_seen=asked["exclude_seen"],
    )


def _said(movie_id: int, told: Told) -> tuple[object, ...]:
    return (movie_id, told.rating) if told.rated else (movie_id, told.rating, kind(told))


def _told(rating: float, kind: str = RATED) -> Told:
    asked: Any = kind if kind in ASKED_FOR else None
    return Told(rating, rated=kind == RATED, asked=asked)


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
