"""Lists for members, for visitors with a few films in mind, and for many at once."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from moviverse.core import errors
from moviverse.recommendations import cursors, drafts, newcomers, receipts, selectors
from moviverse.recommendations.cursors import Place
from moviverse.recommendations.errors import InvalidContext
from moviverse.recommendations.selectors import Memory
from moviverse.recommendations.wishes import BEHIND, Answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from moviverse.accounts.models import User
    from moviverse.recommendations.drafts import Draft
    from moviverse.recommendations.wishes import Recommendation, Told, Wish

NAMED_IDS = 10  # of unknown films in a sentence


def recommend_for(*, user: User, wish: Wish, now: datetime) -> Answer:
    """Recommend films to a member, from all that they have said until now, and keep a receipt.

    Raises:
        ModelNotTrained: the model cannot answer.
        Invalid: the wish names a genre that there is not.
    """
    memory = selectors.memory(user=user)
    draft = _draft_for(user, memory, replace(wish, behind=BEHIND))
    (results,) = drafts.finished([draft])
    answer = _answer(draft, results, now=now)
    ranked = draft.ids()
    last = ranked.index(results[-1].movie.tmdb_id) + 1 if results else len(ranked)
    behind = ranked[last:]
    if behind:
        place = Place(answer.request_id, skipped=0, rank=len(results) + 1)
        answer = replace(answer, cursor=cursors.issue(place, user_id=user.pk, now=now))
    page = receipts.Page(behind=behind)
    receipts.keep(answer=answer, user_id=user.pk, said=memory.said, wish=wish, page=page)
    return answer


def continue_for(*, user: User, cursor: str, limit: int | None = None, now: datetime) -> Answer:
    """Carry a member's list on, and keep a receipt of this page, too.

    The films and their order are those of the list as it began, whatever was said or trained since;
    what the member has seen or dismissed meanwhile is left out. Scores and reasons are made from
    the history that the list began with.

    Args:
        user: Whose list it is.
        cursor: Of the answer before.
        limit: How many films; otherwise as many as were wished for.
        now: The time.

    Raises:
        CursorRefused: it is not theirs, or too old, or the list is gone.
        ModelNotTrained: the model cannot answer.
    """
    place = cursors.read(cursor, user_id=user.pk, now=now)
    first = selectors.first_page(user=user, request_id=place.first)
    if first is None:
        raise cursors.CursorRefused
    said = receipts.history(first)
    wish = receipts.wish(first, limit=limit)
    memory = selectors.memory(user=user)
    gone = memory.hidden | (memory.said.keys() if wish.exclude_seen else set())
    order = receipts.behind(first)
    left = [each for each in order[place.skipped :] if each not in gone]
    began = Memory(said=said)
    draft = replace(_draft_for(user, began, wish, listed=left), first_rank=place.rank)
    (results,) = drafts.finished([draft])
    answer = _answer(draft, results, now=now)
    skipped = order.index(results[-1].movie.tmdb_id) + 1 if results else len(order)
    if any(each not in gone for each in order[skipped:]):
        following = Place(first.id, skipped=skipped, rank=place.rank + len(results))
        answer = replace(answer, cursor=cursors.issue(following, user_id=user.pk, now=now))
    page = receipts.Page(first=first.id, rank=place.rank)
    receipts.keep(answer=answer, user_id=user.pk, said=said, wish=wish, page=page)
    return answer


def recommend_context(*, said: Mapping[int, Told], wish: Wish, now: datetime) -> Answer:
    """Recommend films that go with some films; nothing is read of anybody, and nothing is kept.

    Films that the model does not know are named in the answer. When it knows none of them, the
    list goes by what the films are about, as far as the catalogue holds them.

    Raises:
        ModelNotTrained: the model cannot answer.
        InvalidContext: neither a model nor the catalogue knows any of the films.
        Invalid: the wish names a genre that there is not.
    """
    draft = _context_draft(said, wish)
    (results,) = drafts.finished([draft])
    return _answer(draft, results, now=now)


def recommend_contexts(
    *, contexts: Sequence[Mapping[int, Told]], wish: Wish, now: datetime
) -> list[Answer]:
    """Do as `recommend_context` for many contexts, all or nothing.

    Raises:
        InvalidContext: names the places of the contexts that are wholly unknown.
    """
    made: list[Draft] = []
    refused: dict[str, list[str]] = {}
    for place, said in enumerate(contexts):
        try:
            made.append(_context_draft(said, wish))
        except InvalidContext as error:
            refused[str(place)] = [error.message]
    if refused:
        message = "None of the films of some contexts is known here."
        raise InvalidContext(message, fields=refused)
    return [
        _answer(draft, results, now=now)
        for draft, results in zip(made, drafts.finished(made), strict=True)
    ]


def recommend_for_many(*, user_ids: Sequence[UUID], wish: Wish, now: datetime) -> list[Answer]:
    """Recommend to many members at once, for an administrator; no receipts are kept.

    Raises:
        Invalid: names the places of the ids that nobody has.
    """
    users = selectors.members(user_ids=user_ids)
    nobody = {
        str(place): ["There is no such user."]
        for place, user_id in enumerate(user_ids)
        if user_id not in users
    }
    if nobody:
        raise errors.Invalid(fields=nobody)
    memories = selectors.memories(user_ids=user_ids)
    made = [_draft_for(users[each], memories[each], wish) for each in user_ids]
    return [
        _answer(draft, results, now=now)
        for draft, results in zip(made, drafts.finished(made), strict=True)
    ]


def _draft_for(
    user: User, memory: Memory, wish: Wish, *, listed: Sequence[int] | None = None
) -> Draft:
    said = memory.said
    wish = replace(wish, exclude=(*wish.exclude, *memory.hidden)) if memory.hidden else wish
    draft = drafts.drafted(said, wish, listed=listed)
    if draft is None:
        preferred = selectors.preferred_genres(user=user)
        draft = drafts.for_a_beginner(said, wish, preferred=preferred, listed=listed)
    return draft


def _context_draft(said: Mapping[int, Told], wish: Wish) -> Draft:
    draft = drafts.drafted(said, wish)
    if draft is None:
        draft = newcomers.drafted(said, wish)
    if draft is None:
        some = ", ".join(map(str, list(said)[:NAMED_IDS]))
        message = f"None of these films says anything to a model or the catalogue: {some}."
        raise InvalidContext(message, fields={"context": [message]})
    return draft


def _answer(draft: Draft, results: tuple[Recommendation, ...], *, now: datetime) -> Answer:
    return Answer(
        request_id=uuid.uuid4(),
        model=draft.served.name,
        model_version=draft.served.version,
        strategy=draft.strategy,
        generated_at=now,
        results=results,
        unknown=draft.taste.unknown,
    )
