"""Lists for members, for visitors with a few films in mind, and for many at once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from moviverse.catalog import selectors as catalog
from moviverse.recommendations import (
    cursors,
    drafts,
    lineup,
    newcomers,
    receipts,
    selectors,
    shelf,
)
from moviverse.recommendations.cursors import Place
from moviverse.recommendations.errors import ModelNotTrained, TitleNotFound
from moviverse.recommendations.selectors import Memory
from moviverse.recommendations.services import lists, personal, standing_in
from moviverse.recommendations.wishes import BEHIND, PICKED, Answer, Told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from moviverse.accounts.models import User
    from moviverse.catalog.selectors import MovieCard
    from moviverse.recommendations.drafts import Draft
    from moviverse.recommendations.wishes import Recommendation, Wish

CANDIDATES = 5  # films that a title may mean besides the likeliest


@dataclass(frozen=True, slots=True)
class Understood:
    """What a title was taken for, what else it may mean, and the films that go with it."""

    film: MovieCard
    candidates: tuple[MovieCard, ...]
    answer: Answer


def recommend_for(*, user: User, wish: Wish, now: datetime) -> Answer:
    """Recommend films to a member, from all that they have said until now, and keep a receipt.

    Where the usual model cannot answer, the list that was made ahead stands in, if there is one.

    Raises:
        ModelNotTrained: the model cannot answer.
        Invalid: the wish names a genre that there is not.
    """
    memory = selectors.memory(user=user)
    wanted = replace(wish, behind=BEHIND)
    try:
        made = personal.made(user_id=user.pk, memory=memory, wish=wanted, now=now)
    except ModelNotTrained:
        standing = standing_in.answer(user=user, memory=memory, wish=wish)
        if standing is None or wish.known is not lineup.HYBRID:
            raise
        shown = replace(standing, generated_at=now)  # a receipt tells of the moment of showing
        page = receipts.Page()
        receipts.keep(answer=shown, user_id=user.pk, said=memory.said, wish=wish, page=page)
        return standing
    answer = Answer(
        request_id=uuid.uuid4(),
        model=made.model,
        model_version=made.model_version,
        strategy=made.strategy,
        generated_at=now,
        results=made.results,
        unknown=made.unknown,
    )
    if made.behind:
        place = Place(answer.request_id, skipped=0, rank=len(made.results) + 1)
        answer = replace(answer, cursor=cursors.issue(place, user_id=user.pk, now=now))
    page = receipts.Page(behind=made.behind)
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
    gone = memory.unwanted(wish) | (memory.said.keys() if wish.exclude_seen else set())
    order = receipts.behind(first)
    left = [each for each in order[place.skipped :] if each not in gone]
    (begun,) = lists.of_members({user.pk: Memory(said)}, wish, now=now, listed=left)
    draft = replace(begun, first_rank=place.rank)
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
    draft = lists.of_context(said, wish)
    (results,) = drafts.finished([draft])
    return _answer(draft, results, now=now)


def recommend_like(*, title: str, wish: Wish, now: datetime) -> Understood:
    """Recommend films that go with one which is named more or less well.

    A film of which neither a model nor the catalogue knows anything is understood, and goes with
    none.

    Raises:
        TitleNotFound: no title comes near.
        ModelNotTrained: the model cannot answer.
    """
    found = catalog.title_matches(title, CANDIDATES + 1)
    if not found:
        raise TitleNotFound
    film, *candidates = found
    said = {film.tmdb_id: Told(PICKED, rated=False)}
    draft = drafts.drafted(said, wish) or newcomers.drafted(said, wish)
    if draft is None:
        content = shelf.served("Content")
        answer = Answer(uuid.uuid4(), content.name, content.version, "content", now, ())
        answer = replace(answer, unknown=(film.tmdb_id,))
    else:
        (results,) = drafts.finished([draft])
        answer = _answer(draft, results, now=now)
    return Understood(film, tuple(candidates), answer)


def recommend_contexts(
    *, contexts: Sequence[Mapping[int, Told]], wish: Wish, now: datetime
) -> list[Answer]:
    """Do as `recommend_context` for many contexts, all or nothing.

    Raises:
        InvalidContext: names the places of the contexts that are wholly unknown.
    """
    made = lists.of_contexts(contexts, wish)
    return [
        _answer(draft, results, now=now)
        for draft, results in zip(made, drafts.finished(made), strict=True)
    ]


def recommend_for_many(*, user_ids: Sequence[UUID], wish: Wish, now: datetime) -> list[Answer]:
    """Recommend to many members at once, for an administrator; no receipts are kept.

    Raises:
        Invalid: names the places of the ids that nobody has.
    """
    lists.refuse_unknown(user_ids=user_ids)
    memories = selectors.memories(user_ids=user_ids)
    made = lists.of_members(memories, wish, now=now)
    by_id = dict(zip(memories, drafts.finished(made), strict=True))
    drafts_by_id = dict(zip(memories, made, strict=True))
    return [_answer(drafts_by_id[each], by_id[each], now=now) for each in user_ids]


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
