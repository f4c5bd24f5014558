"""Lists for many people at once: what a request computes for one, a block of people at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from moviverse.recommendations import ranking, steering
from moviverse.recommendations.wishes import Wish
from moviverse_engine.models.breakdown import Reading
from moviverse_engine.rerank import top_k

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from moviverse.recommendations.ranking import Rows, Scores
    from moviverse.recommendations.selectors import Memory
    from moviverse.recommendations.shelf import Served
    from moviverse_engine.interactions import Histories, IdMap

    Seen = NDArray[np.integer]

CELLS = 4_000_000  # scores at a time: 16 MB, and a few times that while they are added up
USUAL = Wish()
ASKED = attrgetter("asked")


@dataclass(frozen=True)
class Top:
    """The best films for one person.

    Attributes:
        movie_ids: best first.
        scores: of the same films.
    """

    movie_ids: Rows
    scores: Scores


def tops(served: Served, memories: Sequence[Memory], *, limit: int) -> list[Top | None]:
    """Return for each person what a list without filters begins with.

    None stands for somebody of whose taste the model can say nothing.
    """
    step = max(1, CELLS // max(1, len(served.model.items)))
    found: list[Top | None] = []
    for start in range(0, len(memories), step):
        block = memories[start : start + step]
        matrix = _histories(served.model.items, block)
        told = np.split(matrix.indices, matrix.indptr[1:-1])
        scores = served.model.score(matrix)
        found += [
            _top(served, memory, row, rated, limit) if len(rated) and row.any() else None
            for memory, row, rated in zip(block, scores, told, strict=True)
        ]
    return found


def _histories(items: IdMap, memories: Sequence[Memory]) -> Histories:
    said = [memory.said for memory in memories]
    lengths = np.fromiter(map(len, said), np.int64, len(said))
    total = int(lengths.sum())
    ids = np.fromiter(chain.from_iterable(said), np.int64, total)
    told = chain.from_iterable(each.values() for each in said)
    ratings = np.fromiter(map(ranking.RATING, told), np.float32, total)
    rows = items.rows(ids)
    known = rows >= 0
    before = np.concatenate([[0], np.cumsum(known)])
    ends = np.concatenate([[0], np.cumsum(lengths)])
    return csr_array(
        (ratings[known], rows[known].astype(np.int32), before[ends].astype(np.int32)),
        shape=(len(said), len(items)),
        dtype=np.float32,
    )


def _top(served: Served, memory: Memory, scores: Scores, rated: Seen, limit: int) -> Top:
    """Return the best films but for those `rated`, given as rows, and those that are unwanted."""
    if any(map(ASKED, memory.said.values())):
        taste = ranking.taste(served, memory.said, needs_support=False)
        reading = Reading(scores, partial(served.model.breakdown, taste.matrix))
        scores = steering.steered(served, taste, reading).scores
    out: Seen = rated
    if unwanted := memory.unwanted(USUAL):
        rows, _ = served.model.items.indices(list(unwanted))
        out = np.concatenate([rated, rows])
    rows = top_k(scores, limit, out)
    return Top(served.model.items.ids[rows], scores[rows])
