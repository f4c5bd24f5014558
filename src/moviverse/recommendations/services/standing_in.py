"""The list that was made ahead, shown when the model cannot answer."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from moviverse.catalog import selectors as catalog
from moviverse.recommendations import reasons, selectors, sentences
from moviverse.recommendations.wishes import PREPARED, Answer, Reason, Recommendation

if TYPE_CHECKING:
    from moviverse.accounts.models import User
    from moviverse.catalog.selectors import MovieCard
    from moviverse.recommendations.selectors import Memory
    from moviverse.recommendations.wishes import Wish


def answer(*, user: User, memory: Memory, wish: Wish) -> Answer | None:
    """Return the best of a person's prepared list that still fits; None where there is no list.

    What was said since is not in its order, but what was seen, watched or dismissed since is left
    out. The films are not mixed, and nobody can say why each is there.
    """
    prepared = selectors.prepared(user=user)
    if prepared is None:
        return None
    gone = memory.unwanted(wish) | set(wish.exclude)
    if wish.exclude_seen:
        gone |= memory.said.keys()
    ranked = [
        (movie_id, score)
        for movie_id, score in zip(prepared.movie_ids, prepared.scores, strict=True)
        if movie_id not in gone
    ]
    cards = catalog.cards(sorted(movie_id for movie_id, _ in ranked)) if ranked else {}
    fitting = [
        (cards[movie_id], round(score, reasons.DIGITS))
        for movie_id, score in ranked
        if movie_id in cards and _fits(cards[movie_id], wish)
    ]
    why = sentences.prepared(prepared.made_at)
    return Answer(
        request_id=uuid.uuid4(),
        model=prepared.model,
        model_version=prepared.model_version,
        strategy=PREPARED,
        generated_at=prepared.made_at,
        results=tuple(
            Recommendation(
                rank=rank,
                score=score,
                predicted_rating=None,
                movie=card,
                reasons=(Reason(share=score, text=why),),
            )
            for rank, (card, score) in enumerate(fitting[: wish.limit], start=1)
        ),
    )


def _fits(card: MovieCard, wish: Wish) -> bool:
    """Say whether a film is of the genres and years that are wished for."""
    genres = {name.lower() for name in card.genres}
    if wish.genres and not any(genres >= {name.lower() for name in group} for group in wish.genres):
        return False
    if wish.year_from is None and wish.year_to is None:
        return True
    if card.release_year is None:
        return False
    earliest, latest = wish.year_from, wish.year_to
    return (earliest is None or card.release_year >= earliest) and (
        latest is None or card.release_year <= latest
    )
