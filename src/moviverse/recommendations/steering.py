"""Moving a list towards films, and away from films, that somebody wants to see more or less like.

Such a wish counts for a rating of its film, in whatever way the model reads one. A model may make
little of a single rating, or nothing of a low one; so that the wish is felt in the very next list,
films that are about the same move with it, each by its likeness to the film.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from moviverse_engine.models.breakdown import Reading

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moviverse.recommendations.ranking import Taste
    from moviverse.recommendations.shelf import Served
    from moviverse_engine.models.breakdown import Breakdown

STRENGTH = 3.0  # standard deviations of the scores that a film moves which is wholly alike


def steered(served: Served, taste: Taste, reading: Reading) -> Reading:
    """Return what a model makes of a history, moved by the wishes in it.

    The push is one more part of the score, of the film that was wished for, and so is told as one.
    """
    rows, signs = _wishes(taste)
    if not len(rows):
        return reading
    features = served.facts.features.matrix
    about = features[rows].toarray()
    # Of several wishes none counts less than a share that still adds up to something.
    push = signs * np.float32(STRENGTH * float(reading.scores.std()) / np.sqrt(len(rows)))
    scores = reading.scores + features @ (push @ about)

    def breakdown(items: NDArray[np.int64]) -> Breakdown:
        parts = reading.breakdown(items)
        places = {row: place for place, row in enumerate(parts.history.tolist())}
        by_item = parts.by_item.copy()
        by_item[:, [places[row] for row in rows.tolist()]] += (features[items] @ about.T) * push
        return replace(parts, by_item=by_item)

    return Reading(scores.astype(np.float32), breakdown)


def is_wished(taste: Taste) -> bool:
    """Tell whether a history holds such a wish."""
    return any(told.asked for told in taste.told.values())


def _wishes(taste: Taste) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the rows of films that were wished for, and 1 for more like them or -1 for less."""
    asked = {row: told.asked for row, told in taste.told.items() if told.asked}
    signs = [1.0 if wish == "more_like_this" else -1.0 for wish in asked.values()]
    return np.array(list(asked), dtype=np.int64), np.array(signs, dtype=np.float32)
