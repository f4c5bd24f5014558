"""What somebody has said of films: the ground of every list that is made for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

import orjson

from moviverse.accounts.models import Profile, User
from moviverse.core import statements
from moviverse.library import selectors as library
from moviverse.recommendations.models import Feedback
from moviverse.recommendations.wishes import ASKED_FOR, Told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from moviverse.recommendations.wishes import Wish

# One statement, since every recommendation begins with it; the oldest first, for models of order.
# The times stay there: reading three thousand of them takes longer than asking for them.
MEMORIES = f"""
    select user_id, movie_id, value, is_rating, action from (
        select user_id, movie_id, value, is_rating, null as action, at from ({library.SAID}) as said
        union all
        select user_id, movie_id, null, false, action, given_at
        from recommendations_feedback where user_id = any(%(users)s)
        union all
        select user_id, movie_id, null, false, 'watched', at from ({library.WATCHED}) as watched
    ) as memory
    order by at, movie_id
"""  # noqa: S608 - put together from constants
WATCHED = "watched"
UNWANTED = {Feedback.Action.DISMISS.value, Feedback.Action.LESS.value}


@dataclass(frozen=True, slots=True)
class Memory:
    """What one person has said.

    Attributes:
        said: of films, the oldest first. Of a rating and a wish for more or less like a film, the
            later one holds.
        hidden: films that they do not want to be shown.
        watched: films that they watched to the end, whatever they said of them.
    """

    said: dict[int, Told] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    watched: set[int] = field(default_factory=set)

    def unwanted(self, wish: Wish) -> set[int]:
        """Return the films that do not belong in a list, besides those of which they said something."""
        return self.hidden | self.watched if wish.exclude_seen else self.hidden

    def version(self) -> str:
        """Return what stands for all of it, whatever was said first: 32 hexadecimal digits."""
        said = sorted((id_, told.rating, told.rated, told.asked) for id_, told in self.said.items())
        told = orjson.dumps([said, sorted(self.hidden), sorted(self.watched)])
        return blake2b(told, digest_size=16).hexdigest()


def memory(*, user: User) -> Memory:
    """Return what a person has said, with one query."""
    return memories(user_ids=[user.pk])[user.pk]


def memories(*, user_ids: Sequence[UUID]) -> dict[UUID, Memory]:
    """Return what some people have said, each by their id, with one query."""
    found = {user_id: Memory() for user_id in user_ids}
    values = {"users": list(user_ids), "selected": library.SELECTED_COUNTS_AS}
    for user_id, movie_id, value, is_rating, action in statements.fetched(MEMORIES, values):
        of_person = found[user_id]
        if action == WATCHED:
            of_person.watched.add(movie_id)
        if action in UNWANTED:
            of_person.hidden.add(movie_id)
        if action is None:
            told = _told(value, is_rating)
        elif action in ASKED_FOR:
            told = Told(ASKED_FOR[action], rated=False, asked=action)
        else:
            continue
        of_person.said.pop(movie_id, None)  # said again: it moves to the end
        of_person.said[movie_id] = told
    return found


@cache
def _told(value: float, is_rating: bool) -> Told:  # noqa: FBT001 - a cache of twenty values
    return Told(value, rated=is_rating)


def history(*, user: User) -> dict[int, Told]:
    """Return what a person said of films, the oldest first: one query."""
    return memory(user=user).said


def members(*, user_ids: Sequence[UUID]) -> dict[UUID, User]:
    """Return the members with these ids, by their id."""
    return User.objects.in_bulk(user_ids)


def preferred_genres(*, user: User) -> Sequence[str]:
    """Return the genres that somebody named; none when they named none."""
    return genres_of(user_ids=[user.pk]).get(user.pk) or ()


def genres_of(*, user_ids: Sequence[UUID]) -> dict[UUID, Sequence[str]]:
    """Return the genres that some people named, by their id."""
    found = Profile.objects.filter(user__in=user_ids)
    return dict(found.values_list("user_id", "preferred_genres"))
