"""How well people are served by how much is known of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moviverse_engine.evaluation.intervals import Interval, intervals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moviverse_engine.evaluation.intervals import Pooled

_GROUPS = 5


@dataclass(frozen=True)
class Group:
    """People whose histories have `shortest` to `longest` films, and a figure over them."""

    shortest: int
    longest: int
    people: int
    figure: Interval


def by_history_length(
    lengths: NDArray[np.int64], figure: Pooled, *, rng: np.random.Generator
) -> list[Group]:
    """Divide people into at most five groups of about equal size, from short to long histories.

    People with histories of one length are never divided, so there may be fewer groups.

    Args:
        lengths: int64 [n_users].
        figure: over the same users.
        rng: where the draws of the intervals come from.
    """
    if len(lengths) == 0:
        return []
    shares = np.arange(1, _GROUPS) / _GROUPS
    edges = np.unique(np.quantile(lengths, shares, method="inverted_cdf"))
    group = np.searchsorted(edges, lengths)
    return [
        Group(
            shortest=int(lengths[members].min()),
            longest=int(lengths[members].max()),
            people=int(members.sum()),
            figure=intervals([figure.of(members)], rng=rng)[0],
        )
        for members in (group == each for each in np.unique(group))
    ]
