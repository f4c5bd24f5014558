"""The parts of several items' scores for one history, as arrays that can be scaled and added."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from moviverse_engine.features import ItemFeatures
    from moviverse_engine.interactions import Histories


@dataclass(frozen=True)
class Contribution:
    """Say what one thing adds to a score.

    Attributes:
        kind: a film of the history, a feature of the film, or what everybody gets.
        index: row of the item, column of the feature, or 0.
        value: what it adds, in units of the score; may be negative.
        field: the feature's field, such as "genres".
        name: the feature as people read it, such as "Film noir".
        via: row of the history's item through which a feature speaks most.
    """

    kind: Literal["item", "feature", "prior"]
    index: int
    value: float
    field: str | None = None
    name: str | None = None
    via: int | None = None


@dataclass(frozen=True)
class Reading:
    """Hold what a model makes of one history, so that list and reasons cost the scoring once.

    Attributes:
        scores: float32[n_items].
        breakdown: gives the parts of the scores of some item rows.
    """

    scores: NDArray[np.float32]
    breakdown: Callable[[NDArray[np.int64]], Breakdown]


@dataclass(frozen=True)
class SharedFeatures:
    """What features add: m entries, each of one asked item and one feature.

    Attributes:
        asked: int64[m], position of the item among those asked.
        feature: int64[m], column of the feature.
        via: int64[m], position of the history's film through which it speaks most.
        values: float32[m].
        table: where the features have their names.
    """

    asked: NDArray[np.int64]
    feature: NDArray[np.int64]
    via: NDArray[np.int64]
    values: NDArray[np.float32]
    table: ItemFeatures


@dataclass(frozen=True)
class Breakdown:
    """Hold the parts of k items' scores for a history of h items; of a linear model they add up.

    Attributes:
        history: int64[h], rows of the history's items.
        by_item: float32[k, h], what each item of the history adds.
        prior: float32[k], what everybody gets.
        features: what features add, where the model knows any.
    """

    history: NDArray[np.int64]
    by_item: NDArray[np.float32]
    prior: NDArray[np.float32]
    features: SharedFeatures | None = None

    @classmethod
    def empty(cls, history: Histories, asked: int) -> Self:
        """Begin with nothing for `asked` items."""
        rows = history.indices.astype(np.int64)
        nothing = np.zeros((asked, len(rows)), dtype=np.float32)
        return cls(rows, nothing, np.zeros(asked, dtype=np.float32))

    def scaled(self, factors: NDArray[np.float32]) -> Breakdown:
        """Multiply all parts of item number i by factors[i]."""
        features = self.features
        if features is not None:
            features = replace(features, values=features.values * factors[features.asked])
        return Breakdown(
            self.history, self.by_item * factors[:, None], self.prior * factors, features
        )

    def plus(self, other: Breakdown) -> Breakdown:
        """Add the parts of another model for the same history and items; one of them has features."""
        return Breakdown(
            self.history,
            self.by_item + other.by_item,
            self.prior + other.prior,
            self.features or other.features,
        )

    def totals(self) -> NDArray[np.float32]:
        """Return the sum of all parts of each item: float32[k]."""
        totals: NDArray[np.float32] = self.by_item.sum(axis=1) + self.prior
        if self.features is not None:
            asked, values = self.features.asked, self.features.values
            totals += np.bincount(asked, weights=values, minlength=len(totals)).astype(np.float32)
        return totals

    def contributions(self) -> list[list[Contribution]]:
        """Return the parts of each item that are not zero, strongest first."""
        found: list[list[Contribution]] = [[] for _ in self.prior]
        for asked, value in enumerate(self.prior.tolist()):
            if value:
                found[asked].append(Contribution("prior", 0, value))
        rows = self.history.tolist()
        for asked, place in zip(*(each.tolist() for each in self.by_item.nonzero()), strict=True):
            value = float(self.by_item[asked, place])
            found[asked].append(Contribution("item", rows[place], value))
        if self.features is not None:
            self._add_features(self.features, found)
        return [sorted(each, key=lambda one: (-abs(one.value), one.index)) for each in found]

    def _add_features(self, shared: SharedFeatures, found: list[list[Contribution]]) -> None:
        table = shared.table
        for asked, feature, via, value in zip(
            shared.asked.tolist(),
            shared.feature.tolist(),
            self.history[shared.via].tolist(),
            shared.values.tolist(),
            strict=True,
        ):
            if value:
                found[asked].append(
                    Contribution(
                        "feature",
                        feature,
                        value,
                        field=table.field(feature),
                        name=table.names[feature],
                        via=via,
                    )
                )
