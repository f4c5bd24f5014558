"""A history is all that a model knows of a person: one sparse row of ratings.

The entries of a row are stored in the order in which they came, oldest first, and not by column.
Models of sequences read that order; to all others it makes no difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy.sparse import csr_array

from moviverse_engine.interactions.errors import InvalidInteractions
from moviverse_engine.interactions.ids import int64_ids
from moviverse_engine.interactions.table import HIGHEST_RATING, LOWEST_RATING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moviverse_engine.interactions.ids import IdMap

Histories: TypeAlias = "csr_array[np.float32, tuple[int, int]]"


def history(items: IdMap, ratings: Mapping[int, float]) -> tuple[Histories, list[int]]:
    """Turn `{item_id: rating}`, oldest first, into a history csr float32[1, n_items] and the unknown ids.

    Raises:
        InvalidInteractions: a rating of a known item is outside 0.5-5.0 or not a number, or an
            id is outside 64 bits.
    """
    rows = items.rows(int64_ids(list(ratings)))
    values = np.fromiter(ratings.values(), dtype=np.float32, count=len(ratings))
    unknown = [item for item, row in zip(ratings, rows, strict=True) if row < 0]
    values, rows = values[rows >= 0], rows[rows >= 0]
    if not bool(np.all((values >= LOWEST_RATING) & (values <= HIGHEST_RATING))):
        raise InvalidInteractions("A rating is outside 0.5-5.0.")
    bounds = np.array([0, len(rows)], dtype=np.int32)
    matrix = csr_array(
        (values, rows.astype(np.int32), bounds),
        shape=(1, len(items)),
        dtype=np.float32,
    )
    return matrix, unknown
