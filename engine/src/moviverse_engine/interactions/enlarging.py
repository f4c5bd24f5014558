"""Make a larger table of ratings that behaves like a given one, to see how things scale."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from moviverse_engine.interactions.errors import InvalidInteractions
from moviverse_engine.interactions.ids import IdMap
from moviverse_engine.interactions.progress import silent
from moviverse_engine.interactions.table import Interactions

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from moviverse_engine.interactions.progress import Progress

_LOYAL = 0.5  # of the ratings go to the copies that one's own circle watches
_STRAY = 0.1  # of the ratings go to an item that anybody rated
_MOST = np.iinfo(np.int32).max


def enlarged(
    data: Interactions,
    *,
    users: int,
    items: int,
    rng: np.random.Generator,
    progress: Progress | None = None,
) -> Interactions:
    """Return a table of `users` times as many users and `items` times as many items.

    Every user and every item is split into copies, as in a Kronecker product of the table with a
    small random one (Belletti et al., "Scalable Realistic Recommendation Datasets through Fractal
    Expansions", 2019). A copy of a user belongs to one of `items` circles and rates what the user
    rated, at the same time and with the same stars: half the time the copy of the item that the
    circle watches, otherwise any copy. So the shares of items by relative rank and the numbers of
    ratings of users stay as they were, and copies of items rated together are rated together by
    the same circles. One rating in ten strays to an item drawn by popularity, so that copies of a
    user differ even where items are not split; strays to an item that the copy has rated are
    dropped. Ids are 1, 2, 3 and so on; items that no copy rated keep theirs.

    Args:
        data: what to enlarge.
        users: how many copies of every user, at least 1.
        items: how many copies of every item, at least 1.
        rng: the only source of randomness.
        progress: hears of the progress; may raise to stop.

    Raises:
        InvalidInteractions: a number of copies is below 1, or there would be more than 2^31 - 1
            ratings, users or items.
    """
    if users < 1 or items < 1:
        raise InvalidInteractions("The numbers of copies are at least 1.")
    n = len(data)
    if max(n * users, len(data.users) * users, len(data.items) * items) > _MOST:
        raise InvalidInteractions(f"A table holds at most {_MOST:,} ratings, users and items.")
    tell = progress or silent
    columns: list[NDArray[Any]] = [
        np.empty(n * users, dtype=np.int32),
        np.empty(n * users, dtype=np.int32),
        np.tile(data.ratings, users),
        np.tile(data.timestamps, users),
    ]
    watched = rng.integers(items, size=len(data.items), dtype=np.int32)
    for copy in range(users):
        rows = slice(copy * n, (copy + 1) * n)
        circles = rng.integers(items, size=len(data.users), dtype=np.int32)
        item = _with_strays(data.item_index, rng)
        chosen = (watched[item] + circles[data.user_index]) % items
        chosen = np.where(rng.random(n) < _LOYAL, chosen, rng.integers(items, size=n))
        columns[0][rows] = data.user_index * users + (copy + 1)
        columns[1][rows] = item * items + (chosen + 1)
        tell((copy + 1) / (users + 1), "copying users")
    made = Interactions.consuming(columns)
    tell(1.0, "copying users")
    return replace(
        made,
        items=IdMap(np.arange(1, len(data.items) * items + 1)),
        item_index=(made.items.ids[made.item_index] - 1).astype(np.int32),
    )


def _with_strays(item_index: NDArray[np.int32], rng: np.random.Generator) -> NDArray[np.int32]:
    """Draw some rows' items anew, each item as often as it occurs."""
    n = len(item_index)
    strays = np.flatnonzero(rng.random(n) < _STRAY)
    item = item_index.copy()
    if n:
        item[strays] = item_index[rng.integers(n, size=len(strays))]
    return item
