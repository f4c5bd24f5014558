"""One list for several people, each of whom has a taste and a way to use a model's scale."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from moviverse.recommendations import drafts, ranking, selectors, shelf
from moviverse.recommendations.reasons import DIGITS
from moviverse.recommendations.services import lists

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from moviverse.catalog.selectors import MovieCard
    from moviverse.recommendations.drafts import Draft
    from moviverse.recommendations.ranking import Mask, Rows, Scores
    from moviverse.recommendations.shelf import Served
    from moviverse.recommendations.wishes import Reason, Told, Wish

Aggregation = Literal["average", "least_misery", "most_pleasure"]

LOWEST = -1.0  # what somebody dislikes most weighs no more than what somebody likes most
TIE = 1e-4  # how much the average decides between films that are equal otherwise


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a group: a user, or a context by its place in the request."""

    user_id: UUID | None
    context: int | None
    strategy: str
    unknown: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a film is to one member.

    Attributes:
        member: their place in the group.
        score: 1 for the best film for them, 0 for an average one, -1 at the least.
        predicted_rating: how they would rate it, where that can be said.
        reasons: the strongest one for them, if any speaks for it.
    """

    member: int
    score: float
    predicted_rating: float | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class GroupRecommendation:
    """A film at its place, with what it is to each member."""

    rank: int
    score: float
    movie: MovieCard
    members: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class GroupAnswer:
    """A list for a group."""

    request_id: UUID
    model: str
    model_version: str
    aggregation: str
    generated_at: datetime
    members: tuple[Member, ...]
    results: tuple[GroupRecommendation, ...]


def recommend_group(
    *,
    user_ids: Sequence[UUID] = (),
    contexts: Sequence[Mapping[int, Told]] = (),
    aggregation: Aggregation,
    wish: Wish,
    now: datetime,
) -> GroupAnswer:
    """Recommend films to several people at once; nothing is kept.

    What any of them has seen, or does not want to see, is left out. A model's scores have no common
    scale, so each person's are put on one: the best film for them that may be shown is 1 and the
    average film 0.

    Args:
        user_ids: Members, each by what they have said.
        contexts: People without an account, each by some films.
        aggregation: What counts for the group: what they like on average, what the least pleased
            likes, or what the most pleased likes.
        wish: What is wanted.
        now: The time.

    Raises:
        ModelNotTrained: the model cannot answer.
        InvalidContext: names the places of the contexts that are wholly unknown.
        Invalid: there is no such user, or no such genre.
    """
    lists.refuse_unknown(user_ids=user_ids)
    memories = selectors.memories(user_ids=user_ids)
    alone = replace(wish, limit=1, diversity=0.0)
    of_members = lists.of_members(memories, alone, now=now)
    made = [*of_members, *lists.of_contexts(contexts, alone)]
    every = [*(memory.said for memory in memories.values()), *contexts]
    unwanted = {each for said in every for each in said}
    unwanted.update(*(memory.unwanted(wish) for memory in memories.values()))
    base = shelf.served(wish.known.name)
    wish = replace(wish, exclude=(*wish.exclude, *unwanted))
    out = ranking.left_out(base, wish, seen=np.empty(0, np.int64))
    scaled = np.stack([_scaled(draft, base, out) for draft in made])
    together = _together(scaled, aggregation)
    order = together + np.float32(TIE) * scaled.mean(axis=0)
    rows = ranking.best(base, order, out, wish, diversity=wish.diversity or 0.0)
    return GroupAnswer(
        request_id=uuid.uuid4(),
        model=base.name,
        model_version=base.version,
        aggregation=aggregation,
        generated_at=now,
        members=_members(user_ids, made),
        results=_results(base, rows, limit=wish.limit, together=together, scaled=scaled, made=made),
    )


def _scaled(draft: Draft, base: Served, out: Mask) -> Scores:
    """Return one person's scores of the base's films on the scale that all share."""
    rows = _rows(draft, base, np.arange(len(base.model.items)))
    known = rows >= 0
    scores = np.where(known, draft.scores[rows], 0.0)
    allowed = scores[known & ~out]
    if not len(allowed):
        return np.zeros(len(scores), dtype=np.float32)
    usual, best = allowed.mean(), allowed.max()
    spread = float(best - usual)
    on_scale = (scores - usual) / spread if spread > 0 else np.zeros(len(scores))
    on_scale[~known] = LOWEST
    return np.clip(on_scale, LOWEST, 1.0).astype(np.float32)


def _rows(draft: Draft, base: Served, rows: Rows) -> Rows:
    """Return the rows of a person's model for rows of the base, -1 where it lacks the film."""
    if draft.served.model.items == base.model.items:
        return rows
    return draft.served.model.items.rows(base.model.items.ids[rows])


def _together(scaled: Scores, aggregation: Aggregation) -> Scores:
    if aggregation == "least_misery":
        return np.asarray(scaled.min(axis=0))
    if aggregation == "most_pleasure":
        return np.asarray(scaled.max(axis=0))
    return np.asarray(scaled.mean(axis=0))


def _members(user_ids: Sequence[UUID], made: Sequence[Draft]) -> tuple[Member, ...]:
    names: list[tuple[UUID | None, int | None]] = [(user_id, None) for user_id in user_ids]
    names += [(None, place) for place in range(len(made) - len(user_ids))]
    return tuple(
        Member(user_id, place, draft.strategy, draft.taste.unknown)
        for (user_id, place), draft in zip(names, made, strict=True)
    )


def _results(
    base: Served,
    rows: Rows,
    *,
    limit: int,
    together: Scores,
    scaled: Scores,
    made: Sequence[Draft],
) -> tuple[GroupRecommendation, ...]:
    ids = base.model.items.ids[rows].tolist()
    cards = drafts.cards(set(ids))
    shown = [place for place, each in enumerate(ids) if each in cards][:limit]
    rows = rows[shown]
    verdicts = [
        _verdicts(number, draft, base, rows, scaled[number][rows].tolist())
        for number, draft in enumerate(made)
    ]
    return tuple(
        GroupRecommendation(
            rank=rank,
            score=round(score, DIGITS),
            movie=cards[ids[place]],
            members=tuple(of_member[rank - 1] for of_member in verdicts),
        )
        for rank, (place, score) in enumerate(
            zip(shown, together[rows].tolist(), strict=True), start=1
        )
    )


def _verdicts(
    number: int, draft: Draft, base: Served, rows: Rows, scores: Sequence[float]
) -> list[Verdict]:
    own = _rows(draft, base, rows)
    known = np.flatnonzero(own >= 0)
    told = [round(score, DIGITS) for score in draft.scores[own[known]].tolist()]
    reasons = dict(zip(known.tolist(), draft.explain(own[known], told), strict=True))
    ratings = drafts.predicted(draft.served, draft.taste, own[known])
    predicted = dict(zip(known.tolist(), ratings, strict=True))
    return [
        Verdict(
            member=number,
            score=round(score, DIGITS),
            predicted_rating=predicted.get(place),
            reasons=tuple(why for why in reasons.get(place, ())[:1] if why.share > 0),
        )
        for place, score in enumerate(scores)
    ]
