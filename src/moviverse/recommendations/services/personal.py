"""A member's list, made once for all that they have said so far.

Who comes back to a list before saying anything new gets the same one: nothing that it is made from
has changed. What is kept is named by all of that, so one word more is another list at once.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cachetools import LRUCache

from moviverse.recommendations import drafts, lineup, shelf
from moviverse.recommendations.services import lists
from moviverse.recommendations.wishes import STARTS

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from moviverse.recommendations.selectors import Memory
    from moviverse.recommendations.wishes import Recommendation, Wish

    Key = tuple[str, str, Wish]

KEPT = 500  # lists of a process, some 40 KB each


@dataclass(frozen=True, slots=True)
class PersonalList:
    """A list as a model made it.

    Attributes:
        model: that made it.
        model_version: of that model.
        strategy: what it went by.
        unknown: films of the history that the model does not know.
        results: the films, best first.
        behind: ids of the films that follow, in their order.
    """

    model: str
    model_version: str
    strategy: str
    unknown: tuple[int, ...]
    results: tuple[Recommendation, ...]
    behind: tuple[int, ...]


_kept: LRUCache[Key, PersonalList] = LRUCache(KEPT)
_lock = threading.Lock()


def made(*, user_id: UUID, memory: Memory, wish: Wish, now: datetime) -> PersonalList:
    """Return the list for what a member has said; the cards of its films are as they are now.

    Raises:
        ModelNotTrained: the model cannot answer.
        Invalid: the wish names a genre that there is not.
    """
    key = _key(memory, wish)
    with _lock:
        kept = _kept.get(key) if key else None
    renewed = _renewed(kept) if kept else None
    if renewed:
        return renewed
    (draft,) = lists.of_members({user_id: memory}, wish, now=now)
    (results,) = drafts.finished([draft])
    ids = draft.ids()
    last = ids.index(results[-1].movie.tmdb_id) + 1 if results else len(ids)
    found = PersonalList(
        model=draft.served.name,
        model_version=draft.served.version,
        strategy=draft.strategy,
        unknown=draft.taste.unknown,
        results=results,
        behind=tuple(ids[last:]),
    )
    if key and draft.strategy not in STARTS:
        with _lock:
            _kept[key] = found
    return found


def _key(memory: Memory, wish: Wish) -> Key | None:
    """Return all that a list depends on besides the cards; None where another model has a say."""
    if wish.known is not lineup.HYBRID:
        return None
    return shelf.served(wish.known.name).version, memory.version(), wish


def _renewed(kept: PersonalList) -> PersonalList | None:
    """Return a list with the cards of now; None when a film of it has left the catalogue."""
    cards = drafts.cards({each.movie.tmdb_id for each in kept.results})
    if len(cards) < len(kept.results):
        return None
    results = tuple(replace(each, movie=cards[each.movie.tmdb_id]) for each in kept.results)
    return replace(kept, results=results)
