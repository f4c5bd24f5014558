"""Drafts for members and for contexts, each by whatever can say something of their taste."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from moviverse.core import errors
from moviverse.recommendations import beginners, drafts, newcomers, selectors, trending
from moviverse.recommendations.errors import InvalidContext

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from moviverse.recommendations.drafts import Draft
    from moviverse.recommendations.selectors import Memory
    from moviverse.recommendations.wishes import Told, Wish

NAMED_IDS = 10  # of unknown films in a sentence


def of_members(
    memories: Mapping[UUID, Memory],
    wish: Wish,
    *,
    now: datetime,
    listed: Sequence[int] | None = None,
) -> list[Draft]:
    """Return a draft for each member, in the order given.

    Whoever has said nothing that the model can use gets what beginners get; for all of them
    together that takes one query, and one for what people turn to.

    Args:
        memories: What each member has said, by their id.
        wish: What is wanted.
        now: The time, for what is watched now.
        listed: As of `drafts.drafted`.

    Raises:
        ModelNotTrained: the model cannot answer.
        Invalid: the wish names a genre that there is not.
    """
    wishes = {
        user_id: replace(wish, exclude=(*wish.exclude, *memory.unwanted(wish)))
        for user_id, memory in memories.items()
    }
    served = newcomers.current() if wish.known.name == "Content" else None
    made = {
        user_id: drafts.drafted(memory.said, wishes[user_id], served=served, listed=listed)
        for user_id, memory in memories.items()
    }
    beginning = [user_id for user_id, draft in made.items() if draft is None]
    if beginning:
        preferred = selectors.genres_of(user_ids=beginning)
        trends = _trends(now)
        for user_id in beginning:
            made[user_id] = beginners.drafted(
                memories[user_id].said,
                wishes[user_id],
                preferred=preferred.get(user_id, ()),
                trends=trends,
                listed=listed,
            )
    return [draft for draft in made.values() if draft is not None]


def of_context(said: Mapping[int, Told], wish: Wish) -> Draft:
    """Return a draft for a context.

    Raises:
        ModelNotTrained: the model cannot answer.
        InvalidContext: neither a model nor the catalogue knows any of its films.
        Invalid: the wish names a genre that there is not.
    """
    draft = drafts.drafted(said, wish) or newcomers.drafted(said, wish)
    if draft is None:
        some = ", ".join(map(str, list(said)[:NAMED_IDS]))
        message = f"None of these films says anything to a model or the catalogue: {some}."
        raise InvalidContext(message, fields={"context": [message]})
    return draft


def of_contexts(contexts: Sequence[Mapping[int, Told]], wish: Wish) -> list[Draft]:
    """Do as `of_context` for many, all or none.

    Raises:
        InvalidContext: names the places of the contexts that are wholly unknown.
    """
    made: list[Draft] = []
    refused: dict[str, list[str]] = {}
    for place, said in enumerate(contexts):
        try:
            made.append(of_context(said, wish))
        except InvalidContext as error:
            refused[str(place)] = [error.message]
    if refused:
        message = "None of the films of some contexts is known here."
        raise InvalidContext(message, fields=refused)
    return made


def refuse_unknown(*, user_ids: Sequence[UUID]) -> None:
    """Refuse ids that nobody has.

    Raises:
        Invalid: names their places.
    """
    users = selectors.members(user_ids=user_ids)
    nobody = {
        str(place): ["There is no such user."]
        for place, user_id in enumerate(user_ids)
        if user_id not in users
    }
    if nobody:
        raise errors.Invalid(fields=nobody)


def _trends(now: datetime) -> dict[int, float]:
    ranking = trending.trending(time_range="week", now=now).ranking
    return {each.movie_id: each.score for each in ranking.trends if each.score}
