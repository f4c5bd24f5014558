"""People's events in the order in which they came, and an order of items that ignores their ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from moviverse_engine.interactions import Interactions


@dataclass(frozen=True)
class Pieces:
    """Hold p pieces of people's sequences, at least two events each, cut to a bounded length.

    Attributes:
        events: int64[m], places of the items in the order asked for, all people's one after the
            other, oldest first.
        starts: int64[p], first event of each piece.
        stops: int64[p], the event behind its last one.
    """

    events: NDArray[np.int64]
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]

    @property
    def targets(self) -> int:
        """Count the events that have one before them in their piece."""
        return int((self.stops - self.starts - 1).sum())

    def shuffled(self, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
        """Yield every piece once, in a random order."""
        for piece in rng.permutation(len(self.starts)).tolist():
            yield self.events[self.starts[piece] : self.stops[piece]]


def canonical_items(data: Interactions) -> NDArray[np.int64]:
    """Return the item rows by falling number of events, then by when and by whom: int64[n_items].

    Random numbers dealt out in this order fall to the same items whatever their ids are. Items that
    nothing in the data tells apart stay in the order of their rows.
    """
    n = len(data.items)
    lengths = np.bincount(data.user_index, minlength=len(data.users))
    times = data.timestamps - (data.timestamps.min() if len(data) else 0)
    keys = [
        np.bincount(data.item_index, weights=weights, minlength=n)
        for weights in (lengths[data.user_index], times, None)
    ]
    return np.lexsort((keys[0], keys[1], -keys[2]))


def pieces(data: Interactions, place: NDArray[np.int32], window: int) -> Pieces:
    """Cut everybody's events, by time and then item row, into pieces that overlap by one event.

    The pieces come in an order that does not depend on people's ids.

    Args:
        data: who met what, when.
        place: int32[n_items], the name of each item row in the result; -1 leaves its events out.
        window: how many events follow the first of a piece, at most.
    """
    order = np.lexsort((data.item_index, data.timestamps, data.user_index))
    order = order[place[data.item_index[order]] >= 0]
    events = place[data.item_index[order]].astype(np.int64)
    counts = np.bincount(data.user_index[order], minlength=len(data.users))
    ends = np.cumsum(counts)
    cuts = -(-np.maximum(counts - 1, 0) // window)
    person = np.repeat(np.arange(len(counts)), cuts)
    number = np.arange(len(person)) - np.repeat(np.cumsum(cuts) - cuts, cuts)
    starts = (ends - counts)[person] + number * window
    stops = np.minimum(starts + window + 1, ends[person])
    size, sums = stops - starts, _totals(events, starts, stops)
    moments = _totals(events * np.arange(len(events)), starts, stops) - starts * sums
    order = np.lexsort((events[stops - 1], events[starts], moments, sums, size))
    return Pieces(events, starts[order], stops[order])


def _totals(
    values: NDArray[np.int64], starts: NDArray[np.int64], stops: NDArray[np.int64]
) -> NDArray[np.int64]:
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(values)])
    totals: NDArray[np.int64] = before[stops] - before[starts]
    return totals
