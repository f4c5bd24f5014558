"""The only border between ids of the outside world and rows of a matrix."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from moviverse_engine.interactions.errors import InvalidInteractions, UnknownId

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class IdMap:
    """Map n distinct int64 ids to the rows 0..n-1, in the order given.

    Raises:
        InvalidInteractions: an id occurs twice or is not a 64-bit integer.
    """

    ids: NDArray[np.int64]
    _sorted: NDArray[np.int64] = field(init=False, repr=False)
    _order: NDArray[np.int64] | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        ids = int64_ids(self.ids)
        order = None if bool(np.all(ids[1:] > ids[:-1])) else np.argsort(ids, kind="stable")
        ordered = ids if order is None else ids[order]
        if order is not None and bool(np.any(ordered[1:] == ordered[:-1])):
            raise InvalidInteractions("An id map holds every id once.")
        object.__setattr__(self, "ids", ids)
        object.__setattr__(self, "_sorted", ordered)
        object.__setattr__(self, "_order", order)

    def __len__(self) -> int:
        return len(self.ids)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdMap) and np.array_equal(self.ids, other.ids)

    def __hash__(self) -> int:
        return hash(self.ids.tobytes())

    def get(self, item_id: int) -> int | None:
        """Return the row of one id, or None."""
        place = int(np.searchsorted(self._sorted, item_id))
        if place == len(self._sorted) or self._sorted[place] != item_id:
            return None
        return place if self._order is None else int(self._order[place])

    def index(self, item_id: int) -> int:
        """Return the row of one id.

        Raises:
            UnknownId: the id is not in the map.
        """
        row = self.get(item_id)
        if row is None:
            raise UnknownId(item_id)
        return row

    def indices(self, ids: Iterable[int]) -> tuple[NDArray[np.int64], list[int]]:
        """Return the rows of the known ids in the order asked, and the unknown ids."""
        asked = int64_ids(ids if isinstance(ids, np.ndarray) else list(ids))
        rows = self.rows(asked)
        return rows[rows >= 0], asked[rows < 0].tolist()

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row of every id, -1 where it is unknown."""
        if len(self) == 0:
            return np.full(len(ids), -1, dtype=np.int64)
        places = np.searchsorted(self._sorted, ids)
        places[places == len(self)] = 0
        known = self._sorted[places] == ids
        rows = places if self._order is None else self._order[places]
        return np.where(known, rows, -1)

    def extended(self, other: IdMap) -> IdMap:
        """Return this map with the ids that only the other has behind its own, ascending."""
        new = np.setdiff1d(other.ids, self.ids)
        return IdMap(np.concatenate([self.ids, new])) if len(new) else self


def int64_ids(ids: object) -> NDArray[np.int64]:
    """Return ids as an int64 array, refusing anything that would change on the way.

    Raises:
        InvalidInteractions: not one-dimensional, not integers, or outside 64 bits.
    """
    array = np.asarray(ids)
    if array.ndim != 1:
        raise InvalidInteractions("Ids come as one column.")
    if array.dtype == np.int64:
        return array
    if array.size == 0:
        return np.empty(0, dtype=np.int64)
    if array.dtype.kind not in "iuf":
        raise InvalidInteractions(f"Ids are 64-bit integers, not {array.dtype}.")
    if array.dtype.kind == "f" and not bool(
        np.all(np.isfinite(array) & (array == np.floor(array)))
    ):
        raise InvalidInteractions("An id is not a whole number.")
    low, high = -(2.0**63), 2.0**63
    if bool(np.any((array.astype(np.float64) < low) | (array.astype(np.float64) >= high))):
        raise InvalidInteractions("An id is outside 64 bits.")
    return array.astype(np.int64)
